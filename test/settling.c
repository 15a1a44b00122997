/* What a commit does to live connections: which it ends, and which it tells.
 * Those of the kernel are made up. */
#include "config.h"

#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/util.h"
#include "core/kernel/net_flow.h"
#include "core/kernel/net_sock.h"
#include "core/state/lingering.h"

#include "lib/folder.h"
#include "lib/prefix.h"
#include "lib/vps.h"

#define OUT "2001:db8:9::7"
#define PUBLIC "2001:db8::10"
#define VM00 ULA "3"
#define OUT4 "198.51.100.7"
#define PUBLIC4 "192.0.2.1"
#define VM4 "10.0.3.10"
#define BASE                                                                   \
	"uplink eth0\nbridge lxcbr0 ula " ULA "1/64\n"                         \
	"container vm00 ula " VM00 "\n"
#define REST BASE "forward any to vm00\n"
#define FORWARD BASE "forward tcp,udp 53 to vm00\n"

#define BASE4 BASE "option ipv4 on\n"
#define NET "2001:db8:1:2::"
#define NET_BASE                                                               \
	"uplink eth0\nbridge lxcbr0 ula " ULA "1/64 prefix " NET "/64\n"
#define RELAY "allow forward from uplink to uplink\n"
#define PREFIX NET_BASE "container vm00 address " NET "3\n"
#define FORWARD4 BASE4 "forward tcp,udp 53 to " VM4 "\n"

enum {
	TRANSLATED = 1,
	ASSURED = 2,
	OVER = 4,
	STUBBORN = 8,
	HEARD = 16,
	IPV4 = 32,
	ROUTED = 64,
	REPLIED = 128,
	OPEN = 256,    /* its socket is found */
	ALL = 512,     /* the wish */
	BEGUN = 1024,  /* by this host, from port 53; */
	INSIDE = 2048, /* by a container, from there, */
	MASKED = 4096  /* as who this host seems to be */
};

/* The kernel */

static struct {
	struct flow flow;
	unsigned is;
	bool no_flows, no_listeners;
	unsigned deleted; /* times */
} kernel;

int __wrap_net_flows_chosen(struct net *, uint8_t family, flow_test *wanted,
    void *arg, struct flow_list *, struct err *);
int __wrap_net_flow_delete(
    struct net *, const struct flow *, bool *changed, struct err *);
int __wrap_net_socket_end(struct net *, const struct container *,
    const struct flow_way *, bool *changed, struct err *);
int __wrap_net_listeners(
    struct net *, const struct container *, struct listeners *, struct err *);
bool __wrap_net_peer_has_socket(const struct flow_way *);

bool
__wrap_net_peer_has_socket(const struct flow_way *way)
{
	assert_int_equal(way->sport, 50000);
	assert_int_equal(way->dport, 53);
	return (kernel.is & OPEN) != 0;
}

static int
list(struct flow_list *l, bool has, struct err *e)
{
	memset(l, 0, sizeof(*l));
	if (kernel.no_flows)
		return err_set(e, ERR_FAIL, "no conntrack");
	if (!has)
		return 0;
	l->v = xgrow(l->v, l->n, sizeof(*l->v));
	l->v[l->n++] = kernel.flow;
	return 0;
}

int
__wrap_net_flows_chosen(struct net *net UNUSED, uint8_t family,
    flow_test *wanted, void *arg, struct flow_list *l, struct err *e)
{
	bool read =
	    family == AF_UNSPEC || family == kernel.flow.original.src.family;

	return list(l, read && wanted(arg, &kernel.flow), e);
}

int
__wrap_net_flow_delete(struct net *net UNUSED, const struct flow *f,
    bool *changed, struct err *e UNUSED)
{
	assert_int_equal(f->id, kernel.flow.id);
	kernel.deleted++;
	*changed = (kernel.is & STUBBORN) == 0;
	return 0;
}

int
__wrap_net_socket_end(struct net *net UNUSED, const struct container *c UNUSED,
    const struct flow_way *way, bool *changed, struct err *e UNUSED)
{
	assert_true(way->sport == 53 || way->sport == 50000);
	*changed = (kernel.is & OPEN) != 0;
	return 0;
}

