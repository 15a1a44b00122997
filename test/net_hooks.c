/* What is read of the tables of others: all that nft loads into a namespace of
 * our own, as whole hooks, sets and chains. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/kernel/net.h"
#include "core/kernel/net_hooks.h"
#include "core/kernel/net_legacy.h"

#include "lib/guest.h"

static const char rules[] =
    "table inet " NET_TABLE " { chain in { type filter hook input priority 0;"
    " policy drop; }\n"
    "chain pre { type nat hook prerouting priority -110; }\n"
    "chain plain { }\n}\n"
    "table ip6 " NET_TABLE " { chain out { type filter hook output priority 3;"
    " tcp dport 25 drop; }\n}\n"
    "table ip four { chain in { type filter hook input priority 0;"
    " policy drop; }\n}\n"
    "table ip6 asleep { flags dormant; chain in { type filter hook input"
    " priority 0; policy drop; }\n}\n"
    /* as ufw */
    "table ip6 filter {\n"
    "chain ufw6-user-input { tcp dport 22 accept; }\n"
    "chain INPUT { type filter hook input priority 0; policy drop;\n"
    "ct state established accept; jump ufw6-user-input; }\n"
    "chain FORWARD { type filter hook forward priority -5; policy drop; }\n"
    "}\n"
    /* as Docker */
    "table ip6 nat {\n"
    "chain DOCKER { tcp dport 80 dnat to [fd00::2]:80; }\n"
    "chain PREROUTING { type nat hook prerouting priority -100;"
    " jump DOCKER; }\n"
    "chain OUTPUT { type nat hook output priority -100; jump DOCKER; }\n"
    "chain POSTROUTING { type nat hook postrouting priority 100; }\n"
    "}\n"
    /* and in IPv4 */
    "table ip filter {\n"
    "chain ufw-user-input { tcp dport 22 accept; }\n"
    "chain INPUT { type filter hook input priority 0; policy drop;\n"
    "jump ufw-user-input; }\n"
    "}\n"
    "table ip docker {\n"
    "chain DOCKER { tcp dport 80 dnat to 172.17.0.2:80; }\n"
    "chain DOCKER-USER { }\n"
    "chain PREROUTING { type nat hook prerouting priority -100;"
    " jump DOCKER; }\n"
    "chain FORWARD { type filter hook forward priority 0; policy drop;"
    " jump DOCKER-USER; }\n"
    "}\n"
    "table inet parts { chain in { type filter hook input priority 30;"
    " meta nfproto ipv4 drop; }\n"
    "chain pre { type nat hook prerouting priority -90;"
    " tcp dport 80 dnat ip to 172.17.0.2; }\n}\n"
    "table inet firewalld {\n"
    "chain raw { type filter hook prerouting priority -300; notrack; }\n"
    "chain in { type filter hook input priority 10; drop; }\n"
    "chain post { type filter hook postrouting priority 7; }\n"
    "chain through { type filter hook forward priority 0; }\n"
    "chain out { type route hook output priority 1; }\n"
    "chain link { type filter hook ingress device \"d0\" priority 9; }\n"
    "}\n"
    "table bridge frames {\n"
    "chain pre { type filter hook prerouting priority 1; }\n"
    "chain in { type filter hook input priority 2; }\n"
    "chain through { type filter hook forward priority 3; policy drop; }\n"
    "chain out { type filter hook output priority 4; }\n"
    "chain post { type filter hook postrouting priority 5; }\n"
    "}\n"
    "table netdev wires {\n"
    "chain one { type filter hook ingress device \"d0\" priority 1; }\n"
    "chain two { type filter hook ingress devices = { \"d0\", \"d1\" }"
    " priority 2; }\n"
    "}\n"
    "table netdev away {\n"
    "chain out { type filter hook egress device \"d1\" priority 3; drop; }\n"
    "}\n"
    "table inet more {\n"
    "set keys { type inet_service; elements = { 80, 443 } }\n"
    "set bounds { type inet_service; flags interval;"
    " elements = { 1000-1999 } }\n"
    "set ranges { type ipv6_addr . inet_service; flags interval;"
    " elements = { fd00::/64 . 80-89 } }\n"
    "set pairs { type inet_service . ipv6_addr; elements = { 7 . fd00::7 } }\n"
    "map jumps { type inet_service : verdict; elements = { 22 : accept,"
    " 23 : goto last, 24 : drop, 25 : continue } }\n"
    "map addresses { type inet_service : ipv6_addr; elements = { 1 : ::1 } }\n"
    "set times { type inet_service; flags timeout; elements = { 1 } }\n"
    "set fills { type inet_service; flags dynamic; elements = { 1 } }\n"
    "set counts { type inet_service; counter; elements = { 1 } }\n"
    "chain last { tcp dport @keys accept; drop; }\n"
    "chain in { type filter hook input priority 20; tcp dport vmap @jumps; }\n"
    "}\n";

