/* The cached ways to targets of forwards, and what containers lose of the
 * services of this host. */
#include "config.h"

#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/reach/hidden.h"
#include "core/reach/kept.h"
#include "core/reach/services.h"
#include "core/reach/untouched.h"
#include "core/reach/way.h"

#include "lib/prefix.h"
#include "lib/vps.h"

/* Ways */

static struct {
	uint64_t now;
	struct buf asked; /* targets, with the link that packets arrive on */
	int out;	  /* the link of each way */
} kernel;

void __wrap_net_way(struct net *, const struct prefix *, int, struct way *);
uint64_t __wrap_now_ms(void);

void
__wrap_net_way(struct net *net UNUSED, const struct prefix *target, int iif,
    struct way *way)
{
	char text[ADDR_TEXT_MAX];

	buf_printf(&kernel.asked, "%s by %d\n", addr_text(target, text), iif);
	memset(way, 0, sizeof(*way));
	way->target = *target;
	way->in.index = kernel.out;
}

uint64_t
__wrap_now_ms(void)
{
	return kernel.now;
}

#define BRIDGE "uplink eth0\nbridge lxcbr0 ula " ULA "1/64\n"
#define CONTAINER BRIDGE "container web1 ula " ULA "3\n"
#define ON "option ipv4 on\n"
#define TO_7 BRIDGE "forward tcp 80 to " ULA "7\n"

static bool
update(struct ways *w, const char *text)
{
	struct config c = { 0 };
	struct model m;
	struct err e;
	bool changed;

	buf_reset(&kernel.asked);
	assert_int_equal(config_parse(&c, text, NULL, &e), 0);
	assert_int_equal(model_build_lenient(&m, &c, &vps, &e), 0);
	changed = ways_update(w, NULL, &m);
	model_free(&m);
	config_free(&c);
	return changed;
}

/* Each target once, by the uplink of its family, and only those that are known
 * and on. */
static void
test_targets(void **state)
{
	static const struct {
		const char *config, *asked;
	} cases[] = {
		{ CONTAINER "forward tcp 80 to web1\n", ULA "3 by 2\n" },
		{ CONTAINER "forward tcp 80 to web1\nforward tcp 81 to web1:8\n"
			    "forward udp 53 to " ULA "3\n",
		    ULA "3 by 2\n" },
		{ CONTAINER "forward tcp 80 to web1 off\n", "" },
		{ TO_7, ULA "7 by 2\n" },
		{ BRIDGE "uplink eth1\nforward tcp 80 to " ULA "7\n",
		    ULA "7 by 2\n" },
		{ "uplink eth1\n" TO_7, ULA "7 by 2\n" },
		{ "uplink gone\n" TO_7, ULA "7 by 2\n" },
		{ BRIDGE ON "container vm00 ula " ULA "9\n"
			    "forward tcp 80 to vm00\n",
		    ULA "9 by 2\n10.0.3.9 by 2\n" },
		{ BRIDGE ON "container vm00 ula " ULA "9\n"
			    "forward tcp 80 to vm00 only ipv4\n",
		    "10.0.3.9 by 2\n" },
		{ BRIDGE "allow input tcp 22\n", "" },
	};
	struct prefix known = prefix(ULA "3"), other = prefix(ULA "4");
	struct ways w = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(cases); i++) {
		update(&w, cases[i].config);
		if (strcmp(buf_text(&kernel.asked), cases[i].asked) != 0)
			fail_msg("%zu: %s", i, buf_text(&kernel.asked));
	}
	update(&w, cases[0].config);
	assert_non_null(ways_of(&w, &known));
	assert_null(ways_of(&w, &other));
	ways_free(&w);
	assert_null(ways_of(&w, &known));
}