int
__wrap_net_listeners(struct net *net UNUSED, const struct container *c,
    struct listeners *l, struct err *e)
{
	assert_null(c);
	memset(l, 0, sizeof(*l));
	if (kernel.no_listeners)
		return err_set(e, ERR_FAIL, "no sockets");
	if ((kernel.is & HEARD) == 0)
		return 0;
	l->v = xcalloc(1, sizeof(*l->v));
	l->v[l->n++] = (struct listener){ .proto = kernel.flow.proto,
		.port = kernel.flow.original.dport };
	return 0;
}

/* One connection, to port 53 of this host, or to there by a forward. */
static void
connects(uint8_t proto, unsigned is)
{
	bool ipv4 = (is & IPV4) != 0, translated = (is & TRANSLATED) != 0;
	const char *out = ipv4 ? OUT4 : OUT, *public = ipv4 ? PUBLIC4 : PUBLIC;
	const char *inside = ipv4 ? VM4 : VM00;

	if ((is & ROUTED) != 0)
	public = NET "3";

	memset(&kernel, 0, sizeof(kernel));
	kernel.is = is;
	kernel.flow = (struct flow){ .id = 7,
		.proto = proto,
		.translated = translated,
		.assured = (is & ASSURED) != 0,
		.replied = (is & (ASSURED | REPLIED)) != 0,
		.over = (is & OVER) != 0,
		.original = { prefix(out), prefix(public), 50000, 53 },
		.reply = { prefix(translated ? inside : public), prefix(out),
		    53, 50000 } };
}

/* One that begins here: this host's, or a container's. */
static void
begins(uint8_t proto, unsigned is)
{
	bool ipv4 = (is & IPV4) != 0;
	const char *out = ipv4 ? OUT4 : OUT, *public = ipv4 ? PUBLIC4 : PUBLIC;
	const char *inside = ipv4 ? VM4 : VM00;
	const char *from = (is & INSIDE) != 0 ? inside : public;
	const char *as = (is & MASKED) != 0 ? public : from;

	connects(proto, is);
	kernel.flow.original =
	    (struct flow_way){ prefix(from), prefix(out), 53, 50000 };
	kernel.flow.reply =
	    (struct flow_way){ prefix(out), prefix(as), 50000, 53 };
}

static struct lingering
settle(const char *folder, const char *before, const char *now)
{
	const struct lingering_wish wish = { .number = 4,
		.all = (kernel.is & ALL) != 0 };
	struct host h = { .snapshot = vps, .run_path = (char *)folder };
	struct config old = { 0 }, new = { 0 };
	struct lingering l;
	struct err e;

	assert_int_equal(config_parse(&old, before, NULL, &e), 0);
	assert_int_equal(config_parse(&new, now, NULL, &e), 0);
	l = lingering_settle(&h, &old, &new, &wish);
	config_free(&old);
	config_free(&new);
	return l;
}

/* Cases */