/* ---- as text */

static int
by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* Which of those that it sees: "WORD" for all, "WORD/4" and "WORD/6". */
static void
add_families(struct buf *b, const char *word, const bool *of, const bool *sees)
{
	bool both = of[FAMILY_IPV6] && of[FAMILY_IPV4];

	if (!of[FAMILY_IPV6] && !of[FAMILY_IPV4])
		return;
	buf_add(b, word);
	if (!both && sees[FAMILY_IPV6] && sees[FAMILY_IPV4])
		buf_add(b, of[FAMILY_IPV6] ? "/6" : "/4");
}

static void
tell_hook(struct buf *b, const struct hooks *all, const struct hook *h)
{
	const bool sees[FAMILY_COUNT] = { hook_sees(all, h, FAMILY_IPV6),
		hook_sees(all, h, FAMILY_IPV4) };
	size_t i;

	hook_name(all, h, b);
	buf_printf(b, ": %s %d", hook_places[h->place], h->priority);
	buf_add(b, h->nat ? " nat" : "");
	buf_add(b, h->harmless ? " harmless" : "");
	add_families(b, " drops", h->drops, sees);
	add_families(b, " all", h->all, sees);
	add_families(b, " translates", h->translates, sees);
	buf_add(b, h->cure != NULL ? " cured" : "");
	/* The kernel tells them in any order. */
	if (h->nlinks > 0)
		qsort(h->links, h->nlinks, sizeof(*h->links), by_name);
	for (i = 0; i < h->nlinks; i++)
		buf_printf(b, " %s", h->links[i]);
	buf_add(b, "\n");
}

static void
add_hex(struct buf *b, const uint8_t *v, size_t n)
{
	for (; n > 0; n--, v++)
		buf_printf(b, "%02x", *v);
}

static void
tell_element(struct buf *b, const struct tables *t, const struct rule_set *s,
    const struct set_element *e)
{
	static const char *const fates[] = { "goes on", "accept", "drop",
		"return", "jump", "goto" };
	const struct verdict_to *to = &e->verdict;

	buf_add(b, "  ");
	add_hex(b, e->key, s->len);
	if (memcmp(e->key, e->key_end, s->len) != 0) {
		buf_add(b, "-");
		add_hex(b, e->key_end, s->len);
	}
	buf_add(b, e->end ? " end" : "");
	if (s->verdicts)
		buf_printf(b, " %s", fates[to->fate]);
	if (to->fate == FATE_GOTO)
		buf_printf(b, " %s", t->chains[to->chain].name);
	buf_add(b, "\n");
}

static int
by_key(const void *a, const void *b)
{
	return memcmp(((const struct set_element *)a)->key,
	    ((const struct set_element *)b)->key, REGISTERS_LEN);
}

static void
tell_set(struct buf *b, const struct tables *t, const struct rule_set *s)
{
	static const char *const kinds[] = { "keys", "bounds", "ranges" };
	size_t i;

	buf_printf(b, "%d %s %s: %s of %d", s->family, s->table, s->name,
	    kinds[s->kind], s->len);
	for (i = 0; i < s->nfields; i++)
		buf_printf(b, " %d", s->fields[i]);
	buf_add(b, s->verdicts ? " verdicts\n" : "\n");
	if (s->n > 0)
		qsort(s->v, s->n, sizeof(*s->v), by_key);
	for (i = 0; i < s->n; i++)
		tell_element(b, t, s, &s->v[i]);
}