/* They are asked for again after a while, and told when they are others. */
static void
test_age(void **state)
{
	struct ways w = { 0 };

	(void)state;
	kernel.now = 50000;
	kernel.out = 3;
	assert_true(ways_are_due(&w));
	assert_true(update(&w, TO_7));
	assert_int_equal(w.n, 1);
	kernel.now += 100;
	assert_false(ways_are_due(&w));
	assert_false(update(&w, TO_7));
	assert_true(kernel.asked.len > 0);
	kernel.now += 60000;
	assert_true(ways_are_due(&w));
	kernel.out = 4;
	assert_true(update(&w, TO_7));
	assert_int_equal(w.v[0].in.index, 4);
	assert_true(ways_update(&w, NULL, NULL));
	assert_int_equal(w.n, 0);
	assert_false(ways_update(&w, NULL, NULL));
	ways_free(&w);
}

/* The seconds of a minute in which they are asked for, by somebody who looks
 * each second. */
static void
a_minute(struct ways *w, const char *wanted)
{
	struct buf b = { 0 };
	int s;

	for (s = 0; s < 60; s++, kernel.now += 1000) {
		if (!ways_are_due(w))
			continue;
		update(w, TO_7);
		buf_printf(&b, "%d ", s);
	}
	assert_string_equal(buf_text(&b), wanted);
	buf_free(&b);
}

/* The longer they stay the same, the less often; soon again once they do not.
 */
static void
test_pace(void **state)
{
	struct ways w = { 0 };

	(void)state;
	kernel.now = 50000;
	kernel.out = 3;
	a_minute(&w, "0 3 9 21 33 45 57 ");
	kernel.out = 4;
	a_minute(&w, "9 12 18 30 42 54 ");
	ways_free(&w);
}

/* Services */

#define LOSE "warning: containers on lxcbr0 would lose what this host serves "
#define DNS LOSE "them: DNS\n"
#define KEEP "  to keep it:\n"

static struct listener sockets[] = {
	{ .proto = IPPROTO_UDP, .port = 53 },
	{ .proto = IPPROTO_TCP, .port = 53 },
	{ .proto = IPPROTO_UDP, .port = 547 },
	{ .proto = IPPROTO_UDP, .port = 53, .addr.family = AF_INET },
	{ .proto = IPPROTO_UDP, .port = 67, .addr.family = AF_INET },
};

static const struct {
	size_t first, n; /* of the sockets */
	const char *config, *warning;
} losses[] = {
	{ 0, 3, BRIDGE, "" },
	{ 0, 0, BRIDGE "default input deny\n", "" },
	{ 0, 1, BRIDGE "default input deny\n",
	    DNS KEEP "  allow input udp 53 from bridge lxcbr0\n" },
	{ 1, 1, BRIDGE "default input deny\n",
	    DNS KEEP "  allow input tcp 53 from bridge lxcbr0\n" },
	{ 0, 2, BRIDGE "default input deny\n",
	    DNS KEEP "  allow input udp 53 from bridge lxcbr0\n"
		     "  allow input tcp 53 from bridge lxcbr0\n" },
	{ 0, 3, BRIDGE "default input deny\n",
	    LOSE "them: DNS, DHCPv6\n" KEEP
		 "  allow input udp 53,547 from bridge lxcbr0\n"
		 "  allow input tcp 53 from bridge lxcbr0\n" },
	{ 0, 1,
	    BRIDGE "allow input udp 53 from bridge lxcbr0\n"
		   "default input deny\n",
	    "" },
	{ 0, 1, BRIDGE "deny input udp 53\n",
	    DNS "  to keep it, before deny input udp 53:\n"
		"  allow input udp 53 from bridge lxcbr0\n" },
	{ 0, 3, "uplink eth0\ndefault input deny\n", "" },
	{ 3, 2, BRIDGE "default input deny\n", "" },
	{ 3, 2, BRIDGE ON "default input deny\n",
	    LOSE "them: DNS, DHCP\n" KEEP
		 "  allow input udp 53,67 from bridge lxcbr0\n" },
	{ 3, 2,
	    BRIDGE ON "allow input udp 53 from 10.0.3.0/24\n"
		      "allow input udp 67 from bridge lxcbr0\n"
		      "default input deny\n",
	    "" },
	{ 3, 2,
	    BRIDGE ON "allow input udp 53,67 from fd00::/8,fe80::/10\n"
		      "default input deny\n",
	    LOSE "them: DNS, DHCP\n" KEEP
		 "  allow input udp 53,67 from bridge lxcbr0\n" },
	{ 0, 1,
	    BRIDGE ON "allow input udp 53 from 10.0.3.0/24\n"
		      "default input deny\n",
	    DNS KEEP "  allow input udp 53 from bridge lxcbr0\n" },
};

