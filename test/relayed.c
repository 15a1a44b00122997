/* What came by an uplink and would leave by one: as rules, and as judged. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/lang/config.h"
#include "core/plan/fixed.h"
#include "core/plan/judge.h"
#include "core/plan/ruleset_build.h"
#include "core/plan/ruleset_diff.h"

#include "lib/asked.h"
#include "lib/vps.h"

#define RELAYS "allow forward tcp 80 from uplink to uplink"
#define NET "2001:db8:7::/48"
#define OUT "2001:db8:9::7"
#define BASE "bridge lxcbr0 ula " ULA "1/64\ncontainer vm00 ula " ULA "3\n"
#define ONE "uplink eth0\n" BASE
#define TWO "uplink eth0\nuplink eth1\n" BASE
#define RULE(text) "add rule inet seki relayed-forward " text "\n"
#define DROP "counter name \"relayed-forward\" drop"
#define DNAT RULE("ct status dnat return")
#define FORGED                                                                 \
	DNAT RULE("fib saddr type local " DROP)                                \
	    RULE("fib saddr oifname { \"lxcbr0\" } " DROP)

static const struct {
	const char *config, *text;
} rules[] = {
	{ ONE, "forward iifname { \"eth0\" } oifname { \"eth0\" } jump "
	       "relayed-forward\n" },
	{ TWO "default forward deny\n",
	    "iifname { \"eth0\", \"eth1\" } oifname { \"eth0\", \"eth1\" } "
	    "jump relayed-forward\n" },
	/* where all is let through as well */
	{ ONE, DNAT RULE(DROP) },
	{ ONE "default forward allow\n", DNAT RULE(DROP) },
	{ ONE "default forward allow\n",
	    "counter inet seki relayed-forward\n" },
	/* a policy that does not name both ends, or allows nothing */
	{ ONE "allow forward to uplink\nallow forward from uplink\n"
	      "allow forward from " NET "\nallow forward\n"
	      "allow forward from container vm00 to uplink\n"
	      "deny forward from uplink to uplink\n"
	      "allow forward from bridge lxcbr0 to " NET "\n"
	      "allow forward from uplink to bridge lxcbr0\n"
	      "allow forward from uplink to uplink off\n",
	    DNAT RULE(DROP) },
	/* and those that do, whatever their limit */
	{ ONE "allow forward tcp 80 from uplink to uplink limit 5/second\n",
	    FORGED RULE("iifname { \"eth0\" } oifname { \"eth0\" } meta "
			"l4proto 6 th dport { 80 } return") RULE(DROP) },
	{ ONE "allow forward from " NET " to uplink\n",
	    FORGED RULE("ip6 saddr { " NET " } oifname { \"eth0\" } return")
		RULE(DROP) },
	{ ONE "allow forward from uplink to " NET "\n",
	    FORGED RULE("iifname { \"eth0\" } ip6 daddr { " NET " } return")
		RULE(DROP) },
	/* of one family, of both, and by addresses of both */
	{ "option ipv4 on\n" ONE
	  "allow forward udp from uplink to uplink only ipv4\n",
	    FORGED RULE("meta nfproto ipv4 iifname { \"eth0\" } oifname { "
			"\"eth0\" } meta l4proto 17 return") RULE(DROP) },
	{ "option ipv4 on\n" ONE "allow forward from uplink to uplink\n",
	    FORGED RULE("iifname { \"eth0\" } oifname { \"eth0\" } return")
		RULE(DROP) },
	{ "option ipv4 on\n" ONE "allow forward from " NET
	  ",10.9.0.0/16 to uplink\n",
	    RULE("ip6 saddr { " NET " } oifname { \"eth0\" } return")
		RULE("ip saddr { 10.9.0.0/16 } oifname { \"eth0\" } return")
		    RULE(DROP) },
	/* after what is established, before what every host needs */
	{ ONE "default forward deny\n",
	    "established,related goto pass\nadd rule inet seki forward iifname "
	    "{ \"eth0\" } oifname { \"eth0\" } jump relayed-forward\nadd rule "
	    "inet seki forward icmpv6 type" },
};

/* The text up to what marks the rules of a chain. */
static char *
without_marks(char *text)
{
	char *mark, *end;

	while ((mark = strstr(text, " comment \"seki ")) != NULL) {
		end = mark + strcspn(mark, "\n");
		memmove(mark, end, strlen(end) + 1);
	}
	return text;
}

static void
test_rules(void **state)
{
	char *text;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(rules); i++) {
		text = without_marks(asked_all(rules[i].config));
		assert_has(text, rules[i].text);
		free(text);
	}
}