static void
tell_chain(struct buf *b, const struct rule_chain *c)
{
	size_t i, rules_of = 0;

	for (i = 0; i < c->n; i++)
		rules_of += c->v[i].operation == OP_END;
	buf_printf(b, "%d %s %s: %zu%s", c->family, c->table, c->name, rules_of,
	    c->drops ? " drops" : "");
	buf_add(b, c->translates[FAMILY_IPV6] ? " translates" : "");
	buf_add(b, c->translates[FAMILY_IPV4] ? " translates/4" : "");
	buf_add(b, "\n");
}

/* ---- tests */

static struct hooks hooks;

static int
load_and_read(void **state UNUSED)
{
	struct net *net;
	struct err e;
	FILE *f;

	run_shell("ip link add d0 type veth peer name d1");
	f = popen("nft -f -", "w");
	assert_non_null(f);
	fputs(rules, f);
	assert_int_equal(pclose(f), 0);
	net = net_open(&e);
	if (net == NULL || net_hooks(net, NET_TABLE, &hooks, &e) == -1)
		fail_msg("%s", e.text);
	net_free(net);
	return 0;
}

static int
free_hooks(void **state UNUSED)
{
	hooks_free(&hooks);
	return 0;
}

/* Neither dormant ones nor the inet one of ours. */
static void
test_whole_hooks(void **state UNUSED)
{
	struct buf b = { 0 };
	size_t i;

	for (i = 0; i < hooks.n; i++)
		tell_hook(&b, &hooks, &hooks.v[i]);
	assert_string_equal(buf_text(&b),
	    "table netdev wires, chain one: ingress 1 harmless d0\n"
	    "table netdev wires, chain two: ingress 2 harmless d0 d1\n"
	    "table inet firewalld, chain link of firewalld: ingress 9 harmless d0\n"
	    "table bridge frames, chain pre: bridge prerouting 1 harmless\n"
	    "table bridge frames, chain in: bridge input 2 harmless\n"
	    "table inet firewalld, chain raw of firewalld: prerouting -300\n"
	    "table ip6 nat, chain PREROUTING of Docker: prerouting -100 nat "
	    "harmless translates\n"
	    "table ip docker, chain PREROUTING of Docker: prerouting -100 nat "
	    "harmless translates\n"
	    "table inet parts, chain pre: prerouting -90 nat harmless "
	    "translates/4\n"
	    "table ip four, chain in: input 0 drops all\n"
	    "table ip6 filter, chain INPUT of ufw: input 0 drops cured\n"
	    "table ip filter, chain INPUT of ufw: input 0 drops cured\n"
	    "table inet firewalld, chain in of firewalld: input 10 drops all "
	    "cured\n"
	    "table inet more, chain in: input 20\n"
	    "table inet parts, chain in: input 30 drops/4 all/4\n"
	    "table ip6 filter, chain FORWARD of ufw: forward -5 drops all "
	    "cured\n"
	    "table ip docker, chain FORWARD of Docker: forward 0 drops all "
	    "cured\n"
	    "table inet firewalld, chain through of firewalld: forward 0 harmless "
	    "cured\n"
	    "table ip6 nat, chain OUTPUT of Docker: output -100 nat harmless\n"
	    "table inet firewalld, chain out of firewalld: output 1 harmless\n"
	    "table ip6 " NET_TABLE ", chain out: output 3\n"
	    "table inet firewalld, chain post of firewalld: postrouting 7 harmless\n"
	    "table ip6 nat, chain POSTROUTING of Docker: postrouting 100 nat "
	    "harmless\n"
	    "table bridge frames, chain out: bridge output 4 harmless\n"
	    "table bridge frames, chain post: bridge postrouting 5 harmless\n"
	    "table netdev away, chain out: egress 3 drops all d1\n");
	buf_free(&b);
}

static void
test_own_hooks(void **state UNUSED)
{
	assert_int_equal(hooks.nown, 2);
	assert_string_equal(hooks.own[0].name, "in");
	assert_int_equal(hooks.own[0].place, HOOK_INPUT);
	assert_int_equal(hooks.own[0].priority, 0);
	assert_false(hooks.own[0].nat);
	assert_string_equal(hooks.own[1].name, "pre");
	assert_int_equal(hooks.own[1].place, HOOK_PREROUTING);
	assert_int_equal(hooks.own[1].priority, -110);
	assert_true(hooks.own[1].nat);
}

