/* What set-up proposes for a host that is made up, and what becomes of it with
 * what the admin says: without a kernel. */
#include "config.h"

#include <netinet/in.h> /* first: the kernel's headers give way to it */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/util.h"
#include "core/setup/offers.h"

#include "lib/prefix.h"
#include "lib/vps.h"

#define DOORS 12

/* A socket, in text: of this host, or of a container. */
struct heard {
	uint8_t proto;
	const char *on;
	uint16_t port;
	const char *program;
	bool both;
};

/* ---- doors */

static struct listeners
listen_all(const struct heard *v)
{
	struct listeners all = { .v = xcalloc(DOORS, sizeof(*all.v)) };
	struct listener *l;

	for (; v->on != NULL; v++) {
		l = &all.v[all.n++];
		*l = (struct listener){ .proto = v->proto,
			.addr = prefix(v->on),
			.port = v->port,
			.both = v->both };
		snprintf(l->program, sizeof(l->program), "%s",
		    v->program != NULL ? v->program : "");
	}
	return all;
}

static void
print_door(const struct door *d, struct buf *b)
{
	door_print(d, b);
	buf_printf(b, "%s%s%s%s; ", d->inside ? " inside" : "",
	    d->hears[FAMILY_IPV6] ? " 6" : "",
	    d->hears[FAMILY_IPV4] ? " 4" : "",
	    door_is_public(d) ? " public" : "");
}

static void
test_doors(void **state UNUSED)
{
	static const struct {
		struct heard from[DOORS];
		const char *doors;
	} rows[] = {
		{ { { IPPROTO_TCP, "::", 80, "nginx", true },
		      { IPPROTO_TCP, "0.0.0.0", 80, "nginx", false } },
		    "tcp 80 (nginx) 6 4 public; " },
		{ { { IPPROTO_TCP, "::", 8080, "java", false },
		      { IPPROTO_TCP, "::", 80, "", false } },
		    "tcp 80 6 public; tcp 8080 (java) 6; " },
		/* one of both protocols, if it is one program */
		{ { { IPPROTO_UDP, "::", 53, "unbound", true },
		      { IPPROTO_TCP, "::", 53, "unbound", true } },
		    "tcp,udp 53 (unbound) 6 4 public; " },
		{ { { IPPROTO_UDP, "::", 53, "a", true },
		      { IPPROTO_TCP, "::", 53, "b", true } },
		    "tcp 53 (b) 6 4 public; udp 53 (a) 6 4 public; " },
		{ { { IPPROTO_UDP, "0.0.0.0", 53, "a", false },
		      { IPPROTO_TCP, "::", 53, "a", false } },
		    "tcp 53 (a) 6 public; udp 53 (a) 4 public; " },
		/* what the loopback hears, whoever else has the port */
		{ { { IPPROTO_TCP, "::1", 25, "exim", false },
		      { IPPROTO_TCP, "127.0.0.1", 25, "exim", false } },
		    "tcp 25 (exim) inside 6 4 public; " },
		{ { { IPPROTO_TCP, "::ffff:127.0.0.1", 25, "exim", false } },
		    "tcp 25 (exim) inside 6 public; " },
		{ { { IPPROTO_TCP, "127.0.0.1", 80, "a", false },
		      { IPPROTO_TCP, "2001:db8::10", 80, "b", false } },
		    "tcp 80 (b) 6 public; " },
		{ { { IPPROTO_TCP, "2001:db8::10", 80, "b", false },
		      { IPPROTO_TCP, "127.0.0.1", 80, "a", false } },
		    "tcp 80 (b) 6 public; " },
		/* clients, but not tunnels */
		{ { { IPPROTO_UDP, "0.0.0.0", 68, "dhclient", false },
		      { IPPROTO_UDP, "::", 546, "dhclient", false },
		      { IPPROTO_UDP, "::", 5353, "avahi", false },
		      { IPPROTO_UDP, "::", 40000, "named", false } },
		    "" },
		{ { { IPPROTO_UDP, "::", 51820, "wg", false },
		      { IPPROTO_UDP, "::", 40000, "", false },
		      { IPPROTO_TCP, "::", 40000, "x", false } },
		    "tcp 40000 (x) 6; udp 40000 6; udp 51820 (wg) 6 public; " },
	};
	struct buf b = { 0 };
	struct doors doors;
	struct listeners all;
	size_t i, k;

	for (i = 0; i < NITEMS(rows); i++) {
		all = listen_all(rows[i].from);
		doors_group(&doors, &all);
		buf_reset(&b);
		for (k = 0; k < doors.n; k++)
			print_door(&doors.v[k], &b);
		assert_string_equal(buf_text(&b), rows[i].doors);
		doors_free(&doors);
		listeners_free(&all);
	}
	buf_free(&b);
}

