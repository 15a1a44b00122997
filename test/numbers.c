/* Numbers of commits: what is reserved, promised and given, each once. */
#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/file.h"
#include "core/base/log.h"
#include "core/state/history.h"
#include "core/state/save.h"

#include "lib/folder.h"
#include "lib/past.h"

static int warned;

void __wrap_log_line(int level, const char *fmt, ...);
void
__wrap_log_line(int level, const char *fmt, ...)
{
	(void)fmt;
	assert_int_equal(level, LOG_WARNING);
	warned++;
}

#define A "uplink eth0\n"
#define B "uplink eth1\nbridge br0\n"

/* As a commit of that does as it begins. */
static unsigned
reserve(const struct host *h, const char *text, bool *edited)
{
	struct config c = past_config(text);
	unsigned number;
	struct err e;

	if (history_reserve(h, &c, &number, edited, &e) != 0)
		fail_msg("%s", e.text);
	config_free(&c);
	return number;
}

static void
assert_reserved(
    const struct host *h, const char *text, unsigned number, bool edited)
{
	bool by_hand = !edited;

	assert_int_equal(reserve(h, text, &by_hand), number);
	assert_int_equal(by_hand, edited);
}

/* None is given twice, whatever becomes of the commit that has it. */
static void
test_reserve(void **state)
{
	struct host h;

	past_open(&h, *state);
	h.saved = past_config(B);
	assert_reserved(&h, A, 1, false);
	assert_reserved(&h, A, 2, false);
	past_commit(&h, A, 3);
	assert_reserved(&h, B, 4, false);
	config_free(&h.saved);
	h.saved = past_config(A);
	assert_reserved(&h, A, 3, false);
	assert_reserved(&h, B, 5, false);
	past_commit(&h, B, 6);
	past_close(&h);
}

static void
save_as(const struct host *h, const char *text, unsigned number, unsigned got)
{
	struct config c = past_config(text);
	struct err e;

	if (save_config(h, &c, "anna", 1700000000, &number, &e) != 0)
		fail_msg("%s", e.text);
	assert_int_equal(number, got);
	assert_int_equal(history_newest(h), got);
	past_assert(h, got, text);
	config_free(&c);
}

/* What is saved gets the number that it was promised. */
static void
test_promise(void **state)
{
	struct host h;

	past_open(&h, *state);
	assert_reserved(&h, A, 1, false);
	assert_reserved(&h, A, 2, false);
	save_as(&h, A, 2, 2);
	h.saved = past_config(A);
	assert_reserved(&h, B, 3, false);
	/* one that saved without a guard was faster */
	save_as(&h, "bridge br0\n", 0, 4);
	save_as(&h, B, 3, 5);
	/* numbers of a seki that gave the same to another */
	save_as(&h, A, 5, 6);
	past_close(&h);
}

/* What was edited by hand has a number before what replaces it, and none that
 * was told of another. */
static void
test_edited(void **state)
{
	struct host h;
	struct err e;

	past_open(&h, *state);
	past_commit(&h, A, 1);
	h.saved = past_config(B);
	assert_reserved(&h, A B, 3, true);
	assert_int_equal(save_edited(&h, 2, &e), 0);
	past_assert(&h, 2, B);
	save_as(&h, A B, 3, 3);
	config_free(&h.saved);
	h.saved = past_config(A B);
	assert_reserved(&h, A, 4, false);
	config_free(&h.saved);
	h.saved = past_config(B);
	assert_int_equal(save_edited(&h, 0, &e), 0);
	past_assert(&h, 5, B);
	save_as(&h, A, 4, 6);
	/* reverted before it came to that */
	assert_reserved(&h, A B, 8, true);
	assert_reserved(&h, A B, 10, true);
	err_set(&h.saved_error, ERR_USAGE, "a typo");
	assert_reserved(&h, A, 6, false);
	assert_reserved(&h, A B, 11, false);
	past_close(&h);
}

/* An entry that was left unsettled takes its number before another is given. */
static void
test_unsettled(void **state)
{
	struct host h;

	past_open(&h, *state);
	assert_int_equal(past_prepare(&h, A), 1);
	h.saved = past_config(A);
	assert_reserved(&h, B, 2, false);
	past_assert(&h, 1, A);
	assert_int_equal(past_prepare(&h, B), 3);
	assert_reserved(&h, B, 4, false);
	assert_true(history_is_settled(&h));
	past_close(&h);
}

/* The last number is beside the history; without it the newest counts. */
static void
test_number_file(void **state)
{
	static const struct {
		const char *text;
		unsigned number; /* that is given then */
	} broken[] = { { "", 11 }, { "x", 12 }, { "-1\n", 13 }, { "20x\n", 21 },
		{ "20 7\n", 22 }, { "30", 31 }, { "1000000000\n", 32 },
		{ "999999999x", 33 } };
	struct config b = past_config(B);
	unsigned number = 0;
	struct host h;
	struct err e;
	bool edited;
	char *path;
	size_t i;

	past_open(&h, *state);
	folder_write(*state, "history/number", "7\n");
	past_commit(&h, A, 8);
	folder_write(*state, "history/number", "3\n");
	past_commit(&h, B, 9);
	path = path_beside(h.config_path, "history/number");
	assert_return_code(unlink(path), errno);
	free(path);
	past_commit(&h, A, 10);
	/* one that does not say it keeps nobody from committing */
	for (i = 0; i < NITEMS(broken); i++) {
		folder_write(*state, "history/number", broken[i].text);
		warned = 0;
		past_commit(&h, i % 2 == 0 ? B : A, broken[i].number);
		assert_int_equal(warned, 1);
	}
	warned = 0;
	past_commit(&h, B, 34);
	assert_int_equal(warned, 0);
	/* where one that is there has no next */
	folder_write(*state, "history/number", "999999999\n");
	config_free(&b);
	b = past_config(A);
	assert_int_equal(history_reserve(&h, &b, &number, &edited, &e), -1);
	assert_non_null(strstr(e.text, "no number is left"));
	number = 0;
	assert_int_equal(history_prepare(&h, &b, "anna", 1, &number, &e), -1);
	config_free(&b);
	past_close(&h);
}

/* Numbers that nobody could write down are nobody's. */
static void
test_unwritten_number(void **state)
{
	struct config a = past_config(A);
	unsigned number;
	struct host h;
	struct err e;
	bool edited;

	past_open(&h, *state);
	folder_write(*state, "history/number/in the way", "");
	assert_int_equal(history_reserve(&h, &a, &number, &edited, &e), -1);
	assert_non_null(strstr(e.text, "/history/number"));
	config_free(&a);
	past_close(&h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FOLDER_TEST(test_reserve),
		FOLDER_TEST(test_promise),
		FOLDER_TEST(test_edited),
		FOLDER_TEST(test_unsettled),
		FOLDER_TEST(test_number_file),
		FOLDER_TEST(test_unwritten_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
