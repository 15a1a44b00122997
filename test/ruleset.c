/* From a config and a snapshot to nftables commands: what is asked of the
 * kernel, and that no more is asked than what differs. */
#include "config.h"

#include <linux/if_addr.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/lang/auto.h"
#include "core/lang/config.h"
#include "core/plan/model.h"
#include "core/plan/ruleset_build.h"
#include "core/plan/ruleset_diff.h"
#include "core/plan/ruleset_edit.h"

#include "lib/vps.h"

static const char base[] = "uplink eth0 address 2001:db8::10/64\n"
			   "bridge lxcbr0 ula " ULA "1/64 masquerade\n"
			   "container vm00 ula " ULA "3\n";

/* The ruleset that base and these lines ask for. */
static void
build(struct ruleset *r, const char *more)
{
	char *text = xasprintf("%s%s", base, more);
	struct config c = { 0 };
	struct model m;

	vps_model(&c, &m, text);
	ruleset_build(r, &m);
	model_free(&m);
	config_free(&c);
	free(text);
}

/* All that another config asks for. */
static char *
write_of(const char *text)
{
	struct ruleset none = { 0 }, want;
	struct config c = { 0 };
	struct buf b = { 0 };
	struct model m;

	vps_model(&c, &m, text);
	ruleset_build(&want, &m);
	ruleset_transaction(&want, &none, &b);
	ruleset_free(&want);
	model_free(&m);
	config_free(&c);
	return buf_take(&b);
}

/* The commands from one to the other. */
static char *
change(const char *from, const char *to)
{
	struct ruleset have = { 0 }, want;
	struct buf b = { 0 };

	if (from != NULL)
		build(&have, from);
	build(&want, to);
	ruleset_transaction(&want, &have, &b);
	ruleset_free(&have);
	ruleset_free(&want);
	return buf_take(&b);
}

static void
assert_has(const char *text, const char *line)
{
	if (strstr(text, line) == NULL)
		fail_msg("no \"%s\" in:\n%s", line, text);
}

static void
assert_has_not(const char *text, const char *line)
{
	if (strstr(text, line) != NULL)
		fail_msg("\"%s\" in:\n%s", line, text);
}

/* What each statement becomes. */
static const struct {
	const char *statement, *command;
} rules[] = {
	{ "forward tcp 80 to vm00",
	    "add element inet seki single { 2001:db8::10 . 6 . 80 : " ULA
	    "3 . 80 }\n" },
	{ "forward tcp 80 to vm00:8080", "6 . 80 : " ULA "3 . 8080 }\n" },
	{ "forward tcp 80 to vm00", "add counter inet seki tcp-80-in\n" },
	{ "forward tcp 80 to vm00",
	    "add element inet seki tally-tcp { 2001:db8::10 . 80 . original : "
	    "\"tcp-80-in\", 2001:db8::10 . 80 . reply : \"tcp-80-out\" "
	    "}\n" },
	{ "forward tcp 80 to vm00",
	    "add element inet seki open { 2001:db8::10 . 6 . 80 }\n" },
	{ "forward udp 7000-7010 to vm00",
	    "add element inet seki blocks { 7000-7010 . 2001:db8::10 . 17 : " ULA
	    "3 }\n" },
	{ "forward udp 7000-7010 to vm00",
	    "add element inet seki tally-udp-blocks { 7000-7010 . "
	    "2001:db8::10 . original : \"udp-7000-7010-in\", " },
	{ "forward tcp 8000-8001 to vm00:9000",
	    "{ 2001:db8::10 . 6 . 8000 : " ULA "3 . 9000, "
	    "2001:db8::10 . 6 . 8001 : " ULA "3 . 9001 }\n" },
	/* they are counted, and let in, as a range */
	{ "forward tcp 8000-8001 to vm00:9000",
	    "add element inet seki tally-tcp-blocks { 8000-8001 . "
	    "2001:db8::10 . original : \"tcp-8000-8001-in\", " },
	{ "forward tcp 8000-8001 to vm00:9000",
	    "add element inet seki open-blocks { 8000-8001 . 2001:db8::10 . 6 "
	    "}\n" },
	{ "forward tcp,udp 53 to vm00 on 2001:db8::10",
	    "counter inet seki tcp.udp-53-on-2001.db8..10-new\n" },
	{ "forward tcp 53 to vm00 only ipv6",
	    "counter inet seki tcp-53-ipv6-new\n" },
	{ "forward tcp 80 to " ULA "7 from 2001:db8::/32,2001:db8:9::/48",
	    "add element inet seki sources { 80 . 2001:db8::10 . 6 . "
	    "2001:db8::/32 }\n" },
	{ "allow input tcp 22 from 2001:db8:9::/48",
	    "input ip6 saddr { 2001:db8:9::/48 } meta l4proto 6 th dport { 22 "
	    "} counter name \"allow-" },
	{ "allow input tcp 22 from 2001:db8:9::7,2001:db8:9::/48,2001:db8:8::/48",
	    "input ip6 saddr { 2001:db8:9::/48, 2001:db8:8::/48 } meta" },
	{ "allow input tcp 22 from 2001:db8:9::/48,2001:db8:9::7,2001:db8:9::/48",
	    "input ip6 saddr { 2001:db8:9::/48 } meta" },
	{ "forward tcp 80 to vm00 from 2001:db8:9::7,2001:db8:9::/48",
	    "sources { 80 . 2001:db8::10 . 6 . 2001:db8:9::/48 }\n" },
	/* Whatever address it takes; and its own, whichever way it comes. */
	{ "deny forward from container vm00 to uplink",
	    "forward ip6 saddr { " ULA "3 } oifname { \"eth0\" } jump deny-" },
	{ "deny forward from container vm00 to uplink",
	    "forward iifname \"lxcbr0\" iifname . ip6 saddr != @known oifname "
	    "{ \"eth0\" } jump deny-" },
	{ "reject forward tcp 22 to container vm00",
	    "forward ip6 daddr { " ULA "3 } meta l4proto 6 th dport { 22 } "
	    "jump reject-" },
	{ "reject forward tcp 22 to container vm00",
	    "forward oifname \"lxcbr0\" ip6 daddr != ff00::/8 oifname . "
	    "ip6 daddr != @known meta l4proto 6 th dport { 22 } jump reject-" },
	{ "deny output to container vm00",
	    "output oifname \"lxcbr0\" ip6 daddr != ff00::/8 oifname . ip6 "
	    "daddr != @known jump deny-" },
	{ "container web1 ula " ULA "4\nforward tcp 80 to " ULA "7\n"
	  "forward tcp 81 to " ULA "4\ndeny input from container vm00",
	    "add element inet seki known { \"lxcbr0\" . " ULA "3, \"lxcbr0\" "
	    ". " ULA "4, \"lxcbr0\" . " ULA "7 }\n" },
	{ "allow forward from container vm00 to uplink",
	    "forward iifname \"lxcbr0\" ip6 saddr { " ULA "3 } oifname { "
	    "\"eth0\" } counter name \"allow-" },
	{ "allow forward any from bridge lxcbr0 limit 5/minute log",
	    "iifname \"lxcbr0\" limit rate 5/minute log prefix \"seki allow "
	    "forward: \" counter" },
	{ "reject input tcp,udp 23",
	    "input meta l4proto { 6, 17 } th dport { 23 } counter name "
	    "\"reject-" },
	{ "reject input udp 23",
	    "refuse meta l4proto 6 reject with tcp reset comment \"" },
	{ "reject input udp 23",
	    "refuse reject with icmpv6 type port-unreachable\n" },
	{ "",
	    "postrouting-snat iifname \"lxcbr0\" oifname \"lxcbr0\" ct status "
	    "dnat snat ip6 to " ULA "1 " },
	{ "", "postrouting-snat ip6 saddr " ULA
	      "/64 oifname \"eth0\" snat ip6 to "
	      "2001:db8::10\n" },
	{ "default input deny",
	    "input { type filter hook input priority 0; policy drop; }" },
	{ "default forward reject",
	    "forward counter name \"default-forward\" goto refuse\n" },
	{ "default output allow",
	    "output { type filter hook output priority 0; policy accept; }" },
};

static void
test_statements(void **state)
{
	char *text;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(rules); i++) {
		text = change(NULL, rules[i].statement);
		assert_has(text, rules[i].command);
		free(text);
	}
}