/* Sets with more than keys and verdicts cannot be read. */
static void
test_whole_sets(void **state UNUSED)
{
	struct buf b = { 0 };
	size_t i;

	for (i = 0; i < hooks.tables.nsets; i++)
		tell_set(&b, &hooks.tables, &hooks.tables.sets[i]);
	assert_string_equal(buf_text(&b),
	    "1 more keys: keys of 2\n"
	    "  0050\n"
	    "  01bb\n"
	    "1 more bounds: bounds of 2\n"
	    "  0000 end\n"
	    "  03e8\n"
	    "  07d0 end\n"
	    "1 more ranges: ranges of 20 16 2\n"
	    "  fd00000000000000000000000000000000500000-"
	    "fd00000000000000ffffffffffffffff00590000\n"
	    "1 more pairs: keys of 20\n"
	    "  00070000fd000000000000000000000000000007\n"
	    "1 more jumps: keys of 2 verdicts\n"
	    "  0016 accept\n"
	    "  0017 goto last\n"
	    "  0018 drop\n"
	    "  0019 goes on\n"
	    "1 more addresses: keys of 0\n"
	    "1 more times: keys of 0\n"
	    "1 more fills: keys of 0\n"
	    "1 more counts: keys of 0\n");
	buf_free(&b);
}

static void
test_whole_chains(void **state UNUSED)
{
	struct buf b = { 0 };
	size_t i;

	for (i = 0; i < hooks.tables.nchains; i++)
		tell_chain(&b, &hooks.tables.chains[i]);
	assert_string_equal(buf_text(&b), "10 " NET_TABLE " out: 1\n"
					  "2 four in: 0 drops\n"
					  "10 asleep in: 0 drops\n"
					  "10 filter ufw6-user-input: 1\n"
					  "10 filter INPUT: 2 drops\n"
					  "10 filter FORWARD: 0 drops\n"
					  "10 nat DOCKER: 1 translates\n"
					  "10 nat PREROUTING: 1\n"
					  "10 nat OUTPUT: 1\n"
					  "10 nat POSTROUTING: 0\n"
					  "2 filter ufw-user-input: 1\n"
					  "2 filter INPUT: 1 drops\n"
					  "2 docker DOCKER: 1 translates/4\n"
					  "2 docker DOCKER-USER: 0\n"
					  "2 docker PREROUTING: 1\n"
					  "2 docker FORWARD: 1 drops\n"
					  "1 parts in: 1\n"
					  "1 parts pre: 1 translates/4\n"
					  "1 firewalld raw: 1\n"
					  "1 firewalld in: 1\n"
					  "1 firewalld post: 0\n"
					  "1 firewalld through: 0\n"
					  "1 firewalld out: 0\n"
					  "1 firewalld link: 0\n"
					  "7 frames pre: 0\n"
					  "7 frames in: 0\n"
					  "7 frames through: 0 drops\n"
					  "7 frames out: 0\n"
					  "7 frames post: 0\n"
					  "5 wires one: 0\n"
					  "5 wires two: 0\n"
					  "5 away out: 1\n"
					  "1 more last: 2\n"
					  "1 more in: 1\n");
	buf_free(&b);
}

static const struct hook *
hook_of(const char *name)
{
	struct buf b = { 0 };
	const struct hook *h, *found = NULL;

	for (h = hooks.v; h < END_OF(hooks.v, hooks.n); h++) {
		buf_reset(&b);
		hook_name(&hooks, h, &b);
		if (strcmp(buf_text(&b), name) == 0)
			found = h;
	}
	buf_free(&b);
	assert_non_null(found);
	return found;
}

/* A hook of links is for those alone; any other is for all. */
static void
test_links(void **state UNUSED)
{
	static const struct {
		const char *hook, *link;
		bool is_on;
	} rows[] = {
		{ "table netdev wires, chain one", "d0", true },
		{ "table netdev wires, chain one", "d1", false },
		{ "table netdev wires, chain one", NULL, false },
		{ "table netdev wires, chain two", "d1", true },
		{ "table netdev away, chain out", "d1", true },
		{ "table netdev away, chain out", "d0", false },
		{ "table bridge frames, chain in", "d0", true },
		{ "table bridge frames, chain in", NULL, true },
	};
	size_t i;

	for (i = 0; i < NITEMS(rows); i++)
		if (hook_is_on(hook_of(rows[i].hook), rows[i].link) !=
		    rows[i].is_on)
			fail_msg("%s on %s", rows[i].hook, rows[i].link);
}

