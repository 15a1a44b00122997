/* The language: what is read is printed again, and errors point. */
#include "config.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/command/command.h"
#include "core/lang/config.h"
#include "core/lang/suggest.h"

/* What is typed, and what is printed for it. */
static const struct {
	const char *typed, *printed;
} good[] = {
	{ "uplink eth0", "uplink eth0" },
	{ "up eth0 addr 2001:DB8:0::10/64 gate fe80::1",
	    "uplink eth0 address 2001:db8::10/64 gateway fe80::1" },
	{ "uplink eth0 address 2001:db8:1::10/128", /* a lease of DHCPv6 */
	    "uplink eth0 address 2001:db8:1::10/128" },
	{ "uplink eth0 address 2001:db8:1::10", NULL },
	{ "uplink eth0 address 192.0.2.1/24,2001:db8::10/64",
	    "uplink eth0 address 2001:db8::10/64,192.0.2.1/24" },
	{ "uplink eth0 gateway 192.0.2.254,fe80::1",
	    "uplink eth0 gateway fe80::1,192.0.2.254" },
	{ "uplink eth0 address 2001:db8::10/64,192.0.2.1", NULL },
	{ "uplink eth0 gateway 192.0.2.254/24", NULL },
	{ "uplink eth0 address ,192.0.2.1/24", NULL },
	{ "uplink eth0 gateway fe80::1/64", NULL },
	{ "bridge lxcbr0 ula fd5a:1c2e:90b1::1", NULL },
	{ "container vm00 ula fd5a:1c2e:90b1::3/64", NULL },
	{ "allow input from ::/0", "allow input from ::/0" },
	{ "container \"a\xc2\xa0z\" ula auto",
	    "container \"a\xc2\xa0z\" ula auto" },
	{ "bridge lxcbr0 ula fd5a:1c2e:90b1::1/64 masquerade",
	    "bridge lxcbr0 ula fd5a:1c2e:90b1::1/64 masquerade" },
	{ "br lxcbr0 ula auto t 2001:DB8:5::/64,2001:db8:6::/64",
	    "bridge lxcbr0 ula auto translate "
	    "2001:db8:5::/64,2001:db8:6::/64" },
	{ "br lxcbr0 m ula auto", "bridge lxcbr0 ula auto masquerade" },
	{ "container vm00 on lxcbr0 ula fd5a:1c2e:90b1::3",
	    "container vm00 on lxcbr0 ula fd5a:1c2e:90b1::3" },
	{ "container \"rt c\" ula auto", "container \"rt c\" ula auto" },
	{ "container \"\\x1b[31mX\\\"\\\\\" ula auto",
	    "container \"\\x1b[31mX\\\"\\\\\" ula auto" },
	{ "bridge br0 prefix 2001:DB8:1:2::/64",
	    "bridge br0 prefix 2001:db8:1:2::/64" },
	{ "br br0 ula auto pre 2001:db8::/126 m",
	    "bridge br0 ula auto masquerade prefix 2001:db8::/126" },
	{ "bridge br0 prefix 2001:db8::/64 proxy masquerade ula auto",
	    "bridge br0 ula auto masquerade prefix 2001:db8::/64 proxy" },
	{ "bridge br0 prefix auto", NULL },
	{ "bridge br0 prefix 2001:db8:1:2::", NULL },
	{ "container a address au on br0", "container a on br0 address auto" },
	{ "container a ula auto addr 2001:db8:1:2::3",
	    "container a ula auto address 2001:db8:1:2::3" },
	{ "container a address 2001:db8:1:2::3/64", NULL },
	{ "bridge lxcbr0 ipv4 10.0.3.1/24 masq ula auto",
	    "bridge lxcbr0 ula auto masquerade ipv4 10.0.3.1/24" },
	{ "bridge lxcbr0 ipv4 au", "bridge lxcbr0 ipv4 auto" },
	{ "container vm00 ipv4 10.0.3.5 ula auto",
	    "container vm00 ula auto ipv4 10.0.3.5" },
	{ "container vm00 on lxcbr0 ipv4 auto",
	    "container vm00 on lxcbr0 ipv4 auto" },
	{ "container on on on", NULL },
	{ "container on", "container on" },
	{ "forward tcp 80 to vm00", "forward tcp 80 to vm00" },
	{ "fo t 80 t vm00", NULL },
	{ "fo tcp 80 t vm00", "forward tcp 80 to vm00" },
	{ "f tcp,udp 53,443-450,80 to vm00",
	    "forward tcp,udp 53,80,443-450 to vm00" },
	{ "forward udp 8000-8010 to vm00:9000 on 2001:db8::10 "
	  "from 2001:db8:9::/48,::1 note \"a \\\"b\\\" # c\" off",
	    "forward udp 8000-8010 to vm00:9000 on 2001:db8::10 "
	    "from 2001:db8:9::/48,::1 note \"a \\\"b\\\" # c\" off" },
	{ "forward any to vm00", "forward any to vm00" },
	{ "forward tcp 80 to fd00::5", "forward tcp 80 to fd00::5" },
	{ "forward tcp 80 to [fd00::5]:8080",
	    "forward tcp 80 to [fd00::5]:8080" },
	{ "forward tcp 80 to \"a:8\":9", "forward tcp 80 to \"a:8\":9" },
	{ "forward tcp 80 to \"fd00::5\"", "forward tcp 80 to \"fd00::5\"" },
	{ "allow input tcp 22", "allow input tcp 22" },
	{ "allow in", "allow input" },
	{ "deny fo from container \"a b\" to uplink",
	    "deny forward from container \"a b\" to uplink" },
	{ "reject output any to 2001:db8::/32 log",
	    "reject output any to 2001:db8::/32 log" },
	{ "allow input tcp 22 from 2001:db8::7/48 limit 5/min log "
	  "note \"x\" off",
	    "allow input tcp 22 from 2001:db8::/48 limit 5/minute log "
	    "note \"x\" off" },
	{ "allow forward icmpv6 from bridge lxcbr0 to any",
	    "allow forward icmpv6 from bridge lxcbr0 to any" },
	{ "allow forward icmp from 192.0.2.0/24 limit 5/second",
	    "allow forward icmp from 192.0.2.0/24 limit 5/second" },
	{ "default input deny", "default input deny" },
	{ "def f r", "default forward reject" },
	{ "option confirm 120", "option confirm 120" },
	{ "option confirm 60s", NULL },
	{ "container \"a\\x00b\" ula auto", NULL },
	{ "container \"a\\x01b\" ula auto", "container \"a\\x01b\" ula auto" },
	{ "forward tcp 80 to vm00 from 192.0.2.0/24",
	    "forward tcp 80 to vm00 from 192.0.2.0/24" },
	{ "allow input from 192.0.2.0/24,2001:db8::/32,198.51.100.7",
	    "allow input from 2001:db8::/32,192.0.2.0/24,198.51.100.7" },
	{ "deny forward tcp 25 only ipv4 log",
	    "deny forward tcp 25 only ipv4 log" },
	{ "deny forward only both", NULL },
	{ "forward tcp 80 to 10.0.3.7:8080 on 192.0.2.10",
	    "forward tcp 80 to 10.0.3.7:8080 on 192.0.2.10" },
	{ "forward udp 53 to dns1 only ipv4 note \"old\"",
	    "forward udp 53 to dns1 only ipv4 note \"old\"" },
	{ "forward tcp 80 to 127.0.0.1", NULL },
	{ "forward tcp 80 to 169.254.3.7", NULL },
	{ "forward tcp 80 to 239.0.0.1:80", NULL },
	{ "option ipv4 off", "option ipv4 off" },
};

