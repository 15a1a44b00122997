/* A pending commit on the disk: its phases, and files that nobody wrote. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/util.h"
#include "core/lang/config.h"
#include "core/plan/plan.h"
#include "core/state/pending.h"

#include "lib/folder.h"

#define STATE "pending/state"

static const char *ending; /* the folder of a commit that ends; or NULL */

int __real_unlinkat(int fd, const char *name, int flags);
int __wrap_unlinkat(int fd, const char *name, int flags);

/* Whoever is killed after this leaves nothing that is pending. */
int
__wrap_unlinkat(int fd, const char *name, int flags)
{
	char *text = ending != NULL ? folder_read(ending, STATE) : NULL;

	assert_null(text);
	return __real_unlinkat(fd, name, flags);
}

static void
test_phases(void **state)
{
	struct pending p = { .number = 7,
		.begin = UINT64_MAX - 1,
		.deadline = UINT64_MAX,
		.when = -1,
		.guard = 4711,
		.who = "7of9 (as root) from 2001:db8::1" };
	struct pending back;
	struct err e;
	unsigned phase;

	for (phase = PENDING_APPLYING; phase < PENDING_COUNT; phase++) {
		p.phase = (enum pending_phase)phase;
		assert_int_equal(pending_write(&p, *state, &e), 0);
		assert_int_equal(pending_read(&back, *state, &e), 0);
		assert_int_equal(back.phase, phase);
		assert_int_equal(back.number, 7);
		assert_true(back.begin == UINT64_MAX - 1);
		assert_true(back.deadline == UINT64_MAX);
		assert_int_equal(back.when, -1);
		assert_int_equal(back.guard, 4711);
		assert_string_equal(back.who, p.who);
	}
}

/* What whoever finds a phase may rely on. */
static void
test_rules(void **state)
{
	static const struct {
		enum pending_phase phase;
		enum pending_takeover takeover;
		bool open, between;
	} cases[] = {
		{ PENDING_NONE, TAKEOVER_NONE, false, false },
		{ PENDING_APPLYING, TAKEOVER_REVERT, false, true },
		{ PENDING_WAITING, TAKEOVER_WAIT, true, false },
		{ PENDING_SAVING, TAKEOVER_SAVE, false, false },
		{ PENDING_REVERTING, TAKEOVER_REVERT, false, true },
	};
	const struct pending_rule *rule;
	size_t i;

	(void)state;
	assert_int_equal(NITEMS(cases), PENDING_COUNT);
	for (i = 0; i < NITEMS(cases); i++) {
		rule = &pending_rules[cases[i].phase];
		assert_int_equal(rule->takeover, cases[i].takeover);
		assert_int_equal(rule->open, cases[i].open);
		assert_int_equal(rule->between, cases[i].between);
		assert_int_equal(rule->closed == NULL, rule->open);
	}
}

static const struct {
	const char *text;
	enum pending_phase phase; /* PENDING_NONE: refused */
} files[] = {
	{ "waiting 7 60000 1700000000 4711 root\n", PENDING_WAITING },
	{ "applying 7 0 1700000000 0 root from 2001:db8::1\n",
	    PENDING_APPLYING },
	/* cut */
	{ "", PENDING_NONE },
	{ "wait", PENDING_NONE },
	{ "waiting 7 60000 17000", PENDING_NONE },
	{ "waiting 7 60000 1700000000\n", PENDING_NONE },
	/* broken, or of somebody else */
	{ "none 7 60000 1700000000 4711 root\n", PENDING_NONE },
	{ "resting 7 60000 1700000000 4711 root\n", PENDING_NONE },
	{ "waitingwaitingwaiting 7 60000 1700000000 4711 root\n",
	    PENDING_NONE },
	{ "waiting seven 60000 1700000000 4711 root\n", PENDING_NONE },
	{ "[Unit]\nDescription=x\n", PENDING_NONE },
};

static void
test_files(void **state)
{
	struct pending p;
	struct err e;
	size_t i;
	int r;

	for (i = 0; i < NITEMS(files); i++) {
		folder_write(*state, STATE, files[i].text);
		memset(&e, 0, sizeof(e));
		r = pending_read(&p, *state, &e);
		if (r != (files[i].phase == PENDING_NONE ? -1 : 0) ||
		    (r == 0 && p.phase != files[i].phase))
			fail_msg("%s: %d, %d", files[i].text, r, (int)p.phase);
		if (r != 0)
			assert_non_null(strstr(e.text, "cannot parse "));
	}
}