static const struct {
	const char *before, *now;
	uint8_t proto;
	unsigned is;
	unsigned left, direct, ended;
	unsigned deleted;
} cases[] = {
	/* what the rules let through goes on */
	{ FORWARD, FORWARD, IPPROTO_TCP, TRANSLATED, 0, 0, 0, 0 },
	{ FORWARD, FORWARD, IPPROTO_UDP, TRANSLATED, 0, 0, 0, 0 },
	/* what they would not: UDP is ended, TCP told */
	{ FORWARD, BASE, IPPROTO_TCP, TRANSLATED, 1, 0, 0, 0 },
	{ FORWARD, BASE, IPPROTO_UDP, TRANSLATED, 0, 0, 1, 1 },
	{ FORWARD, FORWARD "deny forward\n", IPPROTO_UDP, TRANSLATED, 0, 0, 1,
	    1 },
	{ FORWARD, BASE, IPPROTO_UDP, TRANSLATED | OVER, 0, 0, 0, 0 },
	{ FORWARD, BASE, IPPROTO_UDP, TRANSLATED | STUBBORN, 1, 0, 0, 1 },
	/* and what another's table has translated is left alone */
	{ BASE, BASE "deny forward\n", IPPROTO_UDP, TRANSLATED, 1, 0, 0, 0 },

	/* nor has a protocol without an end, such as ESP, or SCTP */
	{ REST, BASE, IPPROTO_ESP, TRANSLATED, 0, 0, 1, 1 },
	{ REST, BASE, IPPROTO_SCTP, TRANSLATED, 1, 0, 0, 0 },
	{ REST, REST, IPPROTO_ESP, TRANSLATED, 0, 0, 0, 0 },
	{ BASE, REST, IPPROTO_ESP, ASSURED, 0, 0, 1, 1 },
	{ BASE, REST, IPPROTO_SCTP, ASSURED, 0, 1, 0, 0 },
	{ BASE, BASE "deny input\n", IPPROTO_ESP, ASSURED, 0, 0, 1, 1 },
	{ BASE, REST "allow input\n", IPPROTO_ESP, ASSURED, 0, 0, 0, 0 },
	{ BASE, BASE "deny input\n", IPPROTO_ICMPV6, ASSURED, 0, 0, 0, 0 },

	/* to this host: UDP is ended, TCP told, if it is more than a scan */
	{ BASE, BASE "deny input\n", IPPROTO_TCP, ASSURED, 0, 1, 0, 0 },
	{ BASE, BASE "deny input\n", IPPROTO_UDP, ASSURED, 0, 0, 1, 1 },
	{ BASE, BASE "deny input\n", IPPROTO_UDP, REPLIED, 0, 0, 1, 1 },
	{ BASE, BASE "deny input\n", IPPROTO_UDP, HEARD, 0, 0, 1, 1 },
	{ BASE, BASE "deny input\n", IPPROTO_UDP, 0, 0, 0, 0, 0 },
	{ BASE, BASE "deny input\n", IPPROTO_TCP, 0, 0, 0, 0, 0 },
	{ BASE, BASE "deny input\n", IPPROTO_TCP, ASSURED | OVER, 0, 0, 0, 0 },
	{ BASE, BASE, IPPROTO_TCP, ASSURED, 0, 0, 0, 0 },
	/* and not what was forbidden already */
	{ BASE "deny input tcp\n", BASE "deny input\n", IPPROTO_TCP, ASSURED, 0,
	    0, 0, 0 },

	/* a forward takes the port: of UDP it is ended, whoever hears it */
	{ BASE, FORWARD, IPPROTO_TCP, ASSURED, 0, 1, 0, 0 },
	{ BASE, FORWARD, IPPROTO_UDP, ASSURED, 0, 0, 1, 1 },
	{ BASE, FORWARD, IPPROTO_UDP, 0, 0, 0, 1, 1 },
	{ BASE, FORWARD, IPPROTO_UDP, ASSURED | HEARD, 0, 0, 1, 1 },
	{ BASE, FORWARD, IPPROTO_UDP, ASSURED | STUBBORN, 0, 1, 0, 1 },

	/* the same of IPv4 */
	{ FORWARD4, FORWARD4, IPPROTO_UDP, TRANSLATED | IPV4, 0, 0, 0, 0 },
	{ FORWARD4, BASE4, IPPROTO_UDP, TRANSLATED | IPV4, 0, 0, 1, 1 },
	{ FORWARD4, BASE4, IPPROTO_TCP, TRANSLATED | IPV4, 1, 0, 0, 0 },
	{ BASE4, FORWARD4, IPPROTO_UDP, ASSURED | IPV4, 0, 0, 1, 1 },
	{ BASE4, BASE4 "deny input\n", IPPROTO_TCP, ASSURED | IPV4, 0, 1, 0,
	    0 },
	{ BASE "deny input\n", BASE4 "deny input\n", IPPROTO_TCP,
	    ASSURED | IPV4, 0, 1, 0, 0 },
	/* which is none of ours without the option, */
	{ BASE, BASE "deny input\n", IPPROTO_TCP, ASSURED | IPV4, 0, 0, 0, 0 },
	{ FORWARD, BASE, IPPROTO_UDP, TRANSLATED | IPV4, 0, 0, 0, 0 },
	/* but what our forwards have translated, which nobody shows later */
	{ FORWARD4, BASE, IPPROTO_UDP, TRANSLATED | IPV4, 0, 0, 1, 1 },
	{ FORWARD4, BASE, IPPROTO_TCP, TRANSLATED | IPV4, 0, 1, 0, 0 },
	{ BASE4, BASE, IPPROTO_UDP, TRANSLATED | IPV4, 0, 0, 0, 0 },
	{ BASE4, BASE "deny input\n", IPPROTO_TCP, ASSURED | IPV4, 0, 0, 0, 0 },

	/* to a public address of a container: UDP is ended, TCP told */
	{ PREFIX, PREFIX, IPPROTO_UDP, ASSURED | ROUTED, 0, 0, 0, 0 },
	{ PREFIX, PREFIX "deny forward\n", IPPROTO_TCP, ASSURED | ROUTED, 1, 0,
	    0, 0 },
	{ PREFIX, PREFIX "deny forward\n", IPPROTO_UDP, ASSURED | ROUTED, 0, 0,
	    1, 1 },
	{ PREFIX, PREFIX "deny forward\n", IPPROTO_UDP, ROUTED, 0, 0, 1, 1 },
	{ PREFIX, PREFIX "deny forward\n", IPPROTO_UDP,
	    ASSURED | ROUTED | STUBBORN, 1, 0, 0, 1 },
	/* but for a scan */
	{ PREFIX, PREFIX "deny forward\n", IPPROTO_TCP, ROUTED, 0, 0, 0, 0 },
	{ PREFIX, PREFIX "deny forward\n", IPPROTO_TCP, ASSURED | ROUTED | OVER,
	    0, 0, 0, 0 },
	/* or from one uplink to another, which a policy must say */
	{ BASE RELAY, BASE, IPPROTO_UDP, ASSURED | ROUTED, 0, 0, 1, 1 },
	{ BASE RELAY, BASE, IPPROTO_TCP, ASSURED | ROUTED, 0, 1, 0, 0 },
	{ BASE RELAY, BASE RELAY, IPPROTO_UDP, ASSURED | ROUTED, 0, 0, 0, 0 },
};