/* ---- offers */

/* The host, or another like it. */
enum kind {
	BOTH,	   /* of both families */
	SIX,	   /* IPv6 alone */
	APART,	   /* IPv4 comes by another link */
	SPARE,	   /* there is a second bridge, without containers */
	LEASED,	   /* all containers have IPv4 and a way back already */
	CROWDED,   /* likewise, as far as so many routes of theirs are read */
	ON_TWO,	   /* a container is on two bridges */
	UNBRIDGED, /* there is no bridge at all */
	EMPTY,	   /* there are no containers */
	DOCKER,	   /* they are Docker's */
	QUIET	   /* nobody sees its sshd */
};

static struct snapshot
host_of(enum kind kind)
{
	static struct route apart = { .index = 6, .dev = "eth1" };
	static struct link links[8];
	static struct container containers[4];
	static struct address addresses[16];
	struct snapshot s = vps;

	memcpy(links, vps.links, vps.nlinks * sizeof(*links));
	memcpy(
	    containers, vps.containers, vps.ncontainers * sizeof(*containers));
	memcpy(addresses, vps.addresses, vps.naddresses * sizeof(*addresses));
	addresses[vps.naddresses] = (struct address){
		.nsid = 1, .index = 2, .prefix = prefix("10.0.3.10/24")
	};
	links[vps.nlinks] = (struct link){ .index = 7,
		.name = "br7",
		.kind = "bridge",
		.up = true,
		.has_conf = true };
	containers[vps.ncontainers] = containers[0];
	containers[vps.ncontainers].bridge = 7;
	containers[0].has_default4 = containers[2].has_default4 =
	    kind == LEASED;
	containers[0].routes_cut[FAMILY_IPV4] =
	    containers[2].routes_cut[FAMILY_IPV4] = kind == CROWDED;
	if (kind == DOCKER)
		containers[0].runtime = containers[2].runtime = "docker";
	s.links = links;
	s.containers = containers;
	s.nroutes4 = kind != SIX;
	s.routes4 = kind == APART ? &apart : vps.routes4;
	s.addresses = addresses;
	s.naddresses += kind == LEASED || kind == CROWDED;
	s.nlinks += kind == SPARE || kind == ON_TWO;
	s.ncontainers += kind == ON_TWO;
	if (kind == UNBRIDGED)
		s.nlinks = 2;
	if (kind == UNBRIDGED || kind == EMPTY)
		s.ncontainers = 0;
	return s;
}

static void
survey_made(struct survey *v, const struct host *h, const struct heard *own,
    const struct heard *inside)
{
	memset(v, 0, sizeof(*v));
	v->host = h;
	v->ssh[v->nssh++] = 22;
	v->own = listen_all(own);
	doors_group(&v->doors, &v->own);
	v->inside = xcalloc(1, sizeof(*v->inside));
	v->ninside = 1;
	v->inside[0].container = &h->snapshot.containers[0];
	v->inside[0].all = listen_all(inside);
	doors_group(&v->inside[0].doors, &v->inside[0].all);
}