/* What is in a command goes to a shell. */
static void
test_cures(void **state UNUSED)
{
	static const char through[] = "IPTABLES -I DOCKER-USER -o BRIDGE -j "
				      "ACCEPT";
	static const char ports[] = "BRIDGE BRIDGE PROTOCOL PORT DPORT";
	static const char insert[] = "nft insert rule FAMILY TABLE CHAIN "
				     "oifname BRIDGE PROTOCOL dport DPORT";
	static const struct {
		const char *hook, *cure;
		struct hook_want want;
		const char *text;
	} rows[] = {
		{ "table inet more, chain in", NULL, { .bridge = "br0" },
		    "nft list chain inet more in" },
		{ "table netdev away, chain out", NULL, { 0 },
		    "nft list chain netdev away out" },
		{ "table bridge frames, chain in", through,
		    { .bridge = "br-0_.9" },
		    "ip6tables -I DOCKER-USER -o br-0_.9 -j ACCEPT" },
		{ "table bridge frames, chain in", through, { .bridge = "b;r" },
		    "ip6tables -I DOCKER-USER -o BRIDGE -j ACCEPT" },
		{ "table bridge frames, chain in", through, { 0 },
		    "ip6tables -I DOCKER-USER -o BRIDGE -j ACCEPT" },
		{ "table ip four, chain in", through, { .bridge = "br0" },
		    "iptables -I DOCKER-USER -o br0 -j ACCEPT" },
		{ "table ip four, chain in", NULL, { .bridge = "br0" },
		    "nft list chain ip four in" },
		{ "table bridge frames, chain in", ports, { .bridge = "b" },
		    "b b tcp PORT PORT" },
		{ "table bridge frames, chain in", ports,
		    { "b", "udp", 53, 53, false, false }, "b b udp 53 53" },
		{ "table bridge frames, chain in", ports,
		    { "b", "tcp", 80, 90, false, false },
		    "b b tcp 80:90 80-90" },
		{ "table ip four, chain in", insert,
		    { "br0", "udp", 53, 54, false, false },
		    "nft insert rule ip four in oifname br0 udp dport 53-54" },
		{ "table bridge frames, chain in", ports,
		    { .bridge = "b", .rest = true }, "all" },
		{ "table bridge frames, chain in", ports,
		    { .bridge = "b", .calls = true }, "calls by b" },
	};
	struct buf b = { 0 };
	struct hook h;
	size_t i;

	for (i = 0; i < NITEMS(rows); i++) {
		h = *hook_of(rows[i].hook);
		h.cure = rows[i].cure;
		buf_reset(&b);
		h.cure_rest = "all";
		h.cure_calls = "calls by BRIDGE";
		hook_cure(&hooks, &h, &hooks.tables.chains[h.chain],
		    &rows[i].want, &b);
		assert_string_equal(buf_text(&b), rows[i].text);
	}
	buf_free(&b);
}

/* Whoever stays has the list of tables open when the first comes. */
static void
test_legacy(void **state UNUSED)
{
	struct err e;
	struct net *net = net_open(&e);
	int i;

	assert_non_null(net);
	assert_false(net_has_legacy(net));
	if (system("ip6tables-legacy -P INPUT ACCEPT 2>/dev/null") != 0)
		print_message("no iptables-legacy\n");
	else
		for (i = 0; i < 100; i++)
			assert_true(net_has_legacy(net));
	net_free(net);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole_hooks),
		cmocka_unit_test(test_own_hooks),
		cmocka_unit_test(test_whole_sets),
		cmocka_unit_test(test_whole_chains),
		cmocka_unit_test(test_links),
		cmocka_unit_test(test_cures),
		cmocka_unit_test(test_legacy),
	};

	if (guest_skips(true))
		return 0;
	return cmocka_run_group_tests(tests, load_and_read, free_hooks);
}