static void
test_cases(void **state)
{
	struct lingering l;
	size_t i;

	for (i = 0; i < NITEMS(cases); i++) {
		connects(cases[i].proto, cases[i].is);
		l = settle(*state, cases[i].before, cases[i].now);
		if (l.left != cases[i].left || l.direct != cases[i].direct ||
		    l.ended != cases[i].ended || l.lost != 0 || l.closed != 0 ||
		    kernel.deleted != cases[i].deleted)
			fail_msg(
			    "%zu: %u left, %u direct, %u and %u of %u ended", i,
			    l.left, l.direct, l.ended, l.lost, kernel.deleted);
		assert_int_equal(l.named.len > 0, l.direct > 0);
		lingering_free(&l);
	}
}

/* What this host began from a port that is forwarded now, and what containers
 * began under an address that they would not have now. */
static void
test_begun(void **state)
{
#define MASQUERADE                                                             \
	"uplink eth0\nbridge lxcbr0 ula " ULA "1/64 masquerade\n"              \
	"container vm00 ula " VM00 "\n"
#define TRANSLATE                                                              \
	"uplink eth0\nbridge lxcbr0 ula " ULA "1/64 translate "                \
	"2001:db8:5::/64\ncontainer vm00 ula " VM00 "\n"
	static const struct {
		const char *before, *now;
		uint8_t proto;
		unsigned is;
		unsigned ended, direct;
	} rows[] = {
		{ BASE, FORWARD, IPPROTO_UDP, BEGUN, 1, 0 },
		{ BASE, FORWARD, IPPROTO_UDP, BEGUN | REPLIED | HEARD, 1, 0 },
		{ FORWARD, FORWARD, IPPROTO_UDP, BEGUN, 1, 0 },
		{ BASE, BASE, IPPROTO_UDP, BEGUN, 0, 0 },
		{ BASE, FORWARD, IPPROTO_UDP, BEGUN | OVER, 0, 0 },
		{ BASE4, FORWARD4, IPPROTO_UDP, BEGUN | IPV4, 1, 0 },
		{ BASE, FORWARD4, IPPROTO_UDP, BEGUN, 0, 0 },
		/* a client's, or what no forward of a port takes */
		{ BASE, FORWARD, IPPROTO_UDP, BEGUN | OPEN, 0, 0 },
		{ BASE, FORWARD, IPPROTO_TCP, BEGUN | ASSURED, 0, 0 },
		{ BASE, REST, IPPROTO_UDP, BEGUN, 0, 0 },
		{ BASE, FORWARD, IPPROTO_UDP, INSIDE | MASKED, 0, 0 },

		{ BASE, MASQUERADE, IPPROTO_UDP, INSIDE, 1, 0 },
		{ MASQUERADE, BASE, IPPROTO_UDP, INSIDE | MASKED, 1, 0 },
		{ MASQUERADE, TRANSLATE, IPPROTO_UDP, INSIDE | MASKED, 1, 0 },
		{ MASQUERADE, BASE, IPPROTO_TCP, INSIDE | MASKED | ASSURED, 0,
		    1 },
		{ BASE, MASQUERADE, IPPROTO_TCP, INSIDE, 0, 0 },
		{ MASQUERADE, MASQUERADE, IPPROTO_UDP, INSIDE | MASKED, 0, 0 },
		/* which others may have done, or nobody */
		{ BASE, BASE, IPPROTO_UDP, INSIDE | MASKED, 0, 0 },
		{ MASQUERADE, BASE, IPPROTO_UDP, INSIDE, 0, 0 },
		{ BASE, MASQUERADE, IPPROTO_UDP, INSIDE | MASKED, 0, 0 },
		{ BASE, MASQUERADE, IPPROTO_UDP, BEGUN, 0, 0 },
	};
	struct lingering l;
	size_t i;

	for (i = 0; i < NITEMS(rows); i++) {
		begins(rows[i].proto, rows[i].is);
		l = settle(*state, rows[i].before, rows[i].now);
		if (l.ended != rows[i].ended || l.direct != rows[i].direct ||
		    l.left + l.lost + l.closed != 0)
			fail_msg(
			    "%zu: %u ended, %u direct", i, l.ended, l.direct);
		lingering_free(&l);
	}
}