static void
test_services(void **state)
{
	struct config c = { 0 };
	struct model m;
	struct listeners l = { 0 };
	struct buf b = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(sockets); i++)
		if (sockets[i].addr.family == AF_UNSPEC)
			sockets[i].addr.family = AF_INET6;
	for (i = 0; i < NITEMS(losses); i++) {
		l.v = sockets + losses[i].first;
		l.n = losses[i].n;
		vps_model(&c, &m, losses[i].config);
		services_warn(&m, &l, &b);
		if (strcmp(buf_text(&b), losses[i].warning) != 0)
			fail_msg("%zu: %s", i, buf_text(&b));
		buf_reset(&b);
		model_free(&m);
		config_free(&c);
	}
	buf_free(&b);
}

/* What stays, and what does not, beside a forward of the rest */

#define REST BRIDGE "forward any to " ULA "7 on 2001:db8::10\n"
#define GOES "All that comes to 2001:db8::10 goes to " ULA "7, but for:\n"
#define STAYS GOES "  icmpv6, ping among it\n  tcp 22, where sshd listens\n"

#define BOTH                                                                   \
	BRIDGE ON "container vm00 ula " ULA "9\ncontainer web1 ula " ULA "8\n" \
		  "forward any to vm00\n"
#define BOTH_STAY                                                              \
	"All that comes to 2001:db8::10, 2001:db8::11, 192.0.2.1 goes to "     \
	"vm00, but for:\n  icmpv6 and icmp, ping among them\n"                 \
	"  udp 68 from port 67, DHCP's answers\n"                              \
	"  tcp 22, where sshd listens\n"

static const struct {
	const char *config, *lines;
} stays[] = {
	{ BRIDGE "forward tcp 80 to " ULA "7\n", "" },
	{ REST, STAYS },
	{ REST "forward tcp 80 to " ULA "7\n"
	       "forward tcp 81 to " ULA "7 on 2001:db8::11\n",
	    STAYS "  what 1 other forward takes\n" },
	{ REST "allow input tcp 25 limit 5/second\ndeny input tcp 26\n"
	       "allow forward tcp 27\nallow input udp from 2001:db8:9::/48\n"
	       "allow input tcp 28 off\n",
	    STAYS "  allow input tcp 25 limit 5/second\n"
		  "  allow input udp from 2001:db8:9::/48\n" },
	{ BRIDGE "forward any to " ULA "7\n",
	    "All that comes to 2001:db8::10, 2001:db8::11 goes to " ULA
	    "7, but for:\n  icmpv6, ping among it\n"
	    "  tcp 22, where sshd listens\n" },
	{ BOTH, BOTH_STAY },
	{ BRIDGE ON "container vm00 ula " ULA "9\nforward any to vm00 only "
		    "ipv4\nforward tcp 80 to vm00 only ipv6\n",
	    "All that comes to 192.0.2.1 goes to vm00, but for:\n"
	    "  icmp, ping among it\n  udp 68 from port 67, DHCP's answers\n"
	    "  tcp 22, where sshd listens\n" },
	/* one for both is one, and what is not for both says so */
	{ BOTH "forward tcp 80 to vm00\nforward tcp 81 to vm00 only ipv4\n"
	       "allow input tcp 25\nallow input tcp 26 only ipv4\n"
	       "allow input tcp 27 from 2001:db8:9::/48\n"
	       "allow input tcp 28 from container vm00\n"
	       "allow input tcp 29 from container web1\n",
	    BOTH_STAY "  allow input tcp 25\n"
		      "  allow input tcp 26 only ipv4\n"
		      "  allow input tcp 27 from 2001:db8:9::/48\n"
		      "  allow input tcp 28 from container vm00\n"
		      "  allow input tcp 29 from container web1 (IPv6 only)\n"
		      "  what 2 other forwards take\n" },
	/* what is for the other family keeps nothing */
	{ BRIDGE ON "container vm00 ula " ULA "9\nforward any to vm00 only "
		    "ipv6\nallow input tcp 25 only ipv4\n",
	    "All that comes to 2001:db8::10, 2001:db8::11 goes to vm00, but "
	    "for:\n  icmpv6, ping among it\n  tcp 22, where sshd listens\n" },
};

