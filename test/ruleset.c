/* From a config and a snapshot to nftables commands: what is asked of the
 * kernel. */
#include "config.h"

#include <linux/if_addr.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/lang/config.h"
#include "core/plan/fixed.h"
#include "core/plan/model.h"
#include "core/plan/ruleset_build.h"
#include "core/plan/ruleset_diff.h"

#include "lib/asked.h"
#include "lib/vps.h"

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
	/* What a counter is found for is let in: by everybody, or by sources. */
	{ "forward tcp 80 to vm00",
	    "terms-forward meta l4proto 6 ct status dnat counter name ct "
	    "original ip6 daddr . ct original proto-dst . ct direction map "
	    "@tally-tcp accept\n" },
	{ "forward tcp 80 to vm00\nforward tcp 81 to vm00 from ::/1",
	    "terms-forward meta l4proto 6 ct status dnat ct original ip6 daddr "
	    ". meta l4proto . ct original proto-dst != @exclusive counter "
	    "name ct original ip6 daddr . ct original proto-dst . ct direction "
	    "map @tally-tcp accept\n" },
	{ "forward tcp 80 to vm00\nforward tcp 81 to vm00 from ::/1",
	    "add element inet seki exclusive { 2001:db8::10 . 6 . 81 }\n" },
	{ "forward tcp 81-89 to vm00 from ::/1",
	    "add element inet seki exclusive-blocks { 81-89 . 2001:db8::10 . "
	    "6 }\n" },
	{ "forward tcp 81-89 to vm00 from ::/1",
	    "meta l4proto != @exclusive-blocks counter name ct original "
	    "proto-dst . ct original ip6 daddr . ct direction map "
	    "@tally-tcp-blocks accept\n" },
	{ "forward udp 7000-7010 to vm00",
	    "add element inet seki blocks { 7000-7010 . 2001:db8::10 . 17 : " ULA
	    "3 }\n" },
	{ "forward udp 7000-7010 to vm00",
	    "add element inet seki tally-udp-blocks { 7000-7010 . "
	    "2001:db8::10 . original : \"udp-7000-7010-in\", " },
	/* few ports are each by itself */
	{ "forward tcp 8000-8007 to vm00",
	    "2001:db8::10 . 6 . 8007 : " ULA "3 . 8007 }\n" },
	{ "forward tcp 8000-8007 to vm00",
	    "tally-tcp { 2001:db8::10 . 8000 . original : "
	    "\"tcp-8000-8007-in\", " },
	{ "forward tcp 8000-8008 to vm00",
	    "add element inet seki blocks { 8000-8008 . 2001:db8::10 . 6 : " ULA
	    "3 }\n" },
	{ "forward tcp 8000-8001 to vm00:9000",
	    "{ 2001:db8::10 . 6 . 8000 : " ULA "3 . 9000, "
	    "2001:db8::10 . 6 . 8001 : " ULA "3 . 9001 }\n" },
	{ "forward tcp 80-89 to vm00:9000",
	    "2001:db8::10 . 6 . 80 : " ULA "3 . 9000, "
	    "2001:db8::10 . 6 . 81 : " ULA "3 . 9001, " },
	/* they are counted as a range */
	{ "forward tcp 80-89 to vm00:9000",
	    "add element inet seki tally-tcp-blocks { 80-89 . "
	    "2001:db8::10 . original : \"tcp-80-89-in\", " },
	{ "forward tcp 80-89 to vm00:9000",
	    "add element inet seki fresh-blocks { 80-89 . 2001:db8::10 . 6 : " },
	/* and their sources are those of a range, however few they are */
	{ "forward tcp 80-81 to vm00 from ::/1",
	    "exclusive { 2001:db8::10 . 6 . 80, 2001:db8::10 . 6 . 81 }\n" },
	{ "forward tcp 80-81 to vm00 from ::/1",
	    "sources { 80-81 . 2001:db8::10 . 6 . ::/1 }\n" },
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
		text = asked_change(NULL, rules[i].statement);
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
		text = asked_change(NULL, rows[i].config);
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
		/* whatever another table translates */
		{ "forward tcp 80 to vm00\n",
		    "exclusive { 2001:db8::10 . 6 . 80 }", true },
		{ "forward udp 90-99 to vm00\n",
		    "exclusive-blocks { 90-99 . 2001:db8::10 . 17 }", true },
		{ "forward tcp 80 to vm00 on 2001:db8::11\n", "exclusive",
		    false },
		{ "forward tcp 80 to vm00\n",
		    "fresh { 2001:db8::11 . 6 . 80 : \"tcp-80-new\" }", true },
		{ "forward tcp 80 to vm00\n",
		    "2001:db8::10 . 80 . original : \"tcp-80-in\"", true },
		{ "forward udp 90-99 to vm00\n",
		    "90-99 . 2001:db8::10 . original : ", true },
		{ "forward udp 90-99 to vm00\n",
		    "blocks { 90-99 . 2001:db8::11 . 17 : " ULA "3 }", true },
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
	{ REST "forward tcp 80-89 to vm00\nallow input tcp 25 from "
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
	    "map @tally-tcp accept\n"
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
	{ REST "forward tcp 80-89 to vm00\n",
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
		text = asked_change(NULL, rests[i].config);
		assert_has(text, rests[i].text);
		free(text);
	}
}