/* Counters: of each family that a forward is for, there or not. */
static void
test_meters(void **state)
{
	static const struct {
		const char *config, *text;
		bool has;
	} rows[] = {
		{ "forward tcp 80 to vm00", "in4", false },
		{ "forward tcp 80 to vm00 off",
		    "add counter inet seki "
		    "tcp-80-in\n",
		    true },
		{ "forward tcp 80 to vm00 off", "in4", false },
		{ "option ipv4 on\nforward tcp 80 to 10.0.3.10",
		    "add counter inet seki tcp-80-in4\n", true },
		{ "option ipv4 on\nforward tcp 80 to 10.0.3.10",
		    "add counter inet seki tcp-80-in\n", false },
		{ "option ipv4 on\nforward tcp 80 to 10.0.3.10",
		    "tally-tcp4 { 192.0.2.1 . 80 . original : \"tcp-80-in4\", "
		    "192.0.2.1 . 80 . reply : \"tcp-80-out4\" }\n",
		    true },
		{ "option ipv4 on\nforward tcp 80 to 10.0.3.10",
		    "fresh4 { 192.0.2.1 . 6 . 80 : \"tcp-80-new4\" }\n", true },
		/* it has no address of IPv4 now */
		{ "option ipv4 on\nforward tcp 80 to vm00",
		    "add counter inet seki tcp-80-in\n", true },
		{ "option ipv4 on\nforward tcp 80 to vm00",
		    "add counter inet seki tcp-80-in4\n", true },
		{ "option ipv4 on\nforward tcp 80 to vm00 off",
		    "add counter inet seki tcp-80-new4\n", true },
		{ "option ipv4 on\nforward tcp 80 to vm00 only ipv6", "in4",
		    false },
		{ "option ipv4 on\nforward tcp 80 to vm00 only ipv6 off", "in4",
		    false },
		/* two forwards of a port */
		{ "option ipv4 on\nforward tcp 80 to vm00 only ipv6\n"
		  "forward tcp 80 to 10.0.3.10 only ipv4",
		    "add counter inet seki tcp-80-ipv6-in\n", true },
		{ "option ipv4 on\nforward tcp 80 to vm00 only ipv6\n"
		  "forward tcp 80 to 10.0.3.10 only ipv4",
		    "add counter inet seki tcp-80-ipv4-in4\n", true },
	};
	char *text;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(rows); i++) {
		text = change(NULL, rows[i].config);
		(rows[i].has ? assert_has : assert_has_not)(text, rows[i].text);
		free(text);
	}
}

/* A host of which one public address is deprecated, as by a router. */
static char *
change_deprecated(const char *forward)
{
	struct address addresses[16];
	struct snapshot s = vps;
	struct ruleset none = { 0 }, want;
	struct config c = { 0 };
	struct buf b = { 0 };
	struct model m;
	struct err e;
	char *text = xasprintf("uplink eth0\nbridge lxcbr0 ula " ULA "1/64\n"
			       "container vm00 ula " ULA "3\n%s",
	    forward);

	assert_in_range(vps.naddresses, 2, NITEMS(addresses));
	memcpy(addresses, vps.addresses, vps.naddresses * sizeof(*addresses));
	addresses[0].flags |= IFA_F_DEPRECATED;
	s.addresses = addresses;
	assert_int_equal(config_parse(&c, text, NULL, &e), 0);
	assert_int_equal(model_build(&m, &c, &s, &e), 0);
	ruleset_build(&want, &m);
	ruleset_transaction(&want, &none, &b);
	ruleset_free(&want);
	model_free(&m);
	config_free(&c);
	free(text);
	return buf_take(&b);
}

/* Connections that go on are still counted, and none begins there; but by a
 * forward that names the address. */
static void
test_deprecated(void **state)
{
	static const struct {
		const char *forward, *text;
		bool has;
	} rows[] = {
		{ "forward tcp 80 to vm00\n",
		    "prerouting-dnat ip6 daddr { 2001:db8::11 } ", true },
		{ "forward tcp 80 to vm00\n",
		    "single { 2001:db8::11 . 6 . 80 : " ULA "3 . 80 }", true },
		{ "forward tcp 80 to vm00\n", "open { 2001:db8::11 . 6 . 80 }",
		    true },
		{ "forward tcp 80 to vm00\n",
		    "fresh { 2001:db8::11 . 6 . 80 : \"tcp-80-new\" }", true },
		{ "forward tcp 80 to vm00\n",
		    "2001:db8::10 . 80 . original : \"tcp-80-in\"", true },
		{ "forward udp 90-95 to vm00\n",
		    "90-95 . 2001:db8::10 . original : ", true },
		{ "forward udp 90-95 to vm00\n",
		    "blocks { 90-95 . 2001:db8::11 . 17 : " ULA "3 }", true },
		{ "forward any to vm00\n", "rest { 2001:db8::11 : ", true },
		{ "forward any to vm00\n",
		    "original . 2001:db8::10 . " ULA "3 : \"any-in\"", true },
		{ "forward any to vm00\n", "rest { 2001:db8::10 ", false },
		{ "forward tcp 80 to vm00 on 2001:db8::10\n",
		    "prerouting-dnat ip6 daddr { 2001:db8::11, 2001:db8::10 } ",
		    true },
		{ "forward tcp 80 to vm00 on 2001:db8::10\n",
		    "single { 2001:db8::10 . 6 . 80 : " ULA "3 . 80 }", true },
	};
	char *text;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(rows); i++) {
		text = change_deprecated(rows[i].forward);
		(rows[i].has ? assert_has : assert_has_not)(text, rows[i].text);
		free(text);
	}
}

/* Rules of a chain, in their order and without any between, as far as the text
 * goes. */
#define RULE(chain, text) "add rule inet seki " chain " " text "\n"
#define REST "forward any to vm00\n"
#define KEY "ct original ip6 daddr . ct reply ip6 saddr"
#define REST4 "option ipv4 on\nforward any to vm00 only ipv4\n"
#define KEY4 "ct original ip daddr . ct reply ip saddr"
#define PORTS "ct original proto-dst . ct original ip6 daddr . meta l4proto . "