/* TCP is ended, too, where that is wished, but not what was so before. */
static void
test_wished(void **state)
{
	static const struct {
		const char *before, *now;
		uint8_t proto;
		unsigned is;
		unsigned closed, deleted;
	} rows[] = {
		{ FORWARD, BASE, IPPROTO_TCP, TRANSLATED, 1, 1 },
		{ FORWARD, BASE, IPPROTO_TCP, TRANSLATED | STUBBORN, 0, 1 },
		{ FORWARD, FORWARD, IPPROTO_TCP, TRANSLATED, 0, 0 },
		{ BASE, BASE, IPPROTO_TCP, TRANSLATED, 0, 0 },
		{ BASE, FORWARD, IPPROTO_TCP, ASSURED, 1, 1 },
		{ BASE, FORWARD, IPPROTO_TCP, ASSURED | OPEN, 1, 0 },
		{ BASE "deny input\n", BASE "deny input\n", IPPROTO_TCP,
		    ASSURED | OPEN, 0, 0 },
		{ FORWARD, BASE, IPPROTO_UDP, TRANSLATED, 0, 1 },
	};
	struct lingering l;
	size_t i;

	for (i = 0; i < NITEMS(rows); i++) {
		connects(rows[i].proto, rows[i].is | ALL);
		l = settle(*state, rows[i].before, rows[i].now);
		if (l.closed != rows[i].closed ||
		    kernel.deleted != rows[i].deleted)
			fail_msg("%zu: %u closed, %u deleted", i, l.closed,
			    kernel.deleted);
		lingering_free(&l);
	}
}

/* To a public address that nobody has any more: all of it is ended. */
static void
test_homeless(void **state)
{
	static const struct {
		const char *now;
		uint8_t proto;
		unsigned is;
		unsigned lost;
	} rows[] = {
		{ BASE, IPPROTO_TCP, ASSURED, 1 },
		{ BASE, IPPROTO_UDP, 0, 1 },
		{ BASE "deny forward\n", IPPROTO_TCP, ASSURED, 1 },
		{ BASE, IPPROTO_TCP, ASSURED | STUBBORN, 0 },
		{ NET_BASE, IPPROTO_TCP, ASSURED, 0 },
		{ PREFIX, IPPROTO_TCP, ASSURED, 0 },
	};
	struct lingering l;
	size_t i;

	for (i = 0; i < NITEMS(rows); i++) {
		connects(rows[i].proto, rows[i].is | ROUTED);
		l = settle(*state, PREFIX, rows[i].now);
		if (l.lost != rows[i].lost || l.left + l.direct + l.ended != 0)
			fail_msg("%zu", i);
		lingering_free(&l);
	}
	connects(IPPROTO_TCP, ASSURED | ROUTED);
	l = settle(*state, BASE, BASE);
	assert_int_equal(kernel.deleted, 0);
	lingering_free(&l);
}