static void
test_stays(void **state)
{
	struct config c = { 0 };
	struct model m;
	struct buf b = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(stays); i++) {
		vps_model(&c, &m, stays[i].config);
		kept_tell(&m, NULL, &b);
		if (strcmp(buf_text(&b), stays[i].lines) != 0)
			fail_msg("%zu: %s", i, buf_text(&b));
		buf_reset(&b);
		model_free(&m);
		config_free(&c);
	}
	buf_free(&b);
}

/* A screen of them, and how many more. */
static void
test_many_stay(void **state)
{
	struct buf text = { 0 }, b = { 0 };
	struct config c = { 0 };
	struct model m;
	unsigned i;

	(void)state;
	buf_add(&text, REST);
	for (i = 0; i < 30; i++)
		buf_printf(&text, "allow input udp %u\n", 100 + i);
	vps_model(&c, &m, text.s);
	kept_tell(&m, NULL, &b);
	assert_non_null(strstr(buf_text(&b),
	    "  allow input udp 119\n  and what 10 more policies allow in\n"));
	model_free(&m);
	config_free(&c);
	buf_free(&text);
	buf_free(&b);
}

#define TAKES                                                                  \
	"warning: programs of this host would lose to " ULA                    \
	"7 what they listen for: "

static struct listener programs[] = {
	{ .proto = IPPROTO_TCP, .port = 587 },
	{ .proto = IPPROTO_TCP, .port = 25 },
	{ .proto = IPPROTO_TCP, .port = 22 },
	{ .proto = IPPROTO_UDP, .port = 443 },
	{ .proto = IPPROTO_TCP, .port = 25 },
	{ .proto = IPPROTO_TCP, .port = 25, .addr.family = AF_INET },
	{ .proto = IPPROTO_TCP, .port = 143, .addr.family = AF_INET },
	{ .proto = IPPROTO_UDP, .port = 53, .both = true },
};

static const struct {
	const char *config, *warning;
} taken[] = {
	{ BRIDGE, "" },
	{ REST,
	    TAKES "tcp 25,587, udp 53,443\n" KEEP "  allow input tcp 25,587\n"
		  "  allow input udp 53,443\n" },
	{ REST "allow input tcp 25\nforward tcp 587 to " ULA "7\n",
	    TAKES "udp 53,443\n" KEEP "  allow input udp 53,443\n" },
	/* what is lost in one family is kept for that alone */
	{ BOTH,
	    "warning: programs of this host would lose to vm00 what they "
	    "listen for: tcp 587 only ipv6, tcp 143 only ipv4, tcp 25, udp "
	    "443 only ipv6, udp 53\n" KEEP "  allow input tcp 587 only ipv6\n"
	    "  allow input tcp 143 only ipv4\n  allow input tcp 25\n"
	    "  allow input udp 443 only ipv6\n  allow input udp 53\n" },
	/* what nobody could reach is no loss */
	{ REST "default input deny\n", "" },
	{ REST "deny input tcp\n",
	    TAKES "udp 53,443\n" KEEP "  allow input udp 53,443\n" },
	{ REST "allow input udp from 2001:db8:9::/48\ndeny input tcp\n",
	    TAKES "udp 53,443\n" KEEP "  allow input udp 53,443\n" },
};