/* The commands for a config on that host. */
static char *
asked_on(const struct snapshot *s, const char *text)
{
	struct ruleset none = { 0 }, want;
	struct config c = { 0 };
	struct buf b = { 0 };
	struct model m;
	struct err e;

	assert_int_equal(config_parse(&c, text, NULL, &e), 0);
	assert_int_equal(model_build(&m, &c, s, &e), 0);
	ruleset_build(&want, &m);
	ruleset_transaction(&want, &none, &b);
	ruleset_free(&want);
	model_free(&m);
	config_free(&c);
	return without_marks(buf_take(&b));
}

/* An uplink that is a bridge of containers, too: these go out by it. */
static void
test_bridge(void **state)
{
	struct route way = { .index = 3, .dev = "lxcbr0" };
	struct snapshot s = vps;
	char *text;

	(void)state;
	s.routes = &way;
	text = asked_on(&s, "uplink lxcbr0\nuplink eth1\n" BASE);
	assert_has(text, "iifname { \"eth1\" } oifname { \"eth1\" } jump "
			 "relayed-forward\n");
	free(text);
	text = asked_on(&s, "uplink lxcbr0\n" BASE);
	assert_has_not(text, "relayed");
	free(text);
}

static bool
is_relayed_on(const struct snapshot *s, const char *text)
{
	struct packet p = { .chain = CHAIN_FORWARD,
		.proto = PACKET_TCP,
		.port = 80,
		.in = "eth0",
		.out = "eth0" };
	struct config c = { 0 };
	struct model m;
	struct err e;
	bool passes;

	assert_int_equal(prefix_parse(&p.from, OUT), 0);
	assert_int_equal(prefix_parse(&p.to, "2001:db8:8::1"), 0);
	assert_int_equal(config_parse(&c, text, NULL, &e), 0);
	assert_int_equal(model_build(&m, &c, s, &e), 0);
	passes = judge(&m, &p, NULL) == VERDICT_ALLOW;
	model_free(&m);
	config_free(&c);
	return passes;
}

/* An uplink that is a bridge of others: what is routed there has its MAC, and
 * what stays on it has not. */
static void
test_bridged(void **state)
{
	struct link links[] = { { .index = 1, .name = "lo" },
		{ .index = 2,
		    .name = "eth0",
		    .kind = "bridge",
		    .up = true,
		    .has_mac = true,
		    .mac = { 2, 0, 0, 0, 0, 0xab } },
		vps.links[2],
		{ .index = 8,
		    .name = "enp1",
		    .master = 2,
		    .has_mac = true,
		    .mac = { 2, 0, 0, 0, 0, 0xcd } },
		{ .index = 9,
		    .name = "tap1",
		    .kind = "tun",
		    .master = 2,
		    .has_mac = true,
		    .mac = { 2, 0, 0, 0, 0, 0xef } },
		{ .index = 7, .name = "br7", .kind = "bridge" } };
	struct snapshot s = vps;
	char *text;

	(void)state;
	s.links = links;
	s.nlinks = NITEMS(links);
	text = asked_on(&s, ONE "default forward deny\n");
	assert_has(text,
	    "forward iifname \"eth0\" oifname \"eth0\" ether "
	    "daddr != { 02:00:00:00:00:ab, 02:00:00:00:00:cd } jump untranslated\n");
	assert_has(text, "forward iifname . oifname { \"br7\" . \"br7\", "
			 "\"lxcbr0\" . \"lxcbr0\" } jump untranslated\n");
	free(text);
	s.nlinks--;
	text = asked_on(&s, ONE "default forward deny\n");
	assert_has(text, "forward iifname \"lxcbr0\" oifname \"lxcbr0\" "
			 "jump untranslated\n");
	free(text);
	assert_false(is_relayed_on(&s, ONE "allow forward to uplink\n"));
	assert_true(is_relayed_on(&s, ONE RELAYS "\n"));
	/* whose MAC is not known */
	links[1].has_mac = false;
	text = asked_on(&s, ONE "default forward deny\n");
	assert_has(text, "\"eth0\" . \"eth0\"");
	assert_has_not(text, "ether daddr");
	free(text);
}

/* A kernel that does not know who is forged is not asked. */
static void
test_no_fib(void **state)
{
	struct snapshot s = vps;
	char *text;

	(void)state;
	s.has_fib = false;
	text = asked_on(&s, ONE "allow forward from uplink to uplink\n");
	assert_has(text, DNAT RULE("iifname { \"eth0\" } oifname { \"eth0\" } "
				   "return") RULE(DROP));
	free(text);
}

/* What is judged */