static void
test_round_trip(void **state)
{
	struct statement *st, *again;
	struct buf b = { 0 }, c = { 0 };
	struct err e;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(good); i++) {
		st = statement_from(good[i].typed, &e);
		if (good[i].printed == NULL) {
			assert_null(st);
			continue;
		}
		if (st == NULL)
			fail_msg("%s: %s", good[i].typed, e.text);
		buf_reset(&b);
		buf_reset(&c);
		statement_print(st, &b);
		assert_string_equal(b.s, good[i].printed);
		again = statement_from(b.s, &e);
		assert_non_null(again);
		statement_print(again, &c);
		assert_string_equal(c.s, b.s);
		statement_free(st);
		statement_free(again);
	}
	buf_free(&b);
	buf_free(&c);
}

static const struct {
	const char *line;
	int code;
	unsigned col, len;
	const char *text, *hint;
} bad[] = {
	{ "foward tcp 80 to vm00", 2, 1, 6, "unknown statement foward",
	    "did you mean forward?" },
	{ "de input deny", 2, 1, 2, "ambiguous statement de",
	    "it can be: deny, default" },
	{ "bridge lxcbr0 translate 2001:db8:5::/64", 2, 25, 15,
	    "translate needs a ULA", "ula: " },
	{ "bridge lxcbr0 ula auto translate fd77::/64", 3, 34, 9,
	    "fd77::/64 is not public", "routes to this host" },
	{ "bridge lxcbr0 ula auto translate 2001:db8:5::1/64", 3, 34, 16,
	    "2001:db8:5::1/64 has a host part",
	    "the prefix is 2001:db8:5::/64" },
	{ "bridge lxcbr0 ula auto translate 2001:db8:5::/64,192.0.2.0/24", 2,
	    34, 28, "192.0.2.0/24", "public IPv6 prefixes" },
	{ "bridge lxcbr0 ula fd5a:1c2e:90b1::1/128", 3, 19, 21,
	    "no room for a container", "/64" },
	{ "forward tcp 80\xc2\xa0to vm00", 2, 15, 2,
	    "a no-break space (U+00A0) is no separator", "plain blank" },
	{ "forward\xe3\x80\x80tcp 80 to vm00", 2, 8, 3,
	    "an ideographic space (U+3000)", "plain blank" },
	{ "\xef\xbb\xbf"
	  "forward tcp 80 to vm00",
	    2, 1, 3, "a byte order mark (U+FEFF)", "" },
	{ "forward tcp 80 to fe80::1", 3, 19, 7, "link-local", "ula auto" },
	{ "forward tcp 80 to ::1", 3, 19, 3, "no address of a container", "" },
	{ "forward tcp 80 to [ff02::1]:80", 3, 19, 12, "is multicast", "" },
	{ "forward tcp 80 to ::ffff:10.0.0.1", 3, 19, 15, "IPv4-mapped", "" },
	{ "forward tcp 0 to a", 2, 13, 1, "0: a port is 1 to 65535", "" },
	{ "forward tcp 80,65536 to a", 2, 16, 5, "65536: a port is", "" },
	{ "forward tcp 80,abc,90 to a", 2, 16, 3, "abc is not a port", "" },
	{ "forward tcp 80,81 to a:22:22", 2, 22, 7, "a:22:22 does not fit here",
	    "" },
	{ "forward tcp 80, to a", 2, 13, 3, "80, does not fit here", "" },
	{ "forward tcp 90-80 to a", 2, 13, 5, "the lower first", "" },
	{ "forward tcp 80,70-90 to a", 2, 13, 8, "port 80 is in the list twice",
	    "" },
	{ "forward tcp 80 to", 2, 19, 1, "TARGET is missing", "web1:8080" },
	{ "forward tcp 80", 2, 16, 1, "to is missing", "container" },
	{ "forward tcp to vm00", 2, 21, 1, "PORTS is missing", "" },
	{ "forward sctp 80 to a", 2, 9, 4, "sctp does not fit here", "tcp" },
	{ "forward tcp 80 to a bogus", 2, 21, 5, "unknown word bogus", "note" },
	{ "forward tcp 80 to a on", 2, 24, 1, "ADDR is missing", "" },
	{ "forward tcp 80 to a to b", 2, 21, 2, "to is given twice", "" },
	{ "forward tcp 80,90 to a:8080", 2, 22, 6, "a list of ports", "" },
	{ "forward tcp 80-90 to a:65530", 2, 22, 7, "beyond 65535", "" },
	{ "forward any 80 to a", 2, 13, 2, "takes no ports", "" },
	{ "forward tcp 80 to a note \"x", 2, 26, 1, "never closed", "" },
	{ "forward tcp 80 to a note \"\\q\"", 2, 27, 2, "bad escape", "" },
	{ "bridge br0 ula fe80::1/64", 3, 16, 10, "is not a ULA", "scope" },
	{ "bridge br0 ula fd00::1/0", 3, 16, 9, "wider than fd00::/8", "/64" },
	{ "bridge br0 ula fd00::1", 2, 16, 7, "does not fit here", "" },
	{ "bridge br0 ula auto proxy", 2, 21, 5, "proxy needs a prefix",
	    "prefix: " },
	{ "bridge br0 prefix 2001:db8:1:2::1/64", 3, 19, 18,
	    "has bits beyond its length", "the prefix is 2001:db8:1:2::/64" },
	{ "bridge br0 prefix 2001:db8:1:2::/127", 3, 19, 18, "no room for a",
	    "a /64" },
	{ "bridge br0 prefix 2001:db8::/31", 3, 19, 13, "is wider than", "" },
	{ "bridge br0 prefix fd00::/64", 3, 19, 9, "is not public, but of ULAs",
	    "what ula is for" },
	{ "bridge br0 prefix fe80::/64", 3, 19, 9, "is link-local", "routes" },
	{ "bridge br0 prefix 64:ff9b::/96", 3, 19, 12, "is not public",
	    "2000::/3" },
	{ "container a address fd00::3", 3, 21, 7, "is not public, but of ULAs",
	    "what ula is for" },
	{ "container a address fe80::3", 3, 21, 7, "is link-local", "" },
	{ "container a address ff0e::3", 3, 21, 7, "is not public", "" },
	{ "bridge", 2, 8, 1, "BRIDGE is missing", "" },
	{ "bridge a\"b\" ula auto", 0, 0, 0, NULL, NULL },
	{ "bridge \"a;b\" ula auto", 2, 8, 5, "does not fit here", "" },
	{ "uplink eth0 address 192.0.2.1/24,192.0.2.2/24", 2, 21, 25,
	    "only one of each family", "leave the word out" },
	{ "uplink eth0 gateway fe80::1,fe80::2", 2, 21, 15,
	    "only one of each family", "leave the word out" },
	{ "container a on br0", 2, 16, 3, "without ula", "" },
	{ "container a on br0 ipv4 auto", 0, 0, 0, NULL, NULL },
	{ "container a ipv4 10.0.3.5/24", 2, 18, 11, "does not fit here", "" },
	{ "container a ipv4 fd00::5", 2, 18, 7, "does not fit here", "" },
	{ "container a ipv4 169.254.1.5", 3, 18, 11, "is link-local", "10.0" },
	{ "container a ipv4 127.0.0.5", 3, 18, 9, "is loopback", "10.0" },
	{ "container a ipv4 224.0.0.5", 3, 18, 9, "is multicast", "10.0" },
	{ "container a ipv4 0.0.0.5", 3, 18, 7, "is no address", "10.0" },
	{ "bridge br0 ipv4 10.0.3.1", 2, 17, 8, "does not fit here", "" },
	{ "bridge br0 ipv4 fd00::1/64", 2, 17, 10, "does not fit here", "" },
	{ "bridge br0 ipv4 10.0.3.1/31", 3, 17, 11, "is no prefix for", "/24" },
	{ "bridge br0 ipv4 10.0.3.1/7", 3, 17, 10, "is no prefix for", "/24" },
	{ "bridge br0 ipv4 169.254.3.1/16", 3, 17, 14, "is link-local", "" },
	{ "container a/b ula auto", 2, 11, 3, "does not fit here", "" },
	{ "allow input icmpv6 80", 2, 20, 2, "ports go with", "" },
	{ "allow input icmp 80", 2, 18, 2, "ports go with", "" },
	{ "allow input icm", 2, 13, 3, "", "icmpv6" },
	{ "allow input 80", 2, 13, 2, "unknown word 80", "PROTO" },
	{ "allow input tcp 22 to uplink", 2, 23, 6, "this host itself", "" },
	{ "allow input tcp 22 limit 5/hour", 2, 26, 6,
	    "5/hour does not fit here", "" },
	{ "default input", 2, 15, 1, "allow|deny|reject is missing", "" },
	{ "option confirm 5", 2, 16, 1, "10 to 86400", "" },
	{ "option ipv4 maybe", 2, 13, 5, "on or off", "" },
};