/* Which commit left it behind is noted, as long as it is so. */
static void
test_noted(void **state)
{
	static const struct {
		const char *before, *now, *noted, *then;
		unsigned is;
	} rows[] = {
		{ FORWARD, BASE, "", "7 4 through\n", TRANSLATED },
		{ BASE, BASE, "7 2 through\n", "7 2 through\n", TRANSLATED },
		{ BASE, BASE, "", "", TRANSLATED },
		{ BASE, FORWARD, "7 2 through\n", "", TRANSLATED },
		{ FORWARD, BASE, "", "", TRANSLATED | ALL },
		{ BASE, FORWARD, "6 2 beside\nx\n", "7 4 beside\n", ASSURED },
		{ BASE, BASE "deny input\n", "8 1 through\n", "7 4 beside\n",
		    ASSURED },
	};
	struct lingering l;
	char *then;
	size_t i;

	for (i = 0; i < NITEMS(rows); i++) {
		connects(IPPROTO_TCP, rows[i].is);
		folder_write(*state, "orphans", rows[i].noted);
		l = settle(*state, rows[i].before, rows[i].now);
		then = folder_read(*state, "orphans");
		assert_string_equal(then, rows[i].then);
		free(then);
		lingering_free(&l);
	}
}

/* Nothing is ended or told that nobody can tell. */
static void
test_unread(void **state)
{
	struct lingering l;

	connects(IPPROTO_UDP, TRANSLATED);
	kernel.no_flows = true;
	l = settle(*state, FORWARD, BASE);
	assert_int_equal(l.left + l.direct + l.ended, 0);
	lingering_free(&l);
	connects(IPPROTO_UDP, ASSURED);
	kernel.no_listeners = true;
	l = settle(*state, BASE, FORWARD);
	assert_int_equal(l.ended, 1);
	lingering_free(&l);
	connects(IPPROTO_UDP, 0);
	kernel.no_listeners = true;
	l = settle(*state, BASE, BASE "deny input\n");
	assert_int_equal(l.ended, 1);
	lingering_free(&l);
}

static void
test_told(void **state)
{
	struct lingering l = { 0 };
	struct buf b = { 0 };

	lingering_tell(&l, &b);
	assert_int_equal(b.len, 0);
	connects(IPPROTO_TCP, ASSURED);
	l = settle(*state, BASE, BASE "deny input\n");
	lingering_tell(&l, &b);
	assert_string_equal(buf_text(&b),
	    "note: 1 connection beside the forwards goes on that these rules "
	    "would not let through:\n"
	    "  tcp [" OUT "]:50000 > [" PUBLIC "]:53\n");
	buf_reset(&b);
	l.direct = 7;
	l.left = 2;
	l.ended = 3;
	l.lost = 4;
	lingering_tell(&l, &b);
	assert_non_null(strstr(buf_text(&b), "note: 3 flows of UDP were "));
	assert_non_null(strstr(buf_text(&b), "note: 2 connections go on "));
	assert_non_null(
	    strstr(buf_text(&b), "note: 4 connections were ended,"));
	assert_non_null(strstr(buf_text(&b), "  and 2 more\n"));
	lingering_free(&l);
	buf_free(&b);
}

/* Whichever end it is, before or after translation. */
static void
test_end(void **state)
{
	static const struct {
		const char *addr;
		unsigned is;
		unsigned ended;
	} rows[] = {
		{ PUBLIC, 0, 1 },
		{ PUBLIC, TRANSLATED, 1 },
		{ OUT, TRANSLATED, 1 },
		{ VM00, TRANSLATED, 1 },
		{ VM00, 0, 0 },
		{ "2001:db8::11", TRANSLATED, 0 },
		{ PUBLIC, STUBBORN, 0 },
	};
	struct host h = { 0 };
	struct prefix all[2];
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(rows); i++) {
		all[0] = prefix("2001:db8::99");
		all[1] = prefix(rows[i].addr);
		connects(IPPROTO_TCP, rows[i].is);
		if (lingering_end(&h, &(struct prefixes){ all, 2 }) !=
		    rows[i].ended)
			fail_msg("%zu", i);
	}
	/* a source of masquerading */
	connects(IPPROTO_TCP, 0);
	kernel.flow.reply.dst = prefix("2001:db8::11");
	all[1] = prefix("2001:db8::11");
	assert_int_equal(lingering_end(&h, &(struct prefixes){ all, 2 }), 1);
	kernel.no_flows = true;
	assert_int_equal(lingering_end(&h, &(struct prefixes){ all, 2 }), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FOLDER_TEST(test_cases),
		FOLDER_TEST(test_begun),
		FOLDER_TEST(test_wished),
		FOLDER_TEST(test_homeless),
		FOLDER_TEST(test_noted),
		FOLDER_TEST(test_unread),
		FOLDER_TEST(test_told),
		cmocka_unit_test(test_end),
	};

	return cmocka_run_group_tests(tests, vps_set_up, NULL);
}