static const struct {
	const char *config, *text;
} rests[] = {
	{ REST, "add element inet seki rest { 2001:db8::10 : " ULA "3 }\n" },
	{ REST, "prerouting-dnat ip6 daddr { 2001:db8::10 } jump translate " },
	{ REST, "output-dnat ip6 daddr { 2001:db8::10 } jump translate " },
	{ REST "forward tcp 80 to vm00\nallow input tcp 25 from "
	       "2001:db8:9::/48 limit 5/second log\ndeny input tcp 26\n"
	       "allow input tcp 27 off\nallow forward tcp 28\n"
	       "allow input udp from bridge lxcbr0\n",
	    "map @single comment \"" },
	{ REST "forward tcp 80-81 to vm00\nallow input tcp 25 from "
	       "2001:db8:9::/48 limit 5/second log\ndeny input tcp 26\n"
	       "allow input tcp 27 off\nallow forward tcp 28\n"
	       "allow input udp from bridge lxcbr0\n",
	    RULE("translate", "meta l4proto 58 return") RULE("translate",
		"meta l4proto 6 th dport { 22 } return") RULE("translate",
		"ip6 saddr { 2001:db8:9::/48 } meta l4proto 6 th dport { 25 } "
		"return")
		RULE("translate", "iifname \"lxcbr0\" meta l4proto 17 return")
		    RULE("translate", "dnat ip6 to ip6 daddr map @rest") },
	/* Policies alike are one rule there, too. */
	{ REST "allow input tcp 1\nallow input tcp 2\nallow input tcp 3\n"
	       "allow input tcp 4\nallow input tcp 5\nallow input tcp 6\n"
	       "allow input tcp 7\nallow input udp 8\n",
	    "translate meta l4proto { 6, 17 } th dport . meta l4proto vmap { "
	    "1 . 6 : return, 2 . 6 : return, 3 . 6 : return, 4 . 6 : return, "
	    "5 . 6 : return, 6 . 6 : return, 7 . 6 : return, 8 . 17 : return "
	    "}\n" },
	/* Its terms come last, and what others refuse does not come to them. */
	{ REST "forward tcp 80 to vm00 from 2001:db8:9::/48\n"
	       "forward tcp 81 to vm00\ndefault forward deny\n",
	    "ip6 saddr @sources goto pass\n"
	    "add rule inet seki terms-forward ct status dnat meta l4proto "
	    "{ 6, 17 } " PORTS
	    "ip6 daddr @targets counter name \"default-forward\" drop\n"
	    "add rule inet seki terms-forward ct status dnat meta l4proto "
	    "!= 58 " KEY " @open-rest goto pass\n" },
	{ REST "forward tcp 80 to vm00 from 2001:db8:9::/48\n"
	       "default forward reject\n",
	    "@targets counter name \"default-forward\" goto refuse\n" },
	{ REST "forward tcp 80 to vm00 from 2001:db8:9::/48\n",
	    "@targets drop\nadd rule inet seki terms-forward ct status dnat meta "
	    "l4proto != 58 " KEY " @open-rest goto pass\n" },
	{ "forward any to vm00 from 2001:db8:9::/48\n"
	  "forward tcp 81 to vm00\n",
	    KEY
	    " . ip6 saddr @sources-rest goto pass\n"
	    "add rule inet seki terms-forward ct status dnat meta l4proto != 58 " KEY
	    " @targets-rest drop\n" },
	{ "forward any to vm00 from 2001:db8:9::7,2001:db8:9::/48\n",
	    "sources-rest { 2001:db8::10 . " ULA "3 . 2001:db8:9::/48 }\n" },
	/* It counts what no other one does. */
	{ REST "forward tcp 80 to vm00\n", "map @tally-udp accept comment \"" },
	{ REST "forward tcp 80-81 to vm00\n",
	    "pass ct status dnat meta l4proto != 58 counter name ct direction "
	    ". " KEY " map @tally-rest accept\n" },
	{ REST "forward tcp 80 to vm00\n",
	    "add rule inet seki fresh ct status dnat meta l4proto != 58 "
	    "counter name " KEY " map @fresh-rest\n" },
	{ REST "forward tcp 80 to vm00\n", "map @fresh return comment \"" },
	{ REST, "postrouting-snat jump fresh comment \"" },
	{ REST, "input-nat jump fresh comment \"" },
	{ REST,
	    "add element inet seki tally-rest { original . 2001:db8::10 . " ULA
	    "3 : \"any-in\", reply . 2001:db8::10 . " ULA "3 : \"any-out\" "
	    "}\n" },
	{ REST, "fresh-rest { 2001:db8::10 . " ULA "3 : \"any-new\" }\n" },
	/* The same in IPv4, by what is of IPv4. */
	{ REST4, "element inet seki rest4 { 192.0.2.1 : 10.0.3.9 }\n" },
	{ REST4, "prerouting-dnat ip daddr { 192.0.2.1 } jump translate4 " },
	{ REST4 "forward tcp 80 to vm00\nallow input tcp 25\n"
		"allow input tcp 26 only ipv6\n"
		"allow input udp from 203.0.113.0/24\n",
	    RULE("translate4", "meta l4proto 1 return") RULE("translate4",
		"iifname != { \"lxcbr0\" } meta nfproto ipv4 udp sport 67 udp "
		"dport 68 return") RULE("translate4",
		"meta l4proto 6 th dport { 22 } return") RULE("translate4",
		"meta l4proto 6 th dport { 25 } return") RULE("translate4",
		"ip saddr { 203.0.113.0/24 } meta l4proto 17 return")
		RULE("translate4", "dnat ip to ip daddr map @rest4") },
	{ REST4 "forward tcp 80 to vm00\n",
	    "prerouting-dnat ip6 daddr { 2001:db8::10 } meta l4proto "
	    "{ 6, 17 } jump translate " },
	{ REST4 "forward tcp 80 to vm00\n", "map @fresh return comment \"" },
	{ REST4 "forward tcp 80 to vm00\n",
	    "pass ct status dnat meta l4proto != 1 counter name ct direction "
	    ". " KEY4 " map @tally-rest4 accept\n" },
	{ REST4 "forward tcp 80 to vm00\ndefault forward deny\n",
	    "terms-forward ct status dnat meta l4proto != 1 " KEY4
	    " @open-rest4 goto pass\n" },
};

static void
test_rest(void **state)
{
	char *text;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(rests); i++) {
		text = change(NULL, rests[i].config);
		assert_has(text, rests[i].text);
		free(text);
	}
}

/* Without one, and while it is off, no rule is another. */
static void
test_no_rest(void **state)
{
	char *text = change("forward tcp 80 to vm00 from 2001:db8:9::/48\n"
			    "allow input tcp 25\n",
	    "forward tcp 80 to vm00 from 2001:db8:9::/48\n"
	    "allow input tcp 25\nforward any to vm00 off\n");

	(void)state;
	assert_has_not(text, "rule");
	assert_has_not(text, "rest");
	assert_has(text, "counter inet seki any-in\n");
	free(text);
}

static void
test_what_is_off_is_not_there(void **state)
{
	char *text = change(NULL, "forward tcp 80 to vm00 off\n"
				  "allow input tcp 22 off\n");

	(void)state;
	assert_has_not(text, "6 . 80");
	assert_has_not(text, "th dport { 22 }");
	/* but its counters are, for when it is on again */
	assert_has(text, "counter inet seki tcp-80-in\n");
	assert_has(text, "counter inet seki allow-");
	free(text);
}

#define NO_WAY_BACK "fib saddr . iif oif missing "
/* clang-format off */
#define LINE(chain) "add rule inet seki forged-" chain " "
#define DROP(chain) "counter name \"forged-" chain "\" drop"
#define FORGED_OWN(chain)                                                      \
	LINE(chain) "ip6 saddr " ULA "1 " NO_WAY_BACK DROP(chain)
#define FORGED_REST(chain)                                                     \
	LINE(chain) "ip6 saddr { ::, fe80::/10, " ULA "/64 } return\n"         \
	LINE(chain) NO_WAY_BACK "ct state != { established, related } "        \
	DROP(chain) "\n"                                                       \
	LINE(chain) NO_WAY_BACK "fib saddr oifname != { \"lxcbr0\" } "         \
	DROP(chain) "\n"
/* clang-format on */

static void
test_fixed_lines(void **state)
{
	char *text = change(NULL, "default input deny\ndefault forward deny\n");

	(void)state;
	assert_has(text, "input meta nfproto ipv4 accept");
	assert_has(text, "forward meta nfproto ipv4 accept");
	assert_has(text, "input iifname \"lo\" accept");
	assert_has(text, "ct state established,related goto pass");
	/* SYNs of both directions: the answer is established. */
	assert_has(text, "forward tcp flags syn tcp option maxseg size set rt "
			 "mtu\nadd rule inet seki forward iifname \"lxcbr0\" "
			 "oifname");
	/* Also of connections that are established. */
	assert_has(text, FORGED_OWN("input"));
	assert_has(text, FORGED_REST("input"));
	assert_has(text, FORGED_OWN("forward"));
	assert_has(text, FORGED_REST("forward"));
	assert_has(text, "input iifname { \"lxcbr0\" } jump forged-input\n"
			 "add rule inet seki input ct state");
	assert_has(text, "forward iifname { \"lxcbr0\" } jump forged-forward\n"
			 "add rule inet seki forward ct state");
	assert_has(text, "input ct state invalid drop\n");
	assert_has(text, "forward ct state invalid drop\n");
	assert_has(text, "output ct state invalid drop\n");
	assert_has(text, "133, 135, 136");
	assert_has(text, "input iifname != { \"lxcbr0\" } icmpv6 type { 134 }");
	assert_has(text, "input iifname != { \"lxcbr0\" } ip6 daddr fe80::/10 "
			 "udp dport 546 accept");
	assert_has(text, "output oifname != { \"lxcbr0\" } udp sport 546 udp "
			 "dport 547 accept");
	assert_has(text, "forward iifname \"lxcbr0\" oifname \"lxcbr0\" "
			 "jump untranslated");
	free(text);
}

/* Whatever a policy takes, what it lets through of all of it is one rate. */
static void
test_a_limit_is_one(void **state)
{
	static const char *const limited[] = {
		"deny forward limit 5/second",
		"reject input limit 5/second",
		"reject input tcp,udp 23 from container vm00 limit 5/second",
		("deny forward from container vm00 to container web1 log "
		 "limit 5/second"),
	};
	const char *first;
	char *more, *text;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(limited); i++) {
		more = xasprintf("container web1 ula " ULA "4\n%s", limited[i]);
		text = change(NULL, more);
		first = strstr(text, "limit rate 5/second");
		assert_non_null(first);
		assert_null(strstr(first + 1, "limit rate"));
		free(text);
		free(more);
	}
}