static void
test_errors(void **state)
{
	struct statement *st;
	struct err e;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(bad); i++) {
		memset(&e, 0, sizeof(e));
		st = statement_from(bad[i].line, &e);
		if ((st != NULL) != (bad[i].text == NULL))
			fail_msg("%s: %s", bad[i].line, e.text);
		statement_free(st);
		if (bad[i].text == NULL)
			continue;
		if (strstr(e.text, bad[i].text) == NULL ||
		    strstr(e.hint, bad[i].hint) == NULL ||
		    (int)e.code != bad[i].code || e.col != bad[i].col ||
		    e.len != bad[i].len)
			fail_msg("%s: %d at %u+%u: %s (%s)", bad[i].line,
			    (int)e.code, e.col, e.len, e.text, e.hint);
	}
}

/* Words of the language and bytes that hurt, in any order: nothing crashes,
 * and what is accepted is printed as something that reads back the same. */
static void
test_random(void **state)
{
	static const char *const bits[] = { "forward", "tcp", "80", "to", "a",
		"allow", "input", "from", "any", "container", "\"", "\\", "#",
		"[fd00::1]:8", "fe80::1", "\x1b", "\xff\xfe", ",", "-", ":",
		"udp", "note", "\"x y\"", "53-60", "off", "bridge", "br0",
		"ula", "auto", "default", "deny", "limit", "5/m", "log",
		"uplink", "2001:db8::/32", "\xc3\xa9", "on", "'$(x)`|" };
	struct buf line = { 0 }, once = { 0 }, twice = { 0 };
	struct statement *st, *again;
	struct err e;
	unsigned seed = 7, accepted = 0;
	int i, k;

	(void)state;
	for (i = 0; i < 60000; i++) {
		buf_reset(&line);
		for (k = rand_r(&seed) % 9; k >= 0; k--) {
			buf_add(&line,
			    bits[(unsigned)rand_r(&seed) % NITEMS(bits)]);
			if (rand_r(&seed) % 8 != 0)
				buf_add(&line, " ");
		}
		st = statement_from(line.s, &e);
		if (st == NULL)
			continue;
		accepted++;
		buf_reset(&once);
		buf_reset(&twice);
		statement_print(st, &once);
		again = statement_from(once.s, &e);
		if (again == NULL)
			fail_msg("%s -> %s: %s", line.s, once.s, e.text);
		statement_print(again, &twice);
		assert_string_equal(once.s, twice.s);
		statement_free(st);
		statement_free(again);
	}
	assert_true(accepted > 50);
	buf_free(&line);
	buf_free(&once);
	buf_free(&twice);
}