/* What it offers, as it is told: without the numbers, and blanks for notes. */
static char *
offered(const char *candidate, enum kind kind, const struct heard *own,
    const struct heard *inside, const char *const answers[])
{
	struct host h = { .snapshot = host_of(kind) };
	struct proposal p = { 0 };
	struct config built = { 0 };
	struct buf b = { 0 };
	struct survey v;
	struct err e;
	size_t i;

	assert_int_equal(config_parse(&h.candidate, candidate, NULL, &e), 0);
	survey_made(&v, &h, own, inside);
	v.nssh = kind != QUIET;
	assert_int_equal(offers_make(&p, &v, &e), 0);
	for (; *answers != NULL; answers++)
		assert_int_equal(
		    proposal_take(&p, statement_from(*answers, &e), &h, &e), 0);
	assert_int_equal(proposal_build(&p, &h, &h.candidate, &built, &e), 0);
	for (i = 0; i < p.n; i++) {
		buf_printf(&b, "[%c] ", offer_mark(&p.v[i], &built));
		offer_print(&p.v[i], &built, &b);
		buf_printf(&b, "%s%s\n", p.v[i].note[0] != '\0' ? ": " : "",
		    p.v[i].note);
	}
	config_free(&built);
	config_free(&h.candidate);
	proposal_free(&p);
	survey_free(&v);
	return buf_take(&b);
}

#define BRIDGE "bridge lxcbr0 ula " ULA "1/64 masquerade"
#define VM00 "container vm00 on lxcbr0 ula " ULA "9"
#define IPV4 "option ipv4 on\n"
#define ONE "uplink eth0\n" BRIDGE "\n" VM00 "\n"
#define WEB                                                                    \
	{                                                                      \
		IPPROTO_TCP, "::", 80, "nginx", true                           \
	}
#define SSHD                                                                   \
	{                                                                      \
		IPPROTO_TCP, "::", 22, "sshd", true                            \
	}

/* A line of those begins with "-" if it is not to be there. */
static void
check_lines(size_t row, const char *text, const char *const lines[])
{
	char *all = xasprintf("\n%s", text), *line;
	bool wanted;

	for (; *lines != NULL; lines++) {
		wanted = (*lines)[0] != '-';
		line = xasprintf(
		    wanted ? "\n%s\n" : "%s", *lines + (wanted ? 0 : 1));
		if ((strstr(all, line) != NULL) != wanted)
			fail_msg("%zu: %s\n%s", row, *lines, all);
		free(line);
	}
	free(all);
}