static const struct {
	const char *config, *from, *in, *out;
	enum packet_proto proto;
	uint16_t port;
	bool translated, doubt;
	const char *by; /* "": the row drops it */
} packets[] = {
	{ ONE, OUT, "eth0", "eth0", PACKET_TCP, 80, .by = "" },
	{ ONE "allow forward to uplink\n", OUT, "eth0", "eth0", PACKET_TCP, 80,
	    .by = "" },
	{ ONE "allow forward to uplink\n", OUT, "eth0", "eth0", PACKET_ICMPV6,
	    .by = "" },
	{ ONE "allow forward\n", OUT, "eth0", "eth1", PACKET_TCP, 80,
	    .by = "allow forward" },
	{ TWO "allow forward to uplink\n", OUT, "eth0", "eth1", PACKET_TCP, 80,
	    .by = "" },
	{ TWO "allow forward to uplink\n", OUT, "eth1", "eth0", PACKET_TCP, 80,
	    .by = "" },
	{ ONE "allow forward to uplink\n", ULA "3", "lxcbr0", "eth0",
	    PACKET_TCP, 80, .by = "allow forward to uplink" },
	/* a link that is not known */
	{ ONE "allow forward\n", OUT, "eth0", NULL, PACKET_TCP, 80,
	    .by = "allow forward" },
	{ ONE "allow forward\n", OUT, NULL, "eth0", PACKET_TCP, 80,
	    .by = "allow forward" },
	/* what others have translated, too */
	{ ONE "allow forward\n", OUT, "eth0", "eth0", PACKET_TCP, 80,
	    .translated = true, .by = "allow forward" },
	/* what a policy says */
	{ ONE RELAYS, OUT, "eth0", "eth0", PACKET_TCP, 80, .by = RELAYS },
	{ ONE RELAYS, OUT, "eth0", "eth0", PACKET_TCP, 81, .by = "" },
	{ ONE RELAYS, OUT, "eth0", "eth0", PACKET_UDP, 80, .by = "" },
	{ ONE "allow forward tcp to uplink\n" RELAYS, OUT, "eth0", "eth0",
	    PACKET_TCP, 80, .by = "allow forward tcp to uplink" },
	{ ONE "deny forward tcp\n" RELAYS, OUT, "eth0", "eth0", PACKET_TCP, 80,
	    .by = "deny forward tcp" },
	{ ONE "allow forward from 2001:db8:9::/48 to uplink", OUT, "eth0",
	    "eth0", PACKET_TCP, 80,
	    .by = "allow forward from 2001:db8:9::/48 to uplink" },
	{ ONE "allow forward from " NET " to uplink", OUT, "eth0", "eth0",
	    PACKET_TCP, 80, .by = "" },
	/* but not of those who are forged */
	{ ONE RELAYS, ULA "3", "eth0", "eth0", PACKET_TCP, 80, .by = "" },
	{ ONE RELAYS, "2001:db8::11", "eth0", "eth0", PACKET_TCP, 80,
	    .by = "" },
	/* limited, it may be either */
	{ ONE RELAYS " limit 5/second", OUT, "eth0", "eth0", PACKET_TCP, 80,
	    .doubt = true, .by = RELAYS " limit 5/second" },
};

static void
test_judge(void **state)
{
	const struct statement *by;
	struct buf text = { 0 };
	struct config c;
	struct model m;
	struct packet p;
	bool dropped;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(packets); i++) {
		c = (struct config){ 0 };
		vps_model(&c, &m, packets[i].config);
		p = (struct packet){ .chain = CHAIN_FORWARD,
			.proto = packets[i].proto,
			.port = packets[i].port,
			.type = packets[i].proto == PACKET_ICMPV6 ? 128 : 0,
			.in = packets[i].in,
			.out = packets[i].out,
			.mapped = packets[i].translated,
			.doubt_passes = packets[i].doubt };
		assert_int_equal(prefix_parse(&p.from, packets[i].from), 0);
		assert_int_equal(prefix_parse(&p.to, "2001:db8:8::1"), 0);
		buf_reset(&text);
		dropped = judge(&m, &p, &by) == VERDICT_DENY && by == NULL;
		if (by != NULL)
			statement_print(by, &text);
		assert_int_equal(dropped,
		    judge_fixed(&m, &p) != NULL &&
			strcmp(judge_fixed(&m, &p)->text,
			    "drop what came by an uplink and would leave by "
			    "one") == 0);
		if (strcmp(buf_text(&text), packets[i].by) != 0 ||
		    dropped != (packets[i].by[0] == '\0'))
			fail_msg("%zu by %s", i, buf_text(&text));
		model_free(&m);
		config_free(&c);
	}
	buf_free(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_bridge),
		cmocka_unit_test(test_bridged),
		cmocka_unit_test(test_no_fib),
		cmocka_unit_test(test_judge),
	};

	return cmocka_run_group_tests(tests, vps_set_up, NULL);
}