static void
collect(void *arg, const char *word, const char *help)
{
	assert_true(help[0] != '\0');
	if (word[0] != '\0')
		buf_printf(arg, "%s ", word);
}

static void
test_completion(void **state)
{
	static const struct {
		const char *line, *offers;
	} cases[] = {
		{ "", "uplink bridge container forward allow deny reject "
		      "default option " },
		{ "forward ", "tcp udp tcp,udp any " },
		{ "forward tcp 80 ", "to on from only note off " },
		{ "forward tcp 80 to ", "vm00 " },
		{ "forward tcp 80 to vm00 ", "on from only note off " },
		{ "allow input ",
		    "tcp udp tcp,udp any icmpv6 icmp from to only "
		    "limit log note off " },
		{ "allow forward from container ", "vm00 " },
		{ "default ", "input forward output " },
		{ "default input ", "allow deny reject " },
		{ "bogus ", "" },
	};
	struct config c = { 0 };
	struct buf b = { 0 };
	struct suggest s = { .config = &c,
		.values = suggest_values,
		.add = collect,
		.arg = &b };
	struct err e;
	size_t i;

	(void)state;
	assert_int_equal(
	    config_parse(&c, "container vm00 ula fd00::2\n", NULL, &e), 0);
	for (i = 0; i < NITEMS(cases); i++) {
		buf_reset(&b);
		schema_complete(statement_rows, cases[i].line, &s);
		if (strcmp(buf_text(&b), cases[i].offers) != 0)
			fail_msg("\"%s\": %s", cases[i].line, buf_text(&b));
	}
	buf_free(&b);
	config_free(&c);
}