static const struct {
	const char *candidate;
	enum kind kind;
	struct heard own[DOORS], inside[DOORS];
	const char *answers[4];
	const char *lines[8];
} offers[] = {
	/* both families, or one */
	{ "", BOTH, { { 0 } }, { { 0 } }, { NULL },
	    { "[x] option ipv4 on: both families", "[x] uplink eth0",
		"[x] " BRIDGE " ipv4 10.0.3.1/24: its own prefix",
		"[x] " VM00 " ipv4 10.0.3.9: lxc", "-vm 01" } },
	{ "", SIX, { { 0 } }, { { 0 } }, { NULL },
	    { "[x] " BRIDGE ": its own prefix", "[x] " VM00 ": lxc",
		"-ipv4" } },
	{ "uplink eth0\n", BOTH, { { 0 } }, { { 0 } }, { NULL },
	    { "[ ] option ipv4 on: both families",
		"[x] " BRIDGE ": its own prefix", "-uplink eth0" } },
	{ "uplink eth0\n" IPV4, BOTH, { { 0 } }, { { 0 } }, { NULL },
	    { "[x] " VM00 " ipv4 10.0.3.9: lxc", "-option" } },
	{ "", BOTH, { { 0 } }, { { 0 } }, { "option ipv4 off" },
	    { "[x] option ipv4 off", "[x] " BRIDGE ": its own prefix",
		"[x] " VM00 ": lxc", "-ipv4 10", "-ipv4 auto" } },

	{ "", APART, { { 0 } }, { { 0 } }, { NULL },
	    { "[x] uplink eth0", "[x] uplink eth1" } },
	/* bridges and containers */
	{ "", LEASED, { { 0 } }, { { 0 } }, { NULL },
	    { "[x] option ipv4 on: both families",
		"[x] " BRIDGE ": its own prefix", "[x] " VM00 ": lxc" } },
	{ "", CROWDED, { { 0 } }, { { 0 } }, { NULL },
	    { "[x] " BRIDGE ": its own prefix", "[x] " VM00 ": lxc" } },
	{ "", SPARE, { { 0 } }, { { 0 } }, { NULL },
	    { "[x] " BRIDGE " ipv4 10.0.3.1/24: its own prefix",
		"-[x] bridge br7" } },
	{ "", ON_TWO, { { 0 } }, { { 0 } }, { NULL },
	    { "[x] " VM00 " ipv4 10.0.3.9: lxc", "-container vm00 on br7" } },
	{ "", UNBRIDGED, { { 0 } }, { { 0 } }, { NULL },
	    { "[x] uplink eth0", "[x] default input deny: the rest",
		"-forward" } },

	{ "", EMPTY, { { 0 } }, { { 0 } }, { NULL },
	    { "[x] " BRIDGE ": its own prefix", "-container" } },
	{ "", DOCKER, { { 0 } }, { WEB }, { NULL },
	    { "[x] uplink eth0", "-bridge lxcbr0", "-vm00" } },

	/* forwards */
	{ "", BOTH, { { 0 } }, { WEB }, { NULL },
	    { "[x] forward tcp 80 to vm00: nginx" } },
	{ "", BOTH, { { 0 } }, { { IPPROTO_TCP, "::1", 80, "nginx", false } },
	    { NULL }, { "-] forward" } },
	{ "", BOTH, { { 0 } }, { { IPPROTO_TCP, "::", 3306, "db", true } },
	    { NULL }, { "[ ] forward tcp 3306 to vm00: db" } },
	{ "", BOTH, { { 0 } }, { { IPPROTO_TCP, "0.0.0.0", 80, "a", false } },
	    { NULL }, { "[x] forward tcp 80 to vm00 only ipv4: a" } },
	{ "", BOTH, { { 0 } }, { { IPPROTO_TCP, "::", 80, "a", false } },
	    { NULL }, { "[x] forward tcp 80 to vm00 only ipv6: a" } },
	{ "", SIX, { { 0 } }, { { IPPROTO_TCP, "0.0.0.0", 80, "a", false } },
	    { NULL }, { "[ ] forward tcp 80 to vm00: a" } },
	{ "", BOTH, { { 0 } }, { { IPPROTO_TCP, "0.0.0.0", 80, "a", false } },
	    { "option ipv4 off" }, { "-[x] forward" } },
	{ "", BOTH, { WEB }, { WEB }, { NULL },
	    { "[ ] forward tcp 80 to vm00: nginx; this host listens "
	      "there itself: nginx",
		"[x] allow input tcp 80: nginx" } },
	{ ONE "forward tcp 79-81 to web1\n", BOTH, { { 0 } }, { WEB }, { NULL },
	    { "[ ] forward tcp 80 to vm00: nginx; the port is taken "
	      "by another forward" } },
	{ "", BOTH, { { IPPROTO_TCP, "::1", 80, "own", false } }, { WEB },
	    { NULL }, { "[x] forward tcp 80 to vm00: nginx" } },
	{ ONE "forward tcp 8000 to vm00:80\n", BOTH, { { 0 } }, { WEB },
	    { NULL }, { "-] forward" } },
	{ ONE "forward udp 80 to vm00\n", BOTH, { { 0 } }, { WEB }, { NULL },
	    { "[x] forward tcp 80 to vm00: nginx" } },
	{ "", BOTH, { SSHD }, { SSHD }, { NULL },
	    { "[x] forward tcp 2222 to vm00:22: sshd",
		"[x] allow input tcp 22: logins" } },
	{ ONE "forward tcp 2222 to web1\n", BOTH, { SSHD }, { SSHD }, { NULL },
	    { "[x] forward tcp 2223 to vm00:22: sshd" } },
	{ "", BOTH, { SSHD, { IPPROTO_TCP, "::", 2222, "x", true } }, { SSHD },
	    { NULL }, { "[x] forward tcp 2223 to vm00:22: sshd" } },

	/* this host */
	{ "", QUIET, { { 0 } }, { { 0 } }, { NULL },
	    { "[x] allow input tcp 22: logins",
		"[x] default forward deny: the rest" } },
	{ "", BOTH, { { IPPROTO_TCP, "::", 3000, "app", true } }, { { 0 } },
	    { NULL }, { "[ ] allow input tcp 3000: app" } },
	{ "", BOTH, { { IPPROTO_UDP, "::", 40000, "", true } }, { { 0 } },
	    { NULL }, { "[x] allow input udp 40000: the kernel" } },
	{ "", BOTH, { { IPPROTO_TCP, "::1", 80, "app", true } }, { { 0 } },
	    { NULL }, { "-allow input tcp 80: " } },
	{ "", BOTH,
	    { { IPPROTO_UDP, ULA "1", 53, "dnsmasq", false },
		{ IPPROTO_TCP, ULA "1", 53, "dnsmasq", false },
		{ IPPROTO_UDP, "0.0.0.0", 67, "dnsmasq", false } },
	    { { 0 } }, { NULL },
	    { "[x] allow input udp 53,67 from bridge lxcbr0: what "
	      "this host serves containers",
		"[x] allow input tcp 53 from bridge lxcbr0: what "
		"this host serves containers" } },
	{ "default input deny\n", BOTH, { WEB }, { { 0 } }, { NULL },
	    { "[ ] allow input tcp 80: nginx", "[ ] allow input tcp 22: logins",
		"[x] allow forward tcp 80,443 to uplink: the web",
		"-default input" } },
	{ "default forward deny\n", BOTH, { { 0 } }, { { 0 } }, { NULL },
	    { "[ ] allow forward tcp 80,443 to uplink: the web",
		"[x] default input deny: the rest" } },

	/* what the admin says instead */
	{ "", BOTH, { { 0 } }, { WEB }, { "forward tcp 80 to vm00 off" },
	    { "[x] forward tcp 80 to vm00 off", "-nginx" } },
	{ "", BOTH, { { 0 } }, { WEB }, { "forward tcp 8080 to vm00:80" },
	    { "[x] forward tcp 8080 to vm00:80", "-nginx" } },
	{ "", BOTH, { { 0 } }, { WEB }, { "forward tcp 8080 to vm00:81" },
	    { "[x] forward tcp 80 to vm00: nginx",
		"[x] forward tcp 8080 to vm00:81" } },
	{ "", BOTH, { { 0 } }, { WEB },
	    { "forward tcp 79-81 to web1", "forward udp 80 to web1" },
	    { "[x] forward tcp 79-81 to web1", "[x] forward udp 80 to web1",
		"-nginx" } },
	{ "", BOTH, { { 0 } }, { WEB }, { "forward udp 80 to web1" },
	    { "[x] forward tcp 80 to vm00: nginx" } },
	{ "", BOTH, { WEB }, { { 0 } },
	    { "allow input tcp 80 from 2001:db8:44::/48" },
	    { "[x] allow input tcp 80 from 2001:db8:44::/48", "-nginx" } },
	{ "", BOTH, { { IPPROTO_UDP, ULA "1", 53, "dnsmasq", false } },
	    { { 0 } }, { "allow input udp 53" },
	    { "[x] allow input udp 53 from bridge lxcbr0: what this "
	      "host serves containers",
		"[x] allow input udp 53" } },
	{ "", BOTH, { { 0 } }, { WEB },
	    { "forward tcp 8080 to vm00:80", "forward tcp 8081 to vm00:80" },
	    { "[x] forward tcp 8080 to vm00:80",
		"[x] forward tcp 8081 to vm00:80", "-nginx" } },
	{ "", BOTH, { WEB }, { { 0 } },
	    { "allow input tcp 8000",
		"allow input tcp 80 from 2001:db8:44::/48" },
	    { "[x] allow input tcp 8000\n[x] allow input tcp 80 from "
	      "2001:db8:44::/48" } },
	{ "", BOTH, { WEB }, { { 0 } }, { "deny input tcp 80" },
	    { "[x] deny input tcp 80", "[x] allow input tcp 80: nginx" } },
	{ "", BOTH, { WEB }, { { 0 } }, { "allow forward tcp 80 to uplink" },
	    { "[x] allow input tcp 80: nginx",
		"[x] allow forward tcp 80 to uplink", "-the web" } },
	{ "", BOTH, { { 0 } }, { { 0 } },
	    { "allow input tcp 8000", "allow input tcp 8001" },
	    { "[x] allow input tcp 8000\n[x] allow input tcp 8001" } },
};