static size_t
count(const char *text, const char *of)
{
	size_t n = 0;

	for (; (text = strstr(text, of)) != NULL; text++)
		n++;
	return n;
}

#define ALIKE "allow forward tcp %u from bridge lxcbr0"
#define WEB1 "container web1 ula " ULA "4"

/* Policies in a row that differ in ports and addresses alone are one rule. */
static const struct {
	const char *line; /* with a number */
	unsigned lines;
	const char *last; /* a line behind them */
	size_t maps, elements;
	const char *text; /* is there */
} runs[] = {
	{ ALIKE, 8, "", 1, 8,
	    " forward iifname \"lxcbr0\" meta l4proto { 6, 17 } counter name "
	    "th dport . meta l4proto map { 1 . 6 : \"allow-" },
	{ ALIKE, 7, "", 0, 0, "th dport { 7 } counter name \"allow-" },
	{ ALIKE, 300, "", 2, 300, "map { 257 . 6 : \"allow-" },
	/* what meets one before it comes behind it */
	{ ALIKE, 8, "allow forward tcp 3-9 from bridge lxcbr0", 1, 8,
	    " goto pass\nadd rule inet seki forward iifname \"lxcbr0\" meta "
	    "l4proto 6 th dport { 3-9 } counter name" },
	{ ALIKE, 8, "allow forward tcp 9 from bridge lxcbr0", 1, 9, "9 . 6" },
	/* another shape */
	{ ALIKE, 8, "allow forward tcp 9 to bridge lxcbr0", 1, 8,
	    "oifname \"lxcbr0\" meta l4proto 6" },
	{ ALIKE, 8, "allow forward tcp from bridge lxcbr0", 1, 8,
	    "iifname \"lxcbr0\" meta l4proto 6 counter name" },
	{ ALIKE, 8, "allow input tcp 9 from bridge lxcbr0", 1, 8,
	    "input iifname \"lxcbr0\" meta l4proto 6 th" },
	/* other verdicts */
	{ ALIKE, 8, "deny forward tcp 9 from bridge lxcbr0", 1, 9,
	    " }\nadd rule inet seki forward iifname \"lxcbr0\" meta l4proto "
	    "{ 6, 17 } th dport . meta l4proto vmap { 1 . 6 : goto pass, " },
	{ ALIKE, 8, "deny forward tcp 9 from bridge lxcbr0", 1, 9,
	    "8 . 6 : goto pass, 9 . 6 : drop }\n" },
	{ ALIKE, 8, "reject forward tcp 9 from bridge lxcbr0", 1, 9,
	    "8 . 6 : goto pass, 9 . 6 : goto refuse }\n" },
	{ ALIKE, 8, "deny forward tcp 8 from bridge lxcbr0", 1, 8,
	    " } goto pass\nadd rule inet seki forward iifname \"lxcbr0\" meta "
	    "l4proto 6 th dport { 8 } counter name \"deny-" },
	/* rules of their own */
	{ ALIKE " limit 5/second", 9, "", 0, 0, "limit rate 5/second" },
	{ ALIKE " log", 9, "", 0, 0, "log prefix" },
	{ "deny forward tcp %u from container vm00", 7, "", 0, 0,
	    "jump deny-" },
	{ "deny forward tcp %u from container vm00 log", 9, "", 0, 0,
	    "jump deny-" },
	/* several ways to tell their packets */
	{ "deny forward tcp %u from container vm00", 9, "", 2, 18,
	    " forward meta l4proto { 6, 17 } counter name th dport . ip6 saddr "
	    ". meta l4proto map { 1 . " ULA "3 . 6 : \"deny-" },
	{ "deny forward tcp %u from container vm00", 9, "", 2, 18,
	    " drop\nadd rule inet seki forward iifname \"lxcbr0\" iifname . "
	    "ip6 saddr != @known meta l4proto { 6, 17 } counter name th dport "
	    ". meta l4proto map { 1 . 6 : \"deny-" },
	{ "deny forward tcp %u from container vm00", 8,
	    "deny forward tcp 9 from container web1\n" WEB1, 2, 18,
	    " 9 . " ULA "4 . 6 : \"deny-" },
	{ "deny forward tcp %u from container vm00", 8,
	    "deny forward tcp 8 from container web1\n" WEB1, 2, 17,
	    " 8 . " ULA "4 . 6 : \"deny-" },
	{ "deny forward tcp %u from container vm00", 8,
	    "deny forward tcp 7-8 from container web1\n" WEB1, 2, 16,
	    "jump deny-" },
	{ "deny forward tcp %u from container vm00", 8,
	    "deny forward tcp 9 from 2001:db8::/32", 2, 16,
	    "ip6 saddr { 2001:db8::/32 }" },
	{ "deny forward tcp %u from container vm00", 8,
	    "allow forward tcp 9 from container vm00", 2, 16,
	    "iifname \"lxcbr0\" ip6 saddr { " ULA "3 }" },
	/* of both families */
	{ "allow forward tcp %u from 2001:db8:%u::/48,10.%u.0.0/16", 8,
	    "option ipv4 on", 2, 16,
	    " counter name th dport . ip saddr . meta l4proto map { 1 . "
	    "10.1.0.0/16 . 6 : \"allow-" },
	{ "allow forward tcp %u from 2001:db8:%u::/48", 8,
	    "allow forward tcp 9 from 10.9.0.0/16\noption ipv4 on", 2, 9,
	    "ip saddr . meta l4proto map { 9 . 10.9.0.0/16 . 6 : \"allow-" },
	{ "allow forward tcp %u", 8, "option ipv4 on", 1, 8,
	    " forward meta l4proto { 6, 17 } counter name th dport" },
	{ "allow forward tcp %u", 8,
	    "allow forward tcp 9 only ipv4\noption ipv4 on", 1, 8,
	    " meta nfproto ipv4 meta l4proto 6 th dport { 9 }" },
	{ "allow forward tcp %u only ipv6", 8,
	    "allow forward tcp 9 only ipv4\noption ipv4 on", 2, 9,
	    " meta nfproto ipv4 meta l4proto { 6, 17 } counter name th dport" },
	{ "allow forward tcp %u", 8,
	    "allow forward tcp 9 from 10.9.0.0/16\noption ipv4 on", 1, 8,
	    " ip saddr { 10.9.0.0/16 } meta l4proto 6 th" },
	/* other keys */
	{ "deny input from 2001:db8:%u::/48", 8, "", 1, 8,
	    "input counter name ip6 saddr map { 2001:db8:1::/48 : \"deny-" },
	{ "reject forward to 2001:db8:%u::7,2001:db8:%u::/64", 8, "", 1, 8,
	    "counter name ip6 daddr map { 2001:db8:1::/64 : \"reject-" },
	{ "allow forward tcp,udp 80,%u from 2001:db8::/32 to uplink", 8, "", 0,
	    0, "oifname { \"eth0\" } meta l4proto { 6, 17 } th dport" },
	{ "allow forward tcp,udp 9%u-999 from 2001:db8:%u::/48 to uplink", 8,
	    "", 1, 16,
	    "oifname { \"eth0\" } meta l4proto { 6, 17 } counter name th "
	    "dport . ip6 saddr . meta l4proto map { 91-999 . 2001:db8:1::/48 "
	    ". 6 : \"allow-" },
	{ "allow forward tcp %u from container vm00 to 2001:db8::/32", 8, "", 1,
	    8,
	    "iifname \"lxcbr0\" meta l4proto { 6, 17 } counter name th dport "
	    ". ip6 saddr . ip6 daddr . meta l4proto map { 1 . " ULA "3 . "
	    "2001:db8::/32 . 6 : \"allow-" },
};