static void
test_taken(void **state)
{
	const struct listeners l = { programs, NITEMS(programs), false };
	struct config c = { 0 };
	struct model m;
	struct buf b = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(programs); i++)
		if (programs[i].addr.family == AF_UNSPEC)
			programs[i].addr.family = AF_INET6;
	for (i = 0; i < NITEMS(taken); i++) {
		vps_model(&c, &m, taken[i].config);
		kept_warn(&m, &l, &b);
		if (strcmp(buf_text(&b), taken[i].warning) != 0)
			fail_msg("%zu: %s", i, buf_text(&b));
		buf_reset(&b);
		model_free(&m);
		config_free(&c);
	}
	buf_free(&b);
}

/* Programs that forwards hide */

static struct listener doors[] = {
	{ .proto = IPPROTO_TCP, .port = 80, .both = true, .program = "nginx" },
	{ .proto = IPPROTO_TCP, .port = 80, .addr.family = AF_INET },
	{ .proto = IPPROTO_UDP, .port = 546 },
	{ .proto = IPPROTO_UDP, .port = 40000, .program = "dig" },
	{ .proto = IPPROTO_UDP, .port = 51820 },
};

#define WEB1 CONTAINER "forward tcp 80 to web1"
#define EACH CONTAINER "container vm00 ula " ULA "9\n" ON
#define NGINX "nginx of this host listens on tcp 80"
#define ALL                                                                    \
	", which goes to web1 for all of the Internet: to have both, forward " \
	"another port to it; else let no rule allow this one in\n"
#define WITH                                                                    \
	", which goes to web1 with the rest: a policy that allows it in keeps " \
	"it here\n"
#define DENY "seki add deny input tcp 80 from uplink"

static const struct {
	const char *config, *text;
} hides[] = {
	{ CONTAINER, "" },
	{ WEB1 "\n", NGINX ALL DENY "\n" },
	{ CONTAINER "forward tcp,udp 79-81 to web1\n", NGINX ALL DENY "\n" },
	{ CONTAINER "forward udp 80 to web1\n", "" },
	/* it is heard elsewhere */
	{ WEB1 " on 2001:db8::10\n", "" },
	{ WEB1 " on 2001:db8::10\nforward tcp 80 to web1:81 on 2001:db8::11\n",
	    NGINX
	    ", which goes to web1:81 for all of the Internet: to have both, "
	    "forward another port to it; else let no rule allow this one in\n" DENY
	    "\n" },
	/* nobody could reach it */
	{ WEB1 "\ndefault input deny\n", "" },
	{ WEB1 "\ndeny input tcp 80 from uplink\n", "" },
	/* by whose leave */
	{ WEB1 "\nallow input tcp 80\ndefault input deny\n",
	    NGINX ALL "seki delete allow input tcp 80\n" },
	{ WEB1 "\nallow input tcp 80,81\ndefault input deny\n",
	    NGINX ALL "\n" },
	{ WEB1 "\nallow input tcp,udp 80\ndefault input deny\n",
	    NGINX ALL "\n" },
	/* of which families */
	{ EACH "forward tcp 80 to vm00 only ipv4\n",
	    NGINX " (IPv4 only), which goes to vm00 for all of the Internet: "
		  "to have both, forward another port to it; else let no rule "
		  "allow this one in\n" DENY " only ipv4\n" },
	{ EACH "forward tcp 80 to web1 only ipv6\n"
	       "deny input tcp 80 from uplink only ipv4\n",
	    NGINX ALL DENY "\n" },
	/* the rest */
	{ CONTAINER "forward any to web1\n",
	    NGINX WITH "seki add allow input tcp 80\n"
		       "a socket without a program of this host listens on udp "
		       "51820" WITH "seki add allow input udp 51820\n" },
	{ CONTAINER "forward any to web1\nallow input udp 51820\n"
		    "allow input tcp 80\n",
	    "" },
};

