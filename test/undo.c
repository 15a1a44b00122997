/* The stacks of edits: what the candidate was before each, and before each was
 * taken back. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/util.h"
#include "core/lang/config.h"
#include "core/state/undo.h"

#include "lib/folder.h"

static void
push(const char *folder, enum undo_stack stack, const char *text)
{
	struct err e;

	if (undo_push(folder, stack, text, &e) != 0)
		fail_msg("%s", e.text);
}

static void
pop(const char *folder, enum undo_stack stack)
{
	struct err e;

	if (undo_pop(folder, stack, &e) != 0)
		fail_msg("%s", e.text);
}

/* NULL: empty. */
static void
assert_top(const char *folder, enum undo_stack stack, const char *wanted)
{
	char *text = undo_top(folder, stack);

	if (wanted == NULL)
		assert_null(text);
	else if (text == NULL)
		fail_msg("nothing, and not %s", wanted);
	else
		assert_string_equal(text, wanted);
	free(text);
}

static void
test_edits(void **state)
{
	assert_top(*state, UNDO_EDITS, NULL);
	push(*state, UNDO_EDITS, "");
	push(*state, UNDO_EDITS, "uplink eth0\n");
	push(*state, UNDO_EDITS, "uplink eth1\n");
	assert_top(*state, UNDO_EDITS, "uplink eth1\n");
	assert_top(*state, UNDO_EDITS, "uplink eth1\n");
	pop(*state, UNDO_EDITS);
	assert_top(*state, UNDO_EDITS, "uplink eth0\n");
	push(*state, UNDO_EDITS, "uplink eth2\n");
	assert_top(*state, UNDO_EDITS, "uplink eth2\n");
	pop(*state, UNDO_EDITS);
	pop(*state, UNDO_EDITS);
	assert_top(*state, UNDO_EDITS, "");
	pop(*state, UNDO_EDITS);
	assert_top(*state, UNDO_EDITS, NULL);
	pop(*state, UNDO_EDITS);
}

/* One after the other from stack to stack and back. */
static void
test_undo_and_redo(void **state)
{
	static const char *const was[] = { "a\n", "b\n", "c\n" };
	const char *now = "d\n";
	size_t i;

	for (i = 0; i < NITEMS(was); i++)
		push(*state, UNDO_EDITS, was[i]);
	for (i = NITEMS(was); i > 0; i--) {
		assert_top(*state, UNDO_EDITS, was[i - 1]);
		push(*state, UNDO_TAKEN_BACK, now);
		pop(*state, UNDO_EDITS);
		now = was[i - 1];
	}
	assert_top(*state, UNDO_EDITS, NULL);
	for (i = 1; i < NITEMS(was); i++) {
		assert_top(*state, UNDO_TAKEN_BACK, was[i]);
		push(*state, UNDO_EDITS, was[i - 1]);
		pop(*state, UNDO_TAKEN_BACK);
	}
	assert_top(*state, UNDO_TAKEN_BACK, "d\n");
	assert_top(*state, UNDO_EDITS, "b\n");
	undo_clear(*state, UNDO_TAKEN_BACK);
	assert_top(*state, UNDO_TAKEN_BACK, NULL);
	assert_top(*state, UNDO_EDITS, "b\n");
}

static void
test_oldest_go(void **state)
{
	char text[16];
	unsigned i;

	for (i = 1; i <= UNDO_KEPT + 3; i++) {
		snprintf(text, sizeof(text), "%u", i);
		push(*state, UNDO_EDITS, text);
	}
	assert_int_equal(folder_count(*state, "undo"), UNDO_KEPT);
	for (i = UNDO_KEPT + 3; i > 3; i--) {
		snprintf(text, sizeof(text), "%u", i);
		assert_top(*state, UNDO_EDITS, text);
		pop(*state, UNDO_EDITS);
	}
	assert_top(*state, UNDO_EDITS, NULL);
	push(*state, UNDO_EDITS, "x");
	push(*state, UNDO_EDITS, "y");
	undo_clear(*state, UNDO_EDITS);
	assert_int_equal(folder_count(*state, "undo"), 0);
}

/* What is no number there is not ours, and left alone. */
static void
test_others(void **state)
{
	char *text;

	folder_write(*state, "undo/000002.1.new", "half");
	folder_write(*state, "undo/README", "hello");
	folder_write(*state, "undo/9x", "x");
	assert_top(*state, UNDO_EDITS, NULL);
	push(*state, UNDO_EDITS, "a\n");
	assert_top(*state, UNDO_EDITS, "a\n");
	text = folder_read(*state, "undo/000001");
	assert_string_equal(text, "a\n");
	free(text);
	undo_clear(*state, UNDO_EDITS);
	assert_int_equal(folder_count(*state, "undo"), 3);
}

/* As large as a config may be. */
static void
test_large(void **state)
{
	char *text = xcalloc(CONFIG_MAX + 1, 1);

	memset(text, '#', CONFIG_MAX);
	push(*state, UNDO_EDITS, text);
	assert_top(*state, UNDO_EDITS, text);
	push(*state, UNDO_TAKEN_BACK, text);
	assert_top(*state, UNDO_TAKEN_BACK, text);
	free(text);
}

static void
test_unwritable(void **state)
{
	struct err e;

	folder_write(*state, "undo", "");
	assert_int_equal(undo_push(*state, UNDO_EDITS, "a\n", &e), -1);
	assert_non_null(strstr(e.text, "cannot "));
	assert_top(*state, UNDO_EDITS, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FOLDER_TEST(test_edits),
		FOLDER_TEST(test_undo_and_redo),
		FOLDER_TEST(test_oldest_go),
		FOLDER_TEST(test_others),
		FOLDER_TEST(test_large),
		FOLDER_TEST(test_unwritable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