/* A host with an uplink, a bridge, and a container that is a port of it. */
static struct host
suggest_host(void)
{
	static struct link links[] = {
		{ .index = 1, .name = "lo", .kind = "loopback" },
		{ .index = 2, .name = "eth0", .kind = "veth" },
		{ .index = 3, .name = "br0", .kind = "bridge" },
	};
	static struct address addresses[] = {
		{ .nsid = NSID_SELF, .index = 2 },
		{ .nsid = NSID_SELF, .index = 2 },
		{ .nsid = NSID_SELF, .index = 3 },
	};
	static struct route routes[] = { { .index = 2, .dev = "eth0" } };
	static struct container containers[] = {
		{ .name = (char *)"vm 00", .runtime = "lxc", .bridge = 3 },
	};
	struct host h = { .snapshot = { .links = links,
			      .nlinks = NITEMS(links),
			      .addresses = addresses,
			      .naddresses = NITEMS(addresses),
			      .routes = routes,
			      .nroutes = NITEMS(routes),
			      .containers = containers,
			      .ncontainers = NITEMS(containers) } };

	prefix_parse(&addresses[0].prefix, "2001:db8::10/64");
	prefix_parse(&addresses[1].prefix, "fe80::2/64");
	prefix_parse(&addresses[2].prefix, "fd00:1::1/64");
	prefix_parse(&routes[0].gateway, "fe80::1");
	return h;
}