/* Without one, and while it is off, no rule is another. */
static void
test_no_rest(void **state)
{
	char *text =
	    asked_change("forward tcp 80 to vm00 from 2001:db8:9::/48\n"
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
	char *text = asked_change(NULL, "forward tcp 80 to vm00 off\n"
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
	LINE(chain) "ip6 saddr " ULA "/64 return\n"                            \
	LINE(chain) "ip6 saddr { ::, fe80::/10 } return\n"                      \
	LINE(chain) NO_WAY_BACK "ct state != { established, related } "        \
	DROP(chain) "\n"                                                       \
	LINE(chain) NO_WAY_BACK "fib saddr oifname != { \"lxcbr0\" } "         \
	DROP(chain) "\n"
/* clang-format on */

static void
test_fixed_lines(void **state)
{
	char *text =
	    asked_change(NULL, "default input deny\ndefault forward deny\n");

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

/* A forward that is for some is for nobody else, whatever the default is. */
static void
test_limited(void **state)
{
	static const char elements[] =
	    "targets { 80 . 2001:db8::10 . 6 . " ULA "3, "
	    "90-99 . 2001:db8::10 . 6 . " ULA "3 }";
	static const char drop[] = "ip6 daddr @targets drop";
	char *text =
	    asked_change(NULL, "forward tcp 80,90-99 to vm00 from ::/1 on "
			       "2001:db8::10\n");

	(void)state;
	assert_has(text, elements);
	assert_has(text, drop);
	free(text);
	text = asked_change(NULL,
	    "forward tcp 80 to vm00\ndefault forward reject\n"
	    "default input deny\ndefault output deny\n");
	assert_has_not(text, drop);
	free(text);
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

/* Those of what this host answers for are sent from there, and nothing else is;
 * no foreign address gets in for being of that prefix. */
static void
test_answers(void **state)
{
	static const char config[] =
	    "uplink eth0\nbridge lxcbr0 prefix 2001:db8::/64 proxy\n";
	char *none = asked_all(config);
	char *all = asked_all("uplink eth0\n"
			      "bridge lxcbr0 prefix 2001:db8::/64 proxy\n"
			      "container vm00 address 2001:db8::8\n"
			      "container web1 address 2001:db8::9\n");

	(void)state;
	assert_has_not(none, "answers");
	assert_has(all, "add chain inet seki answers { type filter hook "
			"output priority -150; policy accept; }\n");
	assert_has(all, "seki answers oifname \"eth0\" icmpv6 type "
			"nd-neighbor-advert ip6 saddr set @th,64,128 map { "
			"0x20010db8000000000000000000000008 : 2001:db8::8, "
			"0x20010db8000000000000000000000009 : 2001:db8::9 }");
	assert_has_not(all, "2001:db8::/64");
	assert_has(all, "iifname \"lxcbr0\" oifname \"lxcbr0\" meta nfproto "
			"ipv6 ct status dnat masquerade");
	free(none);
	free(all);
}

/* So that a folded row has the hits of all its lines. */
static void
test_few_fixed_lines_are_counted(void **state)
{
	unsigned chain, counted;
	size_t i;

	(void)state;
	for (chain = 0; chain < CHAIN_COUNT; chain++) {
		counted = 0;
		for (i = 0; i < fixed_count; i++)
			counted += fixed_rows[i].counter != NULL &&
				   (fixed_rows[i].chains >> chain & 1) != 0;
		assert_true(counted <= 2);
	}
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
		cmocka_unit_test(test_few_fixed_lines_are_counted),
		cmocka_unit_test(test_limited),
		cmocka_unit_test(test_masquerade),
		cmocka_unit_test(test_translate),
		cmocka_unit_test(test_answers),
	};

	return cmocka_run_group_tests(tests, vps_set_up, NULL);
}