static void
test_runs(void **state)
{
	struct buf more = { 0 };
	unsigned n;
	char *text;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(runs); i++) {
		buf_reset(&more);
		for (n = 1; n <= runs[i].lines; n++) {
			buf_printf(&more, runs[i].line, n, n, n);
			buf_add(&more, "\n");
		}
		buf_add(&more, runs[i].last);
		text = change(NULL, more.s);
		if (count(text, " map { ") != runs[i].maps ||
		    count(text, " : \"allow-") + count(text, " : \"deny-") +
			    count(text, " : \"reject-") !=
			runs[i].elements ||
		    strstr(text, runs[i].text) == NULL)
			fail_msg("%zu: %s", i, text);
		free(text);
	}
	buf_free(&more);
}

/* An order that is judged: policies as written, forwards behind them. */
static void
test_order(void **state)
{
	char *text = change(NULL, "allow forward tcp 1\n"
				  "deny forward tcp 2\n"
				  "forward tcp 80 to vm00\n");
	const char *one = strstr(text, "th dport { 1 }");
	const char *two = strstr(text, "th dport { 2 }");
	const char *own =
	    strstr(text, "forward ct status dnat jump terms-forward"
			 "\nadd rule inet seki forward counter "
			 "name \"default-forward\"");

	(void)state;
	assert_true(one != NULL && one < two && two < own);
	assert_has(text, "add rule inet seki terms-forward ct status dnat");
	assert_has(text, "@open goto pass");
	free(text);
}

/* Policies may be thousands. */
static void
test_forwards_leave_policies(void **state)
{
	static const char before[] = "allow input tcp 22\ndeny forward udp\n";
	static const char *const more[] = { "forward tcp 80 to vm00\n",
		"forward tcp 80-90 to vm00 from ::/1\n",
		"forward any to vm00\n" };
	char *after, *text;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(more); i++) {
		after = xasprintf("%s%s", before, more[i]);
		text = change(before, after);
		assert_has(text, "add rule inet seki terms-forward ");
		assert_has_not(text, "counter name \"allow");
		assert_has_not(text, "counter name \"deny");
		free(text);
		free(after);
	}
}

static bool
is_denial(const char *line)
{
	const char *counter = strstr(line, "counter name \"deny");

	return counter != NULL && counter < strchr(line, '\n');
}

/* Nobody can break neighbour discovery or path MTU: the fixed lines come
 * first. */
static void
test_fixed_lines_come_first(void **state)
{
	static const char *const chains[] = { "input", "forward", "output" };
	char *text = change(NULL, "deny input\ndeny forward icmpv6\n"
				  "deny output any to any\n");
	char fixed[64], denied[64];
	const char *first, *then;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(chains); i++) {
		snprintf(fixed, sizeof(fixed),
		    "add rule inet seki %s icmpv6 type { 1, 2, 3, 4",
		    chains[i]);
		snprintf(denied, sizeof(denied), "add rule inet seki %s ",
		    chains[i]);
		first = strstr(text, fixed);
		assert_non_null(first);
		for (then = text;
		     (then = strstr(then, denied)) != NULL && !is_denial(then);)
			then++;
		assert_true(then != NULL && first < then);
	}
	free(text);
}

/* A forward that is for some is for nobody else, whatever the default is. */
static void
test_limited(void **state)
{
	static const char elements[] =
	    "targets { 80 . 2001:db8::10 . 6 . " ULA "3, "
	    "90-99 . 2001:db8::10 . 6 . " ULA "3 }";
	static const char drop[] = "ip6 daddr @targets drop";
	char *text = change(NULL, "forward tcp 80,90-99 to vm00 from ::/1 on "
				  "2001:db8::10\n");

	(void)state;
	assert_has(text, elements);
	assert_has(text, drop);
	free(text);
	text = change(NULL, "forward tcp 80 to vm00\ndefault forward reject\n"
			    "default input deny\ndefault output deny\n");
	assert_has_not(text, drop);
	free(text);
}

static void
test_change_is_small(void **state)
{
	struct buf many = { 0 };
	char *before, *after, *text;
	int i;

	(void)state;
	for (i = 1; i <= 1000; i++)
		buf_printf(&many, "forward tcp %d to vm00\n", i);
	before = buf_take(&many);
	after = xasprintf("%sforward udp 53 to vm00\n", before);
	text = change(before, after);
	assert_string_equal(text,
	    "add counter inet seki udp-53-in\n"
	    "add counter inet seki udp-53-new\n"
	    "add counter inet seki udp-53-out\n"
	    "add element inet seki single { 2001:db8::10 . 17 . 53 : " ULA
	    "3 . 53 }\n"
	    "add element inet seki tally-udp { "
	    "2001:db8::10 . 53 . original : \"udp-53-in\", "
	    "2001:db8::10 . 53 . reply : \"udp-53-out\" }\n"
	    "add element inet seki fresh { 2001:db8::10 . 17 . 53 : "
	    "\"udp-53-new\" }\n"
	    "add element inet seki open { 2001:db8::10 . 17 . 53 }\n");
	free(text);
	text = change(after, after);
	assert_string_equal(text, "");
	free(text);
	text = change(after, before);
	assert_has(text, "delete element inet seki single { "
			 "2001:db8::10 . 17 . 53 }\n");
	assert_has(text, "delete counter inet seki udp-53-in\n");
	assert_has_not(text, "chain");
	free(text);
	free(before);
	free(after);
}

/* One more container is one more element, however many are denied. */
#define WEB "forward tcp 80 to vm00\n"
#define UDP(port) "forward udp " port " to vm00\n"
#define SEVEN UDP("1") UDP("2") UDP("3") UDP("4") UDP("5") UDP("6") UDP("7")
#define TO_FIFTEEN                                                             \
	UDP("8")                                                               \
	UDP("9") UDP("10") UDP("11") UDP("12") UDP("13") UDP("14") UDP("15")
#define IPV4 "option ipv4 on\n"
#define DENIED "deny input from container vm00\n"

/* What is made without libnftables, in how many edits. */
static const struct {
	const char *from, *to;
	size_t n;
} edits[] = {
	{ WEB, WEB, 0 },
	{ WEB, WEB "forward udp 81 to vm00:82\n", 8 },
	{ WEB "forward udp 81 to vm00:82\n", WEB, 8 },
	{ WEB, "forward tcp 80 to vm00:8080\n", 2 },
	{ WEB, "forward tcp,udp 80 to vm00\n", 17 },
	{ WEB, WEB SEVEN, 56 },
	{ WEB, WEB SEVEN TO_FIFTEEN, 120 },
	{ WEB IPV4, WEB IPV4 "forward udp 81 to vm00:82\n", 16 },
	{ WEB IPV4 "forward udp 81 to vm00:82\n", WEB IPV4, 16 },
	{ WEB IPV4, WEB IPV4 "forward tcp 1 to 10.0.3.10\n", 8 },
	{ WEB IPV4, WEB IPV4 "forward tcp,udp 1,2,3 to vm00\n", 66 },
	{ DENIED, DENIED "container web1 ula " ULA "4\n", 1 },
	{ DENIED "container web1 ula " ULA "4\n", DENIED, 1 },
	{ WEB "forward tcp 8 to vm00 off\n", WEB, 3 },
	/* there is too much of it */
	{ WEB, WEB SEVEN TO_FIFTEEN UDP("16"), 0 },
	/* rules change */
	{ WEB, "", 0 },
	{ "", WEB, 0 },
	{ WEB, WEB "allow input tcp 22\n", 0 },
	{ "default input deny\n", "default input allow\n", 0 },
	/* there are intervals in it */
	{ "forward tcp 1-2 to vm00\n",
	    "forward tcp 1-2 to vm00\nforward tcp 3-4 to vm00\n", 0 },
	{ WEB "forward tcp 1 to vm00 from 2001:db8:1::/48\n",
	    WEB "forward tcp 1 to vm00 from 2001:db8:2::/48\n", 0 },
};

static size_t
edit(const char *from, const char *to, struct net_edit v[NET_EDITS_MAX],
    struct ruleset sides[2])
{
	build(&sides[0], from);
	build(&sides[1], to);
	return ruleset_edits(&sides[1], &sides[0], v);
}

static void
test_edits(void **state)
{
	struct net_edit v[NET_EDITS_MAX];
	struct ruleset sides[2];
	size_t i, n;

	(void)state;
	for (i = 0; i < NITEMS(edits); i++) {
		n = edit(edits[i].from, edits[i].to, v, sides);
		if (n != edits[i].n)
			fail_msg("%zu: %zu", i, n);
		ruleset_free(&sides[0]);
		ruleset_free(&sides[1]);
	}
}