static void
collect_help(void *arg, const char *word UNUSED, const char *help)
{
	buf_printf(arg, "%s; ", help);
}

static void
test_several(void **state)
{
	static const char config[] =
	    "forward tcp 80 to a\nforward tcp 81 to a\nforward udp 53 to a\n";
	struct host h = suggest_host();
	struct buf b = { 0 };
	struct err e;

	(void)state;
	assert_int_equal(config_parse(&h.candidate, config, NULL, &e), 0);
	command_complete(&h, "delete forward ", collect_help, &b);
	assert_string_equal(b.s, "2 statements; forward udp 53 to a; ");
	buf_free(&b);
	config_free(&h.candidate);
}

static void
test_suggestions(void **state)
{
	static const char config[] =
	    "bridge br0 ula fd00:1::1/64\n"
	    "forward tcp 80 to \"vm 00\" from 2001:db8:9::/48\n"
	    "allow input tcp 22\n"
	    "allow forward tcp 80,443\n"
	    "deny input tcp 23\n";
	static const struct {
		const char *line, *offers;
	} cases[] = {
		{ "add uplink ", "eth0 lo br0 " },
		{ "add uplink eth0 address ", "2001:db8::10/64 " },
		{ "add uplink br0 address ", "" },
		{ "add uplink eth0 gateway ", "fe80::1 " },
		{ "add bridge ", "br0 " },
		{ "add bridge br0 ula ", "auto fd00:1::1/64 " },
		{ "add container \"vm 00\" ula ", "auto fd00:1::2 " },
		{ "add forward tcp 81 to ", "\"vm 00\" " },
		{ "add forward tcp 81 to \"vm 00\" on ", "2001:db8::10 " },
		{ "add forward tcp 81 to \"vm 00\" from ", "2001:db8:9::/48 " },
		{ "add allow input from ",
		    "any 2000::/3 container bridge uplink " },
		{ "add option confirm ", "120 300 " },
		{ "add option ipv4 ", "on off " },
		{ "set forward tcp ", "80 to on from only note off " },
		{ "delete forward tcp ", "80 " },
		{ "de f t ", "80 " },
		{ "delete allow ", "input forward " },
		{ "delete allow input ", "tcp " },
		{ "move ", "input forward output " },
		{ "move forward ", "1 " },
		{ "move input 1 ", "up down to " },
		{ "move input 1 to ", "1 2 " },
		{ "move 2 to ", "1 2 " },
		{ "move 1 to ", "" },
		{ "move 7 to ", "" },
	};
	struct host h = suggest_host();
	struct buf b = { 0 };
	struct err e;
	size_t i;

	(void)state;
	assert_int_equal(config_parse(&h.candidate, config, NULL, &e), 0);
	unsetenv("SSH_CONNECTION");
	for (i = 0; i < NITEMS(cases); i++) {
		buf_reset(&b);
		command_complete(&h, cases[i].line, collect, &b);
		if (strcmp(buf_text(&b), cases[i].offers) != 0)
			fail_msg("\"%s\": %s", cases[i].line, buf_text(&b));
	}
	buf_reset(&b);
	command_complete(&h, "help ", collect, &b);
	assert_non_null(strstr(buf_text(&b), "rollback "));
	assert_non_null(strstr(buf_text(&b), "uplink "));
	buf_free(&b);
	config_free(&h.candidate);
}