static void
test_offers(void **state UNUSED)
{
	char *text;
	size_t i;

	for (i = 0; i < NITEMS(offers); i++) {
		text = offered(offers[i].candidate, offers[i].kind,
		    offers[i].own, offers[i].inside, offers[i].answers);
		check_lines(i, text, offers[i].lines);
		free(text);
	}
}

/* The config with all that is ticked but what is of that kind, and with what
 * the admin says; NULL: nothing. */
static char *
built_without(enum statement_kind kind, const char *answer, bool four)
{
	static const struct heard web[DOORS] = { WEB }, none[DOORS];
	static const struct heard old[DOORS] = { { IPPROTO_TCP, "0.0.0.0", 80,
	    "httpd", false } };
	struct host h = { .snapshot = host_of(BOTH) };
	struct config built = { 0 };
	struct proposal p = { 0 };
	struct buf b = { 0 };
	struct survey v;
	struct err e;
	size_t i;

	survey_made(&v, &h, none, four ? old : web);
	assert_int_equal(offers_make(&p, &v, &e), 0);
	for (i = 0; i < p.n; i++)
		if (p.v[i].st->kind == kind)
			p.v[i].on = false;
	if (answer != NULL)
		assert_int_equal(
		    proposal_take(&p, statement_from(answer, &e), &h, &e), 0);
	assert_int_equal(proposal_build(&p, &h, &h.candidate, &built, &e), 0);
	config_print(&built, &b);
	config_free(&built);
	proposal_free(&p);
	survey_free(&v);
	return buf_take(&b);
}