/* A table that somebody else changed in kind, or that is not there, takes
 * libnftables. */
static void
test_edits_of_others(void **state)
{
	struct net_edit v[NET_EDITS_MAX];
	struct ruleset sides[2], none = { 0 };

	(void)state;
	assert_int_equal(edit(WEB, WEB SEVEN, v, sides), 56);
	assert_int_equal(ruleset_edits(&sides[1], &none, v), 0);
	assert_int_equal(ruleset_edits(&none, &sides[1], v), 0);
	ruleset_add_element(&sides[0].others, "own", "set");
	assert_int_equal(ruleset_edits(&sides[1], &sides[0], v), 0);
	ruleset_free(&sides[0]);
	ruleset_free(&sides[1]);
}

static void
assert_edit(const struct net_edit *e, bool adds, const char *set,
    const char *name, const void *key, size_t nkey, const void *data,
    size_t ndata)
{
	assert_int_equal(e->adds, adds);
	assert_string_equal(
	    e->set != NULL ? e->set : "", set != NULL ? set : "");
	assert_string_equal(
	    e->name != NULL ? e->name : "", name != NULL ? name : "");
	assert_int_equal(e->key.n, nkey);
	assert_memory_equal(e->key.v, key, nkey);
	assert_int_equal(e->data.n, ndata);
	assert_memory_equal(e->data.v, data, ndata);
}

/* Counters are there before elements lead to them, and longer. */
static void
test_edits_in_bytes(void **state)
{
	static const uint8_t key[] = { 0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0,
		0, 0, 0, 0, 0, 0x10, 17, 0, 0, 0, 0x1f, 0x90, 0, 0 };
	static const uint8_t of_udp[] = { 0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0,
		0, 0, 0, 0, 0, 0, 0x10, 0x1f, 0x90, 0, 0, 1, 0, 0, 0 };
	uint8_t data[20] = { [16] = 0x52, [17] = 0x08 };
	struct net_edit v[NET_EDITS_MAX];
	struct ruleset sides[2];
	struct prefix to;

	(void)state;
	assert_int_equal(prefix_parse(&to, ULA "3"), 0);
	memcpy(data, to.bytes, 16);
	assert_int_equal(
	    edit(WEB, WEB "forward udp 8080 to vm00:21000\n", v, sides), 8);
	assert_edit(&v[0], true, NULL, "udp-8080-in", "", 0, "", 0);
	assert_edit(&v[3], true, "single", NULL, key, 24, data, 20);
	assert_edit(
	    &v[5], true, "tally-udp", "udp-8080-out", of_udp, 24, "", 0);
	assert_edit(&v[7], true, "open", NULL, key, 24, "", 0);
	assert_int_equal(ruleset_edits(&sides[0], &sides[1], v), 8);
	assert_edit(&v[0], false, "single", NULL, key, 24, "", 0);
	assert_edit(&v[2], false, "tally-udp", NULL, of_udp, 24, "", 0);
	assert_edit(&v[7], false, NULL, "udp-8080-out", "", 0, "", 0);
	ruleset_free(&sides[0]);
	ruleset_free(&sides[1]);
}

/* As the kernel has an address of IPv4, and the name of a link. */
static void
test_edits_of_words(void **state)
{
	static const uint8_t key[] = { 192, 0, 2, 1, 6, 0, 0, 0, 0, 1, 0, 0 };
	static const uint8_t data[] = { 10, 0, 3, 10, 0, 2, 0, 0 };
	uint8_t known[32] = "lxcbr0";
	struct net_edit v[NET_EDITS_MAX];
	struct ruleset sides[2];
	struct prefix at;

	(void)state;
	assert_int_equal(
	    edit(WEB IPV4, WEB IPV4 "forward tcp 1 to 10.0.3.10:2\n", v, sides),
	    8);
	assert_edit(&v[3], true, "single4", NULL, key, 12, data, 8);
	ruleset_free(&sides[0]);
	ruleset_free(&sides[1]);
	assert_int_equal(prefix_parse(&at, ULA "4"), 0);
	memcpy(known + 16, at.bytes, 16);
	assert_int_equal(
	    edit(DENIED, DENIED "container web1 ula " ULA "4\n", v, sides), 1);
	assert_edit(&v[0], true, "known", NULL, known, 32, "", 0);
	ruleset_free(&sides[0]);
	ruleset_free(&sides[1]);
}

static void
test_known(void **state)
{
	static const char denied[] =
	    "deny input from container vm00\n"
	    "reject forward tcp 1 from container vm00\n";
	char *more = xasprintf("container web1 ula " ULA "4\n%s", denied);
	char *text = change(denied, more);

	(void)state;
	assert_string_equal(
	    text, "add element inet seki known { \"lxcbr0\" . " ULA "4 }\n");
	free(text);
	text = change(denied, "allow input from container vm00\n");
	assert_has(text, "delete set inet seki known\n");
	assert_has(text, "delete chain inet seki deny-");
	free(text);
	text = change(NULL, "allow input from container vm00\n"
			    "allow output to container vm00\n");
	assert_has_not(text, "known");
	free(text);
	free(more);
}

static void
test_verdicts(void **state)
{
	static const struct {
		const char *statement, *counter, *end;
	} verdicts[] = {
		{ "allow input tcp 22", "counter name \"allow", " goto pass" },
		{ "deny input tcp 22", "counter name \"deny", " drop" },
		{ "reject input tcp 22", "counter name \"reject",
		    " goto refuse" },
	};
	char *text, *line;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(verdicts); i++) {
		text = change(NULL, verdicts[i].statement);
		line = strstr(text, verdicts[i].counter);
		assert_non_null(line);
		line[strcspn(line, "\n")] = '\0';
		assert_string_equal(strrchr(line, '"') + 1, verdicts[i].end);
		free(text);
	}
}

/* What is noted of rules in force: with any other rule, element or counter it
 * is other rules. */
static void
test_digest(void **state)
{
	static const char *const configs[] = {
		"",
		"forward tcp 80 to vm00\n",
		"forward tcp 80 to vm00:81\n",
		"forward tcp 80 to vm00 off\n",
		"allow input tcp 22 from 2001:db8:8::/48\n",
		"allow input tcp 22 from 2001:db8:9::/48\n",
		"default input deny\n",
		"default input reject\n",
	};
	uint64_t seen[NITEMS(configs)];
	struct ruleset r;
	size_t i, k;

	(void)state;
	for (i = 0; i < NITEMS(configs); i++) {
		build(&r, configs[i]);
		seen[i] = ruleset_digest(&r);
		assert_int_equal(seen[i], ruleset_digest(&r));
		for (k = 0; k < i; k++)
			if (seen[k] == seen[i])
				fail_msg("%s", configs[i]);
		ruleset_free(&r);
	}
}

/* The kernel has no marks of chains without rules. */
static void
test_marks(void **state)
{
	struct ruleset r;
	uint64_t all;
	size_t i;

	(void)state;
	build(&r, "");
	all = ruleset_marks(&r);
	for (i = 0; r.chains[i].count == 0;)
		i++;
	r.chains[i].count = 0;
	assert_int_not_equal(ruleset_marks(&r), all);
	ruleset_free(&r);
}

/* Only a bridge that asks for it is hidden behind the public address. */
static void
test_masquerade(void **state)
{
	static const char plain[] = "uplink eth0 address 2001:db8::10/64\n"
				    "bridge lxcbr0 ula " ULA "1/64\n"
				    "container vm00 ula " ULA "3\n"
				    "forward tcp 80 to vm00\n";
	struct ruleset none = { 0 }, want;
	struct config c = { 0 };
	struct buf b = { 0 };
	struct model m;

	(void)state;
	vps_model(&c, &m, plain);
	ruleset_build(&want, &m);
	ruleset_transaction(&want, &none, &b);
	assert_has(buf_text(&b), "ct status dnat snat ip6 to " ULA "1");
	assert_has_not(buf_text(&b), "snat ip6 to 2001:db8::10");
	buf_free(&b);
	ruleset_free(&want);
	model_free(&m);
	config_free(&c);
}

