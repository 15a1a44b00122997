/* Changes that are made without libnftables: which are, and their bytes. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/plan/ruleset_edit.h"

#include "lib/asked.h"
#include "lib/vps.h"

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
	{ WEB, WEB "forward udp 81 to vm00:82\n", 7 },
	{ WEB "forward udp 81 to vm00:82\n", WEB, 7 },
	{ WEB, "forward tcp 80 to vm00:8080\n", 2 },
	{ WEB, "forward tcp,udp 80 to vm00\n", 16 },
	{ WEB, WEB SEVEN, 49 },
	{ WEB, WEB SEVEN TO_FIFTEEN, 105 },
	{ WEB IPV4, WEB IPV4 "forward udp 81 to vm00:82\n", 14 },
	{ WEB IPV4 "forward udp 81 to vm00:82\n", WEB IPV4, 14 },
	{ WEB IPV4, WEB IPV4 "forward tcp 1 to 10.0.3.10\n", 7 },
	{ WEB IPV4, WEB IPV4 "forward tcp,udp 1,2,3 to vm00\n", 54 },
	{ DENIED, DENIED "container web1 ula " ULA "4\n", 1 },
	{ DENIED "container web1 ula " ULA "4\n", DENIED, 1 },
	{ WEB "forward tcp 8 to vm00 off\n", WEB, 3 },
	/* there is too much of it */
	{ WEB, WEB SEVEN TO_FIFTEEN UDP("16") UDP("17") UDP("18") UDP("19"),
	    0 },
	/* rules change */
	{ WEB, "", 0 },
	{ "", WEB, 0 },
	{ WEB, WEB "allow input tcp 22\n", 0 },
	{ "default input deny\n", "default input allow\n", 0 },
	/* a few ports are as many elements */
	{ "forward tcp 1 to vm00\n",
	    "forward tcp 1 to vm00\nforward tcp 3-4 to vm00\n", 11 },
	/* there are intervals in it */
	{ "forward tcp 1-9 to vm00\n",
	    "forward tcp 1-9 to vm00\nforward tcp 11-19 to vm00\n", 0 },
	{ WEB "forward tcp 1 to vm00 from 2001:db8:1::/48\n",
	    WEB "forward tcp 1 to vm00 from 2001:db8:2::/48\n", 0 },
};

static size_t
edit(const char *from, const char *to, struct net_edit v[NET_EDITS_MAX],
    struct ruleset sides[2])
{
	asked_build(&sides[0], from);
	asked_build(&sides[1], to);
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
	assert_int_equal(edit(WEB, WEB SEVEN, v, sides), 49);
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
	    edit(WEB, WEB "forward udp 8080 to vm00:21000\n", v, sides), 7);
	assert_edit(&v[0], true, NULL, "udp-8080-in", "", 0, "", 0);
	assert_edit(&v[3], true, "single", NULL, key, 24, data, 20);
	assert_edit(
	    &v[5], true, "tally-udp", "udp-8080-out", of_udp, 24, "", 0);
	assert_int_equal(ruleset_edits(&sides[0], &sides[1], v), 7);
	assert_edit(&v[0], false, "single", NULL, key, 24, "", 0);
	assert_edit(&v[2], false, "tally-udp", NULL, of_udp, 24, "", 0);
	assert_edit(&v[6], false, NULL, "udp-8080-out", "", 0, "", 0);
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
	    7);
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_edits),
		cmocka_unit_test(test_edits_of_others),
		cmocka_unit_test(test_edits_in_bytes),
		cmocka_unit_test(test_edits_of_words),
	};

	return cmocka_run_group_tests(tests, vps_set_up, NULL);
}
