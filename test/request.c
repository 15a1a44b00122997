/* What can be said to a guard, and what cannot. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/util.h"
#include "core/commit/guard_request.h"

static const struct {
	const char *line;
	enum guard_word word; /* GUARD_WORDS: an error */
	uint64_t number;
} rows[] = {
	{ "hold", GUARD_HOLD, 0 },
	{ "status\n", GUARD_STATUS, 0 },
	{ "status\nrevert\n", GUARD_STATUS, 0 },
	{ "hold", GUARD_HOLD, 0 },
	{ "keep", GUARD_KEEP, 0 },
	{ "cancel", GUARD_CANCEL, 0 },
	{ "confirm", GUARD_CONFIRM, 0 },
	{ "unproven", GUARD_UNPROVEN, 0 },
	{ "revert", GUARD_REVERT, 0 },
	{ "alive", GUARD_ALIVE, 0 },
	{ "applied", GUARD_APPLIED, 0 },
	{ "applied 123456", GUARD_APPLIED, 123456 },
	{ "applied 18446744073709551615", GUARD_APPLIED, UINT64_MAX },
	{ "applied 18446744073709551616", GUARD_WORDS, 0 },
	{ "extend 60\n", GUARD_EXTEND, 60 },
	{ "extend 007", GUARD_EXTEND, 7 },
	{ "extend", GUARD_WORDS, 0 },
	{ "extend ", GUARD_WORDS, 0 },
	{ "extend -60", GUARD_WORDS, 0 },
	{ "extend +60", GUARD_WORDS, 0 },
	{ "extend 60 s", GUARD_WORDS, 0 },
	{ "extend  60", GUARD_WORDS, 0 },
	{ "revert 1", GUARD_REVERT, 1 },
	{ "confirm 12", GUARD_CONFIRM, 12 },
	{ "unproven 12", GUARD_UNPROVEN, 12 },
	{ "confirm x", GUARD_WORDS, 0 },
	{ "status 1", GUARD_WORDS, 0 },
	{ "revert ", GUARD_WORDS, 0 },
	{ "reverted", GUARD_WORDS, 0 },
	{ "rever", GUARD_WORDS, 0 },
	{ " revert", GUARD_WORDS, 0 },
	{ "\nrevert", GUARD_WORDS, 0 },
	{ "", GUARD_WORDS, 0 },
};

static void
each_line_is_one_thing(void **state)
{
	struct guard_request r;
	struct err e;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(rows); i++) {
		if (rows[i].word == GUARD_WORDS) {
			assert_int_equal(
			    guard_request_parse(&r, rows[i].line, &e), -1);
			assert_int_equal(e.code, ERR_USAGE);
			continue;
		}
		assert_int_equal(guard_request_parse(&r, rows[i].line, &e), 0);
		assert_int_equal(r.word, rows[i].word);
		assert_true(r.number == rows[i].number);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_line_is_one_thing),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