static char *
mapped(const char *translate)
{
	static const char more[] = "container vm00 ula " ULA "3\n"
				   "forward tcp 80 to vm00\n"
				   "default forward deny\n";
	char *text = xasprintf("uplink eth0 address 2001:db8::10/64\n"
			       "bridge lxcbr0 ula " ULA "1/64 %s\n%s",
	    translate, more);
	struct ruleset none = { 0 }, want;
	struct config c = { 0 };
	struct buf b = { 0 };
	struct model m;

	vps_model(&c, &m, text);
	ruleset_build(&want, &m);
	ruleset_transaction(&want, &none, &b);
	ruleset_free(&want);
	model_free(&m);
	config_free(&c);
	free(text);
	return buf_take(&b);
}

/* Of several prefixes all arrive, and the first is what containers leave
 * under. */
static void
test_translate(void **state)
{
	char *text = mapped("translate 2001:db8:5::/64,2001:db8:6::/64 ");

	(void)state;
	assert_has(text, "ip6 daddr { 2001:db8:5::/64, 2001:db8:6::/64 } "
			 "dnat ip6 prefix to " ULA "/64\n");
	assert_has(text, "ip6 saddr " ULA "/64 oifname \"eth0\" snat ip6 "
			 "prefix to 2001:db8:5::/64\n");
	assert_has(text, "ct status dnat snat ip6 to " ULA "1");
	assert_has(text, "ip6 daddr { 2001:db8:5::/64, 2001:db8:6::/64 } "
			 "drop\n");
	assert_has(text, "ip6 daddr " ULA "/64 oifname \"eth0\" reject with "
			 "icmpv6 type no-route\n");
	free(text);
	text = mapped("");
	assert_has_not(text, "no-route");
	assert_has_not(text, "prefix");
	free(text);
	text = mapped("masquerade translate 2001:db8:5::/64\noption ipv4 on");
	assert_has(text, "ip saddr 10.0.3.0/24 oifname \"eth0\" masquerade\n");
	assert_has_not(text, "snat ip6 to 2001:db8::10");
	free(text);
}

/* Other rules are another chain. */
static void
test_changed_chain(void **state)
{
	char *text = change("allow input tcp 22\n", "allow input tcp 23\n");

	(void)state;
	assert_has(text, "flush chain inet seki input\n");
	assert_has(text, "rule inet seki input meta l4proto 6 th dport { 23 }");
	assert_has_not(text, "chain inet seki forward");
	free(text);
}

static void
test_new_target_keeps_counters(void **state)
{
	char *text = change("forward tcp 80 to vm00\n",
	    "forward tcp 80 to vm00:81 note \"x\"\n");

	(void)state;
	assert_string_equal(text,
	    "delete element inet seki single { 2001:db8::10 . 6 . 80 }\n"
	    "add element inet seki single { 2001:db8::10 . 6 . 80 : " ULA
	    "3 . 81 }\n");
	free(text);
}

static void
test_nothing_wanted_deletes_the_table(void **state)
{
	struct ruleset none = { 0 }, have;
	struct buf b = { 0 };

	(void)state;
	build(&have, "");
	ruleset_transaction(&none, &have, &b);
	assert_string_equal(b.s, "delete table inet seki\n");
	buf_reset(&b);
	ruleset_transaction(&none, &none, &b);
	assert_int_equal(b.len, 0);
	ruleset_free(&have);
	buf_free(&b);
}

#define ROUTED "bridge lxcbr0 prefix 2001:db8:1:2::/64\n"

/* Those of what this host answers for are sent from there, and nothing else is;
 * no foreign address gets in for being of that prefix. */
static void
test_answers(void **state)
{
	static const char config[] =
	    "uplink eth0\nbridge lxcbr0 prefix 2001:db8::/64 proxy\n";
	char *none = write_of(config);
	char *all = write_of("uplink eth0\n"
			     "bridge lxcbr0 prefix 2001:db8::/64 proxy\n"
			     "container vm00 address 2001:db8::8\n"
			     "container web1 address 2001:db8::9\n");

	(void)state;
	assert_has_not(none, "answers");
	assert_has(all, "add chain inet seki answers { type filter hook "
			"output priority -150; policy accept; }\n");
	assert_has(all, "seki answers oifname \"eth0\" icmpv6 type "
			"nd-neighbor-advert @th,64,128 { "
			"0x20010db8000000000000000000000008, "
			"0x20010db8000000000000000000000009 } "
			"ip6 saddr set @th,64,128");
	assert_has_not(all, "2001:db8::/64");
	assert_has(all, "iifname \"lxcbr0\" oifname \"lxcbr0\" meta nfproto "
			"ipv6 ct status dnat masquerade");
	free(none);
	free(all);
}

/* What auto comes to, or how that begins, under a config. */
static const struct {
	const char *config, *statement, *is;
} autos[] = {
	{ base, "container \"vm 01\" ula auto",
	    "container \"vm 01\" ula " ULA "2" },
	/* What is there already is the first choice, unless another's. */
	{ base, "container vm00 ula auto", "container vm00 ula " ULA "9" },
	{ "bridge lxcbr0 ula " ULA "1/64\ncontainer \"vm 01\" ula " ULA "9\n",
	    "container vm00 ula auto", "container vm00 ula " ULA "2" },
	{ "", "bridge lxcbr0 ula auto masquerade",
	    "bridge lxcbr0 ula " ULA "1/64 masquerade" },
	{ "bridge lxcbr0 ula fd5a:2::1/64\n", "bridge lxcbr0 ula auto",
	    "bridge lxcbr0 ula fd5a:2::1/64" },
	{ "", "bridge eth0 ula auto", "bridge eth0 ula fd" },
	{ ROUTED "container web1 address 2001:db8:1:2::2\n",
	    "container web2 on lxcbr0 address auto",
	    "container web2 on lxcbr0 address 2001:db8:1:2::3" },
	{ "bridge lxcbr0 ula fd5a:2::1/64 prefix 2001:db8:1:2::/64\n",
	    "container web2 on lxcbr0 address auto ula auto",
	    "container web2 on lxcbr0 ula fd5a:2::2 address "
	    "2001:db8:1:2::2" },
	{ "", "bridge lxcbr0 ipv4 auto", "bridge lxcbr0 ipv4 10.0.3.1/24" },
	{ "bridge lxcbr0 ipv4 10.0.4.1/24\n", "bridge lxcbr0 ipv4 auto",
	    "bridge lxcbr0 ipv4 10.0.4.1/24" },
	{ "bridge lxcbr0 ipv4 10.0.3.1/24\n", "container web1 ipv4 auto",
	    "container web1 ipv4 10.0.3.2" },
	{ "bridge lxcbr0 ipv4 10.0.3.1/24\ncontainer vm00 ipv4 10.0.3.2\n",
	    "container web1 ipv4 auto", "container web1 ipv4 10.0.3.3" },
	/* neither the network, nor what is everybody */
	{ "bridge lxcbr0 ipv4 10.0.3.2/29\n"
	  "container a ipv4 10.0.3.3\ncontainer b ipv4 10.0.3.4\n"
	  "container c ipv4 10.0.3.5\n",
	    "container web1 ipv4 auto", "container web1 ipv4 10.0.3.6" },
	{ "bridge lxcbr0 ula " ULA "1/64 ipv4 10.0.3.1/24\n",
	    "container vm00 ula auto ipv4 auto",
	    "container vm00 ula " ULA "9 ipv4 10.0.3.9" },
	/* The first ones belong to routers. */
	{ "bridge lxcbr0 prefix 2001:db8::/64 proxy\n",
	    "container web2 on lxcbr0 address auto",
	    "container web2 on lxcbr0 address 2001:db8::8000:0:0:2" },
};

static void
test_auto(void **state)
{
	struct config c = { 0 };
	struct statement *st;
	struct buf b = { 0 };
	struct err e;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(autos); i++) {
		assert_int_equal(
		    config_parse(&c, autos[i].config, NULL, &e), 0);
		st = auto_resolve(
		    statement_from(autos[i].statement, &e), &c, &vps, &e);
		assert_non_null(st);
		buf_reset(&b);
		statement_print(st, &b);
		assert_int_equal(
		    strncmp(b.s, autos[i].is, strlen(autos[i].is)), 0);
		statement_free(st);
		config_free(&c);
	}
	buf_free(&b);
}

/* What auto comes to behind that bridge; on lxcbr0, vm00 runs under the runtime
 * named, and has ULA 9 of it. */