/* What needs a thing that is left out is left out with it. */
static void
test_left_out(void **state UNUSED)
{
	static const struct {
		enum statement_kind kind;
		bool four; /* what listens hears that alone */
		const char *lines[5];
	} rows[] = {
		{ ST_DEFAULT, false,
		    { VM00 " ipv4 10.0.3.9", "forward tcp 80 to vm00",
			"-default" } },
		{ ST_BRIDGE, false,
		    { "uplink eth0", "-container", "-to vm00" } },
		{ ST_CONTAINER, false,
		    { BRIDGE " ipv4 10.0.3.1/24", "-container", "-to vm00" } },
		{ ST_OPTION, false,
		    { BRIDGE, VM00, "forward tcp 80 to vm00", "-ipv4" } },
		{ ST_OPTION, true, { BRIDGE, "-to vm00" } },
		{ ST_DEFAULT, true, { "forward tcp 80 to vm00 only ipv4" } },
	};
	char *text;
	size_t i;

	for (i = 0; i < NITEMS(rows); i++) {
		text = built_without(rows[i].kind, NULL, rows[i].four);
		check_lines(i, text, rows[i].lines);
		free(text);
	}
}

/* Policies of the admin come first, and defaults last. */
static void
test_order(void **state UNUSED)
{
	static const char *const lines[] = { "forward tcp 80 to vm00\n"
					     "deny input tcp 22\n"
					     "allow input tcp 22",
		"-default input deny\nallow", NULL };
	char *text = built_without(ST_COUNT, "deny input tcp 22", false);

	check_lines(0, text, lines);
	free(text);
}

/* Random prefixes are chosen anew, but none that is there or was said. */
static void
test_reroll(void **state UNUSED)
{
	static const struct {
		const char *bridge;
		bool given, changes;
	} rows[] = {
		{ "bridge br7 ula auto masquerade", false, true },
		{ "bridge br7 ula auto masquerade", true, false },
		{ "bridge lxcbr0 ula auto masquerade", false, false },
	};
	struct host h = { .snapshot = host_of(BOTH) };
	struct proposal p;
	struct prefix first;
	struct err e;
	size_t i;

	for (i = 0; i < NITEMS(rows); i++) {
		memset(&p, 0, sizeof(p));
		assert_int_equal(
		    proposal_take(
			&p, statement_from(rows[i].bridge, &e), &h, &e),
		    0);
		p.v[0].given = rows[i].given;
		first = p.v[0].st->v[BRIDGE_ULA].prefix;
		assert_int_equal(proposal_reroll(&p, &h, &e), 0);
		assert_int_equal(
		    !prefix_equal(&first, &p.v[0].st->v[BRIDGE_ULA].prefix),
		    rows[i].changes);
		proposal_free(&p);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_doors),
		cmocka_unit_test(test_offers),
		cmocka_unit_test(test_left_out),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_reroll),
	};

	return cmocka_run_group_tests(tests, vps_set_up, NULL);
}
