/* From one ruleset to another: no more is asked of the kernel than what
 * differs, and what is noted of rules in force tells them apart. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/plan/ruleset_build.h"
#include "core/plan/ruleset_diff.h"

#include "lib/asked.h"
#include "lib/vps.h"

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
	text = asked_change(before, after);
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
	    "\"udp-53-new\" }\n");
	free(text);
	text = asked_change(after, after);
	assert_string_equal(text, "");
	free(text);
	text = asked_change(after, before);
	assert_has(text, "delete element inet seki single { "
			 "2001:db8::10 . 17 . 53 }\n");
	assert_has(text, "delete counter inet seki udp-53-in\n");
	assert_has_not(text, "chain");
	free(text);
	free(before);
	free(after);
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
		asked_build(&r, configs[i]);
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
	asked_build(&r, "");
	all = ruleset_marks(&r);
	for (i = 0; r.chains[i].count == 0;)
		i++;
	r.chains[i].count = 0;
	assert_int_not_equal(ruleset_marks(&r), all);
	ruleset_free(&r);
}

/* Other rules are another chain. */
static void
test_changed_chain(void **state)
{
	char *text =
	    asked_change("allow input tcp 22\n", "allow input tcp 23\n");

	(void)state;
	assert_has(text, "flush chain inet seki input\n");
	assert_has(text, "rule inet seki input meta l4proto 6 th dport { 23 }");
	assert_has_not(text, "chain inet seki forward");
	free(text);
}

static void
test_new_target_keeps_counters(void **state)
{
	char *text = asked_change("forward tcp 80 to vm00\n",
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
	asked_build(&have, "");
	ruleset_transaction(&none, &have, &b);
	assert_string_equal(b.s, "delete table inet seki\n");
	buf_reset(&b);
	ruleset_transaction(&none, &none, &b);
	assert_int_equal(b.len, 0);
	ruleset_free(&have);
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_change_is_small),
		cmocka_unit_test(test_digest),
		cmocka_unit_test(test_marks),
		cmocka_unit_test(test_changed_chain),
		cmocka_unit_test(test_new_target_keeps_counters),
		cmocka_unit_test(test_nothing_wanted_deletes_the_table),
	};

	return cmocka_run_group_tests(tests, vps_set_up, NULL);
}