/* "web1:80" was tried as an address first. */
static void
test_named_target(void **state)
{
	struct err e;
	struct statement *st = statement_from("forward tcp 80 to web1:80", &e);

	(void)state;
	assert_string_equal(st->v[FORWARD_TO].target.name, "web1");
	assert_null(st->v[FORWARD_TO].target.addr);
	statement_free(st);
}

static unsigned
confirm_of(const char *text)
{
	struct config c = { 0 };
	struct err e;
	unsigned seconds;

	assert_int_equal(config_parse(&c, text, NULL, &e), 0);
	seconds = config_option(&c, OPTION_CONFIRM);
	config_free(&c);
	return seconds;
}

/* What help and offers say of an option, and what it takes. */
static void
test_options(void **state)
{
	const struct option_spec *o = &option_specs[OPTION_CONFIRM];
	const struct arg *a = &option_args[OPTION_NAME];
	const struct choice *c;
	char text[64];
	unsigned value, i;
	struct err e;

	(void)state;
	snprintf(
	    text, sizeof(text), "%u-%u (else %u)", o->min, o->max, o->preset);
	assert_non_null(strstr(a->type->choices[OPTION_CONFIRM].help, text));
	for (i = 0; i < OPTION_COUNT; i++)
		for (c = option_specs[i].offers; c->word != NULL; c++)
			assert_int_equal(
			    option_parse(i, c->word, &value, &e), 0);
	assert_int_equal(option_parse(OPTION_CONFIRM, "10", &value, &e), 0);
	assert_int_equal(value, 10);
	assert_int_equal(option_parse(OPTION_CONFIRM, "86401", &value, &e), -1);
	assert_int_equal(option_parse(OPTION_CONFIRM, "010", &value, &e), -1);
	assert_int_equal(option_parse(OPTION_CONFIRM, "60s", &value, &e), -1);
	assert_int_equal(option_specs[OPTION_IPV4].preset, OPTION_OFF);
	assert_int_equal(option_parse(OPTION_IPV4, "off", &value, &e), 0);
	assert_int_equal(value, OPTION_OFF);
	assert_int_equal(option_parse(OPTION_IPV4, "maybe", &value, &e), -1);
	assert_int_equal(value, OPTION_OFF);
	assert_int_equal(confirm_of("option ipv4 off\n"), 120);
	assert_int_equal(confirm_of("option confirm 60\n"), 60);
}

static unsigned
differences(const char *one, const char *other)
{
	struct err e;
	struct statement *a = statement_from(one, &e);
	struct statement *b = statement_from(other, &e);
	unsigned mask = statement_differences(a, b);

	assert_int_equal(mask, statement_differences(b, a));
	assert_int_equal(statement_equal(a, b), mask == 0);
	statement_free(a);
	statement_free(b);
	return mask;
}