static const struct {
	const char *runtime, *bridge, *statement, *is;
} lent[] = {
	{ "lxc", "lxcbr0", "container vm00 ula auto", ULA "9" },
	{ "docker", "lxcbr0", "container vm00 ula auto",
	    "fd5a:1c2e:90b1:0:8000::2" },
	{ "podman", "lxcbr0", "container vm00 ula auto",
	    "fd5a:1c2e:90b1:0:8000::2" },
	/* Its address would be lent to the next one. */
	{ "docker", "lxcbr0", "container web1 ula auto",
	    "fd5a:1c2e:90b1:0:8000::2" },
	{ "lxc", "br-0123456789ab", "container gone ula auto",
	    "fd5a:1c2e:90b1:0:8000::2" },
	{ "lxc", "lan0", "container gone ula auto", ULA "2" },
};

static const char *
pick_of(const struct snapshot *s, const struct config *c, const char *statement,
    const char *word, struct buf *b)
{
	struct statement *st;
	struct err e;

	st = auto_resolve(statement_from(statement, &e), c, s, &e);
	assert_non_null(st);
	buf_reset(b);
	statement_print(st, b);
	statement_free(st);
	return strstr(b->s, word) + strlen(word);
}

static const char *
pick(const struct snapshot *s, const struct config *c, const char *statement,
    struct buf *b)
{
	return pick_of(s, c, statement, " ula ", b);
}

static void
test_auto_takes_none_that_is_lent(void **state)
{
	struct container containers[3];
	struct snapshot s = vps;
	struct config c = { 0 };
	struct buf text = { 0 }, b = { 0 };
	struct err e;
	size_t i;

	(void)state;
	memcpy(containers, vps.containers, sizeof(containers));
	s.containers = containers;
	assert_int_equal(s.ncontainers, NITEMS(containers));
	for (i = 0; i < NITEMS(lent); i++) {
		containers[0].runtime = lent[i].runtime;
		buf_reset(&text);
		buf_printf(
		    &text, "bridge %s ula " ULA "1/64\n", lent[i].bridge);
		assert_int_equal(config_parse(&c, text.s, NULL, &e), 0);
		assert_string_equal(
		    pick(&s, &c, lent[i].statement, &b), lent[i].is);
		config_free(&c);
	}
	buf_free(&text);
	buf_free(&b);
}

/* By a bridge, or by somebody of whom the config says nothing. */
static void
test_auto_takes_none_that_is_taken(void **state)
{
	struct snapshot s = vps;
	struct config c = { 0 };
	struct buf b = { 0 };
	struct err e;

	(void)state;
	s.addresses = xcalloc(s.naddresses + 1, sizeof(*s.addresses));
	memcpy(
	    s.addresses, vps.addresses, vps.naddresses * sizeof(*s.addresses));
	assert_int_equal(
	    prefix_parse(&s.addresses[s.naddresses++].prefix, ULA "3/64"), 0);
	assert_int_equal(
	    config_parse(&c, "bridge lan0 ula " ULA "2/64\n", NULL, &e), 0);
	assert_string_equal(
	    pick(&s, &c, "container gone ula auto", &b), ULA "4");
	config_free(&c);
	free(s.addresses);
	buf_free(&b);
}

/* What it has by DHCP is what it keeps, and nothing that another has. */
static void
test_auto_keeps_ipv4(void **state)
{
	struct config c = { 0 };
	struct buf b = { 0 };
	struct err e;

	(void)state;
	assert_int_equal(
	    config_parse(&c, "bridge lxcbr0 ipv4 10.0.3.7/24\n", NULL, &e), 0);
	assert_string_equal(
	    pick_of(&vps, &c, "container vm00 ipv4 auto", " ipv4 ", &b),
	    "10.0.3.9");
	assert_string_equal(
	    pick_of(&vps, &c, "container web1 ipv4 auto", " ipv4 ", &b),
	    "10.0.3.2");
	config_free(&c);
	assert_int_equal(config_parse(&c,
			     "bridge lxcbr0 ipv4 10.0.3.1/28\n"
			     "container a ipv4 10.0.3.2\n"
			     "container b ipv4 10.0.3.3\n"
			     "container c ipv4 10.0.3.4\n"
			     "container d ipv4 10.0.3.5\n"
			     "container e ipv4 10.0.3.6\n"
			     "container f ipv4 10.0.3.7\n"
			     "container g ipv4 10.0.3.8\n",
			     NULL, &e),
	    0);
	assert_string_equal(
	    pick_of(&vps, &c, "container web1 ipv4 auto", " ipv4 ", &b),
	    "10.0.3.10");
	config_free(&c);
	buf_free(&b);
}

/* A bridge gets none that is made up, but is told of one that is free. */
static void
test_auto_makes_no_ipv4(void **state)
{
	struct snapshot s = vps;
	struct address addresses[2] = { 0 };
	struct config c = { 0 };
	struct err e;

	(void)state;
	s.addresses = addresses;
	s.naddresses = NITEMS(addresses);
	addresses[0].nsid = addresses[1].nsid = NSID_SELF;
	addresses[0].index = addresses[1].index = 2;
	assert_int_equal(prefix_parse(&addresses[0].prefix, "10.1.9.4/16"), 0);
	assert_int_equal(prefix_parse(&addresses[1].prefix, "10.3.0.9/24"), 0);
	assert_int_equal(
	    config_parse(&c, "bridge eth1 ipv4 10.2.0.1/22\n", NULL, &e), 0);
	assert_null(auto_resolve(
	    statement_from("bridge lxcbr0 ipv4 auto", &e), &c, &s, &e));
	assert_string_equal(e.text, "lxcbr0 has no IPv4 address to keep");
	assert_non_null(strstr(e.hint, "bridge lxcbr0 ipv4 10.4.0.1/24"));
	assert_int_equal(e.col, 20);
	assert_null(auto_resolve(
	    statement_from("container web1 ipv4 auto", &e), &c, &vps, &e));
	assert_string_equal(e.text,
	    "lxcbr0 has 10.0.3.1/24, which no statement makes its prefix");
	assert_non_null(strstr(e.hint, "bridge lxcbr0 ipv4 auto"));
	config_free(&c);
}

static void
test_auto_without_a_prefix(void **state)
{
	struct config c = { 0 };
	struct err e;

	(void)state;
	assert_int_equal(config_parse(&c, base, NULL, &e), 0);
	assert_null(auto_resolve(
	    statement_from("container x on eth0 ula auto", &e), &c, &vps, &e));
	assert_non_null(strstr(e.hint, "bridge eth0 ula auto"));
	assert_null(
	    auto_resolve(statement_from("container x on eth0 address auto", &e),
		&c, &vps, &e));
	assert_non_null(strstr(e.hint, "bridge eth0 prefix PREFIX"));
	config_free(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_statements),
		cmocka_unit_test(test_meters),
		cmocka_unit_test(test_deprecated),
		cmocka_unit_test(test_what_is_off_is_not_there),
		cmocka_unit_test(test_rest),
		cmocka_unit_test(test_no_rest),
		cmocka_unit_test(test_fixed_lines),
		cmocka_unit_test(test_a_limit_is_one),
		cmocka_unit_test(test_runs),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_forwards_leave_policies),
		cmocka_unit_test(test_fixed_lines_come_first),
		cmocka_unit_test(test_limited),
		cmocka_unit_test(test_change_is_small),
		cmocka_unit_test(test_edits),
		cmocka_unit_test(test_edits_of_others),
		cmocka_unit_test(test_edits_in_bytes),
		cmocka_unit_test(test_edits_of_words),
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_masquerade),
		cmocka_unit_test(test_translate),
		cmocka_unit_test(test_changed_chain),
		cmocka_unit_test(test_verdicts),
		cmocka_unit_test(test_digest),
		cmocka_unit_test(test_marks),
		cmocka_unit_test(test_new_target_keeps_counters),
		cmocka_unit_test(test_nothing_wanted_deletes_the_table),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_auto),
		cmocka_unit_test(test_auto_takes_none_that_is_lent),
		cmocka_unit_test(test_auto_takes_none_that_is_taken),
		cmocka_unit_test(test_auto_keeps_ipv4),
		cmocka_unit_test(test_auto_makes_no_ipv4),
		cmocka_unit_test(test_auto_without_a_prefix),
	};

	return cmocka_run_group_tests(tests, vps_set_up, NULL);
}