static void
print_hidden(const struct model *m, const struct listeners *l, struct buf *b)
{
	struct hidden *v;
	size_t n, i;

	v = hidden_find(m, l, &n);
	for (i = 0; i < n; i++) {
		hidden_tell(&v[i], b);
		buf_add(b, "\n");
		hidden_cure(m, &v[i], b);
		buf_add(b, "\n");
	}
	free(v);
}

static void
test_hidden(void **state)
{
	const struct listeners l = { doors, NITEMS(doors), false };
	struct config c = { 0 };
	struct model m;
	struct buf b = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(doors); i++)
		if (doors[i].addr.family == AF_UNSPEC)
			doors[i].addr.family = AF_INET6;
	for (i = 0; i < NITEMS(hides); i++) {
		vps_model(&c, &m, hides[i].config);
		print_hidden(&m, &l, &b);
		if (strcmp(buf_text(&b), hides[i].text) != 0)
			fail_msg("%zu: %s", i, buf_text(&b));
		buf_reset(&b);
		model_free(&m);
		config_free(&c);
	}
	buf_free(&b);
}

/* IPv4 that a config leaves open */

#define CLOSED "default input deny\n"
#define OPEN(by, on) "IPv4 is not touched: " by " closes nothing of " on
#define DENIES OPEN("default input deny", "192.0.2.1")

static struct listener ears[] = {
	{ .proto = IPPROTO_UDP,
	    .port = 123,
	    .addr = { AF_INET6, 128, { 0 } },
	    .both = true,
	    .program = "chronyd" },
	{ .proto = IPPROTO_TCP,
	    .port = 22,
	    .addr = { AF_INET, 32, { 0 } },
	    .program = "sshd" },
	{ .proto = IPPROTO_TCP,
	    .port = 22,
	    .addr = { AF_INET6, 128, { 0 } },
	    .program = "sshd" },
	{ .proto = IPPROTO_TCP,
	    .port = 25,
	    .addr = { AF_INET, 32, { 127, 0, 0, 1 } } },
	{ .proto = IPPROTO_TCP, .port = 80, .addr = { AF_INET6, 128, { 0 } } },
	{ .proto = IPPROTO_TCP,
	    .port = 21,
	    .index = 6,
	    .addr = { AF_INET, 32, { 0 } } },
	{ .proto = IPPROTO_TCP,
	    .port = 443,
	    .addr = { AF_INET, 32, { 192, 0, 2, 1 } },
	    .program = "a\33[2Jb" },
	{ .proto = IPPROTO_TCP, .port = 3306, .addr = { AF_INET, 32, { 0 } } },
	{ .proto = IPPROTO_TCP, .port = 5432, .addr = { AF_INET, 32, { 0 } } },
	{ .proto = IPPROTO_TCP, .port = 6379, .addr = { AF_INET, 32, { 0 } } },
};