/* A value that differs sets its bit alone, however else it is written. */
static void
test_differences(void **state)
{
	static const struct {
		const char *one, *other;
		unsigned mask;
	} rows[] = {
		{ "forward tcp 80 to web1", "forward tcp 80 to web1", 0 },
		{ "forward tcp 80,82 to a", "forward tcp 82,80 to a", 0 },
		{ "forward tcp 80 to a", "forward udp 80 to a",
		    1u << FORWARD_PROTO },
		{ "forward tcp 80-81 to a", "forward tcp 80-82 to a",
		    1u << FORWARD_PORTS },
		{ "forward tcp 80 to a", "forward tcp 80 to a:81",
		    1u << FORWARD_TO },
		{ "forward tcp 80 to fd00::1", "forward tcp 80 to fd00::2",
		    1u << FORWARD_TO },
		{ "forward tcp 80 to a", "forward tcp 80 to a note \"x\" off",
		    1u << FORWARD_NOTE | 1u << FORWARD_OFF },
		{ "forward tcp 80 to a from 2001:db8::/64",
		    "forward tcp 80 to a from 2001:db8::1/64", 0 },
		{ "forward tcp 80 to a from 2001:db8::/64",
		    "forward tcp 80 to a from 2001:db8::/65",
		    1u << FORWARD_FROM },
		{ "allow input tcp 22 from 2001:db8::1",
		    "allow input tcp 22 from uplink", 1u << POLICY_FROM },
		{ "allow forward from container a",
		    "allow forward from container b", 1u << POLICY_FROM },
		{ "allow forward from container a",
		    "allow forward from bridge a", 1u << POLICY_FROM },
		{ "allow forward from uplink", "allow forward to uplink",
		    1u << POLICY_FROM | 1u << POLICY_TO },
		{ "allow forward from container a",
		    "allow forward from container a", 0 },
		{ "allow input from 2001:db8::/64,2001:db8:1::/64",
		    "allow input from 2001:db8:1::/64,2001:db8::/64",
		    1u << POLICY_FROM },
		{ "allow input from 2001:db8::/64,2001:db8:1::/64",
		    "allow input from 2001:db8::/64", 1u << POLICY_FROM },
		{ "allow input from 2001:db8::/64",
		    "allow input from 2001:db8:1::/64", 1u << POLICY_FROM },
		{ "allow input tcp 22 limit 5/second",
		    "allow input tcp 22 limit 5/minute log",
		    1u << POLICY_LIMIT | 1u << POLICY_LOG },
		{ "bridge br0 ula auto", "bridge br0 ula fd00::1/64 masquerade",
		    1u << BRIDGE_ULA | 1u << BRIDGE_MASQUERADE },
		{ "bridge br0 ula fd00:0::1/64", "bridge br0 ula fd00::1/64",
		    0 },
		{ "option confirm 60", "option confirm 61",
		    1u << OPTION_VALUE },
		{ "allow input tcp 22", "deny input tcp 22", UINT_MAX },
	};
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(rows); i++)
		assert_int_equal(
		    differences(rows[i].one, rows[i].other), rows[i].mask);
}

/* A note is a line for people, and not a file. */
static void
test_long_note(void **state)
{
	static const size_t sizes[] = { 1, 4096, 4097, 100000 };
	char *note, *line;
	struct statement *st;
	struct err e;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(sizes); i++) {
		note = xcalloc(1, sizes[i] + 1);
		memset(note, 'n', sizes[i]);
		line = xasprintf("forward tcp 80 to a note \"%s\"", note);
		st = statement_from(line, &e);
		assert_int_equal(st != NULL, sizes[i] <= 4096);
		if (st == NULL)
			assert_non_null(
			    strstr(e.text, " bytes, and may have 4096"));
		statement_free(st);
		free(line);
		free(note);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_long_note),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_completion),
		cmocka_unit_test(test_suggestions),
		cmocka_unit_test(test_several),
		cmocka_unit_test(test_named_target),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_differences),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