/* Nothing is pending, also where a file is in the way of the folder. */
static void
test_none(void **state)
{
	struct pending p;
	struct err e;

	assert_int_equal(pending_read(&p, *state, &e), 0);
	assert_int_equal(p.phase, PENDING_NONE);
	folder_write(*state, "pending", "");
	assert_int_equal(pending_read(&p, *state, &e), 0);
	assert_int_equal(p.phase, PENDING_NONE);
	assert_int_equal(pending_write(&p, *state, &e), -1);
	assert_non_null(strstr(e.text, "cannot "));
}

/* An older seki notes no begin and not what was edited, and minds neither. */
static void
test_begin(void **state)
{
	struct pending p;
	struct err e;

	folder_write(
	    *state, STATE, "waiting 7 60000 1700000000 4711 9 (as root)\n");
	assert_int_equal(pending_read(&p, *state, &e), 0);
	assert_true(p.begin == 0);
	assert_string_equal(p.who, "9 (as root)");
	folder_write(
	    *state, STATE, "waiting 7 60000 1700000000 4711 root\n30000\n");
	assert_int_equal(pending_read(&p, *state, &e), 0);
	assert_true(p.begin == 30000);
	assert_false(p.edited);
	assert_string_equal(p.who, "root");
	folder_write(
	    *state, STATE, "waiting 7 60000 1700000000 4711 root\n30000 1\n");
	assert_int_equal(pending_read(&p, *state, &e), 0);
	assert_true(p.begin == 30000);
	assert_true(p.edited);
	folder_write(*state, STATE, "waiting 1 2 3 4 \n30000\n");
	assert_int_equal(pending_read(&p, *state, &e), 0);
	assert_true(p.begin == 30000);
	assert_string_equal(p.who, "");
}

/* A folder in its place. */
static void
test_unreadable(void **state)
{
	struct pending p;
	struct err e;

	folder_write(*state, STATE "/file", "");
	assert_int_equal(pending_read(&p, *state, &e), -1);
	assert_non_null(strstr(e.text, "/pending/state: Is a directory"));
}

/* The state is there last, and gone first: what else is there says nothing. */
static void
test_life(void **state)
{
	struct pending p = { .phase = PENDING_WAITING, .who = "root" };
	struct config config = { 0 };
	struct plan plan = { 0 };
	struct pending back;
	struct step *s;
	struct err e;
	char *text;

	assert_int_equal(config_parse(&config, "uplink eth0\n", NULL, &e), 0);
	s = plan_add(&plan, STEP_RULESET, "seki");
	s->undo = xstrdup("table\n");
	assert_int_equal(pending_begin(*state, &config, &plan, &e), 0);
	assert_int_equal(pending_read(&back, *state, &e), 0);
	assert_int_equal(back.phase, PENDING_NONE);
	assert_int_equal(pending_write(&p, *state, &e), 0);
	assert_int_equal(pending_read(&back, *state, &e), 0);
	assert_int_equal(back.phase, PENDING_WAITING);
	text = folder_read(*state, "pending/config");
	assert_string_equal(text, "uplink eth0\n");
	free(text);
	text = folder_read(*state, "pending/undo.ruleset");
	assert_string_equal(text, "table\n");
	free(text);
	/* with what is given up where the disk is full */
	assert_int_equal(folder_count(*state, "pending"), 5);
	folder_write(*state, "pending/state.1.new", "what a killed one left");
	ending = *state;
	assert_int_equal(pending_end(*state, &e), 0);
	assert_int_equal(folder_count(*state, "."), 0);
	assert_int_equal(pending_end(*state, &e), 0);
	ending = NULL;
	plan_free(&plan);
	config_free(&config);
}

/* Where the config or the steps cannot be written, nobody can revert. */
static void
test_unwritable(void **state)
{
	static const char *const names[] = { "pending/config/file",
		"pending/undo/file", "pending/undo.ruleset/file",
		"pending/spare/file" };
	struct config config = { 0 };
	struct plan plan = { 0 };
	struct err e;
	size_t i;

	plan_add(&plan, STEP_RULESET, "seki")->undo = xstrdup("table\n");
	for (i = 0; i < NITEMS(names); i++) {
		char *folder = xasprintf("%s/%zu", (char *)*state, i);

		folder_write(folder, names[i], "");
		assert_int_equal(pending_begin(folder, &config, &plan, &e), -1);
		assert_non_null(strstr(e.text, " is not a file"));
		free(folder);
	}
	plan_free(&plan);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FOLDER_TEST(test_phases),
		cmocka_unit_test(test_rules),
		FOLDER_TEST(test_files),
		FOLDER_TEST(test_none),
		FOLDER_TEST(test_begin),
		FOLDER_TEST(test_unreadable),
		FOLDER_TEST(test_life),
		FOLDER_TEST(test_unwritable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