static const struct {
	int n; /* of the sockets; -1: they are not known */
	const char *config, *told;
} open_cases[] = {
	{ 3, "allow input tcp 22\n", "" },
	{ 3, "default input allow\ndefault forward deny\n", "" },
	{ 3, CLOSED "option ipv4 on\n", "" },
	/* a policy does it as well, if it is for all */
	{ -1, "allow input tcp 22\ndeny input\n",
	    OPEN("deny input", "192.0.2.1") },
	{ -1, "reject input any from any\n",
	    OPEN("reject input any from any", "192.0.2.1") },
	{ -1, "deny input\noption ipv4 on\n", "" },
	{ -1, "deny input off\n", "" },
	{ -1, "deny input tcp\n", "" },
	{ -1, "deny input from 2001:db8::/32\n", "" },
	{ -1, "deny input limit 5/second\n", "" },
	{ -1, "deny input only ipv6\n", "" },
	{ -1, "deny forward\n", "" },
	{ -1, CLOSED, DENIES },
	{ 0, CLOSED, DENIES "\n  nothing listens there now" },
	{ 3, CLOSED "option ipv4 off\n",
	    DENIES "\n  what listens there: tcp 22 (sshd), udp 123 (chronyd)" },
	{ 6, "default input reject\n",
	    OPEN("default input reject",
		"192.0.2.1") "\n  what listens there: "
			     "tcp 22 (sshd), udp 123 (chronyd)" },
	{ 9, CLOSED,
	    DENIES "\n  what listens there: tcp 22 (sshd), "
		   "tcp 443 (a\\x1b[2Jb), tcp 3306, tcp 5432, "
		   "udp 123 (chronyd)" },
	{ 10, CLOSED,
	    DENIES "\n  what listens there: tcp 22 (sshd), "
		   "tcp 443 (a\\x1b[2Jb), tcp 3306, tcp 5432, tcp 6379 "
		   "and 1 more" },
};

static void
test_untouched(void **state)
{
	struct listeners l = { .v = ears };
	struct config c = { 0 };
	struct model m;
	struct buf b = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(open_cases); i++) {
		l.n = open_cases[i].n > 0 ? (size_t)open_cases[i].n : 0;
		vps_model(&c, &m, open_cases[i].config);
		untouched_tell(&m, open_cases[i].n < 0 ? NULL : &l, &b);
		if (strcmp(buf_text(&b), open_cases[i].told) != 0)
			fail_msg("%zu: %s", i, buf_text(&b));
		assert_int_equal(untouched_is(&m), b.len > 0);
		assert_int_equal(untouched_may(&c), b.len > 0);
		buf_reset(&b);
		model_free(&m);
		config_free(&c);
	}
	buf_free(&b);
}

/* A private address is one of the Internet's where a default route leads out
 * from it. */
static void
test_private(void **state)
{
	static struct address own[] = {
		{ .nsid = NSID_SELF, .index = 2 },
		{ .nsid = NSID_SELF, .index = 4 },
		{ .nsid = 5, .index = 2 },
	};
	static struct route route = { .index = 2 };
	struct snapshot s = vps;
	struct config c = { 0 };
	struct model m;
	struct buf b = { 0 };

	(void)state;
	own[0].prefix = prefix("10.1.0.4/24");
	own[1].prefix = prefix("10.0.3.1/24");
	own[2].prefix = prefix("198.51.100.1/24");
	s.addresses = own;
	s.naddresses = NITEMS(own);
	s.nroutes4 = 0;
	vps_model(&c, &m, CLOSED);
	m.snapshot = &s;
	assert_false(untouched_is(&m));
	s.routes4 = &route;
	s.nroutes4 = 1;
	untouched_tell(&m, NULL, &b);
	assert_string_equal(
	    buf_text(&b), OPEN("default input deny", "10.1.0.4"));
	buf_free(&b);
	model_free(&m);
	config_free(&c);
}

static int
tear_down(void **state)
{
	(void)state;
	buf_free(&kernel.asked);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_targets),
		cmocka_unit_test(test_age),
		cmocka_unit_test(test_pace),
		cmocka_unit_test(test_services),
		cmocka_unit_test(test_untouched),
		cmocka_unit_test(test_private),
		cmocka_unit_test(test_stays),
		cmocka_unit_test(test_many_stay),
		cmocka_unit_test(test_taken),
		cmocka_unit_test(test_hidden),
	};

	return cmocka_run_group_tests(tests, vps_set_up, tear_down);
}
