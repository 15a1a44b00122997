/* What a commit does when steps, the guard or the kernel fail it: what is
 * undone, by whom, and what is told. */
#include "config.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/commit/commit.h"

#include "lib/folder.h"
#include "lib/world.h"

#define START "try begin write start hold"
#define RUN START " run net_read fw_read judge"
#define GOES_ON "the guard goes on to revert the commit"
#define KILLED "the guard was killed in the middle"
#define SHOW "seki show status tells how it ended"

static void
commit_steps(const char *folder, const char *failing, unsigned confirm,
    unsigned steps, const char *log, const char *error, const char *hint)
{
	struct host h = { .run_path = (char *)folder, .behind = true };
	struct config config = { 0 };
	struct commit_options options = { .force = true, .confirm = confirm };
	struct buf report = { 0 }, notes = { 0 };
	struct err e = { 0 };
	int r;

	world.fails = failing;
	world.lock = -1;
	world.steps = steps;
	buf_free(&world.log);
	r = commit_config(&h, &config, &options, &report, &notes, &e);
	if (strcmp(buf_text(&world.log), log) != 0)
		fail_msg("%s: %s", failing, world.log.s);
	assert_int_equal(r, error != NULL ? -1 : 0);
	if (error != NULL) {
		assert_string_equal(e.text, error);
		assert_string_equal(e.hint, hint);
	}
	assert_int_equal(fcntl(world.lock, F_GETFD), -1);
	buf_free(&world.log);
	buf_free(&report);
	buf_free(&notes);
}

static void
commit(const char *folder, const char *failing, unsigned confirm,
    const char *log, const char *error, const char *hint)
{
	commit_steps(folder, failing, confirm, ADDRESS, log, error, hint);
}

static void
test_failures(void **state)
{
	static const struct {
		const char *fails;
		unsigned confirm;
		const char *log, *error, *hint;
		bool noted; /* that the address is seki's */
	} cases[] = {
		{ "", 60, RUN " applied", NULL, "", true },
		{ "", 0, RUN " keep", NULL, "", true },

		/* no number, or no guard: nothing is done */
		{ "reserve", 60, "try end", "cannot reserve", "", false },
		{ "begin", 60, "try begin end", "cannot begin", "", false },
		{ "write", 60, "try begin write end", "cannot write", "",
		    false },
		{ "start", 60, "try begin write start end", "cannot start", "",
		    false },
		{ "hold", 60, START " end", "cannot hold", "", false },
		{ "hold alive", 60, START, "cannot hold", "", false },

		/* somebody meddles, or the kernel cannot be read */
		{ "judge", 60, RUN " undo cancel", "cannot judge", "", false },
		{ "judge", 0, RUN " undo cancel", "cannot judge", "", false },
		{ "judge undo", 60, RUN " undo", "cannot judge", GOES_ON,
		    true },
		{ "net_read", 60, START " run net_read undo cancel",
		    "cannot net_read", "", false },
		{ "fw_read", 60, START " run net_read fw_read undo cancel",
		    "cannot fw_read", "", false },
		{ "run", 60, START " run cancel", "cannot run", "", false },

		/* the guard refuses; what it should have kept, it reverts */
		{ "applied", 60, RUN " applied undo cancel", "cannot applied",
		    "", false },
		{ "applied undo", 60, RUN " applied undo", "cannot applied",
		    GOES_ON, true },
		{ "keep", 0, RUN " keep", "cannot keep", "", true },
	};
	char *made;
	size_t i;

	for (i = 0; i < NITEMS(cases); i++) {
		folder_write(*state, "made", "");
		commit(*state, cases[i].fails, cases[i].confirm, cases[i].log,
		    cases[i].error, cases[i].hint);
		made = folder_read(*state, "made");
		assert_int_equal(
		    strstr(made, "fd5a::1/") != NULL, cases[i].noted);
		free(made);
	}
}

/* Rules are read back against those that were planned; on a host that has
 * changed meanwhile, against those that it should have now. */
static void
test_read_back(void **state)
{
	static const char log[] = START " run net_read judge applied";

	commit_steps(*state, "", 60, RULES | KNOWN, log, NULL, "");
	assert_int_equal(world.read, PLANNED);
	world.moved = true;
	commit_steps(*state, "", 60, RULES | KNOWN, log, NULL, "");
	assert_int_not_equal(world.read, PLANNED);
	world.moved = false;
}

/* The state on the disk tells how it went. */
static void
test_lost_guard(void **state)
{
	static const struct {
		const char *fails;
		enum pending_phase phase;
		int later; /* another commit's */
		enum outcome outcome;
		const char *error, *hint;
	} cases[] = {
		{ "", PENDING_WAITING, 0, OUTCOME_UNKNOWN, NULL, "" },
		{ "", PENDING_WAITING, 1, OUTCOME_SAVED, KILLED, SHOW },
		{ "", PENDING_NONE, 0, OUTCOME_SAVED, NULL, "" },
		{ "", PENDING_NONE, 0, OUTCOME_REVERTED, KILLED, SHOW },
		{ "", PENDING_NONE, 0, OUTCOME_BROKEN, KILLED, SHOW },
		{ "", PENDING_NONE, 0, OUTCOME_UNKNOWN, KILLED, SHOW },
		{ "", PENDING_APPLYING, 0, OUTCOME_SAVED, KILLED, SHOW },
		{ "", PENDING_REVERTING, 0, OUTCOME_SAVED, KILLED, SHOW },
		{ "takeover", PENDING_WAITING, 0, OUTCOME_UNKNOWN,
		    "cannot applied",
		    "taking it back failed as well: cannot takeover" },
		{ "pending_read", PENDING_WAITING, 0, OUTCOME_UNKNOWN,
		    "cannot pending_read", "" },
	};
	char *failing;
	size_t i;

	for (i = 0; i < NITEMS(cases); i++) {
		world.now = (struct pending){ .phase = cases[i].phase,
			.when = cases[i].later };
		world.outcome = cases[i].outcome;
		failing = xasprintf("lost applied %s", cases[i].fails);
		commit(*state, failing, 60,
		    strcmp(cases[i].fails, "takeover") == 0
			? RUN " applied takeover"
			: RUN " applied takeover pending_read",
		    cases[i].error, cases[i].hint);
		free(failing);
	}
}

/* Whatever else a commit meets. */

enum { READ_ONLY = 1, SAVED = 2 }; /* it, with that config */

#define GUARDED                                                                \
	{                                                                      \
		.confirm = 60                                                  \
	}
#define FORCED                                                                 \
	{                                                                      \
		.confirm = 60, .force = true                                   \
	}
#define CHECKED                                                                \
	{                                                                      \
		.confirm = 60, .check = true                                   \
	}
#define DIRECT                                                                 \
	{                                                                      \
		.direct = true                                                 \
	}
#define UPLINK "uplink eth0\n"
#define BOTH (ADDRESS | RULES)

struct attempt {
	struct commit_options options;
	const char *config;
	unsigned steps; /* as in world */
	const char *fails;
	enum err_code code;
	const char *log;
	const char *told; /* is part of it; NULL: nothing is told */
	bool remembered;
	struct {
		unsigned sessions, earlier;
		bool dead;
		unsigned host;
	} met; /* as in world, and the host */
};

static const struct attempt attempts[] = {
	/* at a boot: each step by itself, and it is saved all the same */
	{ DIRECT, "", BOTH, "", ERR_NONE,
	    "try address-add ruleset net_read fw_read judge save", "", true,
	    { 0 } },
	{ DIRECT, "", BOTH | KNOWN, "", ERR_NONE,
	    "try address-add ruleset net_read judge save", "", true, { 0 } },
	{ DIRECT, "", BOTH, "address-add", ERR_PARTLY,
	    "try address-add ruleset save", "not done: cannot address-add",
	    true, { 0 } },
	{ DIRECT, "", BOTH, "ruleset", ERR_PARTLY,
	    "try address-add ruleset save", "not done: cannot ruleset", false,
	    { 0 } },
	{ DIRECT, "", BOTH, "address-add ruleset", ERR_FAIL,
	    "try address-add ruleset save", "not done: cannot ruleset", false,
	    { 0 } },
	/* the rules alone say by themselves what they are worth */
	{ DIRECT, "", RULES, "ruleset", ERR_FAIL, "try ruleset",
	    "table inet seki: delete it", false, { 0 } },
	{ DIRECT, "", BOTH, "judge", ERR_PARTLY,
	    "try address-add ruleset net_read fw_read judge save",
	    "not done: cannot judge", true, { 0 } },
	{ DIRECT, "", BOTH, "save", ERR_PARTLY,
	    "try address-add ruleset net_read fw_read judge save",
	    "not done: cannot save", true, { 0 } },
	{ DIRECT, "", 0, "", ERR_NONE, "try save", NULL, true, { 0 } },
	{ DIRECT, "", BOTH, "try", ERR_FAIL, "try", NULL, false, { 0 } },

	/* what is not there: left out at a boot, else refused */
	{ DIRECT, UPLINK, 0, "", ERR_NONE, "try save",
	    "warning: eth0 is not there", true, { 0 } },
	{ GUARDED, UPLINK, ADDRESS, "", ERR_UNSAFE, "", NULL, false, { 0 } },

	/* before anything changes */
	{ GUARDED, "", ADDRESS, "try", ERR_FAIL, "try", NULL, false, { 0 } },
	{ GUARDED, "", ADDRESS, "", ERR_NONE,
	    "session1 session2 " RUN " applied", "commit #5 is pending", true,
	    { .sessions = 2 } },
	{ GUARDED, "", ADDRESS, "session1", ERR_FAIL, "session1", NULL, false,
	    { .sessions = 2 } },
	{ GUARDED, "", ADDRESS, "session2", ERR_FAIL, "session1 session2", NULL,
	    false, { .sessions = 2 } },
	{ FORCED, "", ADDRESS, "session1", ERR_NONE, RUN " applied",
	    "commit #5 is pending", true, { .sessions = 2 } },
	{ CHECKED, "", BOTH, "", ERR_NONE, "session1 try",
	    "add address fd5a::1/64", false, { .sessions = 1 } },
	{ CHECKED, "", ADDRESS, "", ERR_NONE, "try", "", false,
	    { .host = READ_ONLY } },
	{ GUARDED, "", ADDRESS, "", ERR_UNSAFE, "", NULL, false,
	    { .host = READ_ONLY } },

	/* nothing to do in the kernel, or nothing at all */
	{ GUARDED, "option confirm 90\n", 0, "", ERR_NONE, START " run keep",
	    "commit #5 is saved", true, { 0 } },
	{ GUARDED, "option confirm 90\n", 0, "", ERR_NONE, "try",
	    "nothing to commit", true, { .host = SAVED } },
	{ GUARDED, "option confirm 90\n", ADDRESS, "", ERR_NONE, RUN " applied",
	    "commit #5 is pending", true, { .host = SAVED } },
	{ DIRECT, "option confirm 90\n", 0, "", ERR_NONE, "try save", NULL,
	    true, { .host = SAVED } },

	/* what stopped meanwhile is told, and is no reason to take it back */
	{ GUARDED, "", ADDRESS | INSIDE, "", ERR_PARTLY, RUN " applied",
	    "not done: vm00 has stopped", true, { 0 } },

	/* others */
	{ GUARDED, "", ADDRESS, "lock", ERR_BUSY, "", NULL, false, { 0 } },
	{ GUARDED, "", ADDRESS, "", ERR_BUSY, "", NULL, false,
	    { .earlier = 4 } },
	{ DIRECT, "", ADDRESS, "", ERR_BUSY, "", NULL, false,
	    { .earlier = 4 } },
	{ CHECKED, "", ADDRESS, "", ERR_NONE, "try", "", false,
	    { .earlier = 4, .dead = true } },
	{ GUARDED, "", ADDRESS, "", ERR_NONE, "recover " RUN " applied",
	    "note: a commit whose guard had been killed", true,
	    { .dead = true } },
	{ GUARDED, "", ADDRESS, "recover", ERR_FAIL, "recover", NULL, false,
	    { .dead = true } },
};

static void
set_up(const struct attempt *a, struct host *h, struct config *c)
{
	struct err e;

	world.fails = a->fails;
	world.lock = -1;
	world.steps = a->steps;
	world.sessions = a->met.sessions;
	world.earlier = a->met.earlier;
	world.dead = a->met.dead;
	world.remembered = world.unmasked = false;
	memset(&world.written, 0, sizeof(world.written));
	buf_free(&world.log);
	memset(c, 0, sizeof(*c));
	assert_int_equal(config_parse(c, a->config, NULL, &e), 0);
	if ((a->met.host & SAVED) != 0)
		config_copy(&h->saved, c);
	h->read_only = (a->met.host & READ_ONLY) != 0;
}

static void
check_attempt(size_t i, const struct attempt *a, enum err_code code,
    const struct buf *told)
{
	if (code != a->code || strcmp(buf_text(&world.log), a->log) != 0)
		fail_msg("%zu: %d, %s", i, (int)code, buf_text(&world.log));
	if (a->told == NULL ? told->len > 0
			    : strstr(buf_text(told), a->told) == NULL)
		fail_msg("%zu: %s", i, buf_text(told));
	if (world.remembered != a->remembered)
		fail_msg("%zu: rules are noted: %d", i, world.remembered);
	assert_false(world.unmasked);
	assert_true(is_stoppable());
}

static void
test_attempts(void **state)
{
	const struct attempt *a;
	struct config config;
	struct buf told = { 0 };
	struct err e;
	size_t i;
	int r;

	for (i = 0; i < NITEMS(attempts); i++) {
		struct host h = { .run_path = *state, .behind = true };

		a = &attempts[i];
		folder_write(*state, "made", "");
		set_up(a, &h, &config);
		r = commit_config(&h, &config, &a->options, &told, &told, &e);
		check_attempt(i, a, r != 0 ? e.code : ERR_NONE, &told);
		assert_null(h.applying);
		buf_reset(&told);
		config_free(&config);
		config_free(&h.saved);
	}
	buf_free(&told);
	buf_free(&world.log);
	memset(&world, 0, sizeof(world));
}

/* The kernel's reason is that of the whole. */
static void
test_nothing_done(void **state)
{
	static const struct commit_options options = DIRECT;
	struct host h = { .run_path = *state, .behind = true };
	struct config config = { 0 };
	struct buf report = { 0 }, notes = { 0 };
	struct err e;

	world.fails = "ruleset";
	world.lock = -1;
	world.steps = RULES;
	assert_int_equal(
	    commit_config(&h, &config, &options, &report, &notes, &e), -1);
	assert_int_equal(notes.len, 0);
	assert_string_equal(
	    e.text, "nothing of it could be done: cannot ruleset");
	assert_int_equal(e.code, ERR_FAIL);
	buf_free(&report);
	buf_free(&world.log);
}

/* Until when the guard waits; nobody has to confirm what changes nothing. */
static void
test_deadline(void **state)
{
	commit(*state, "", 60, RUN " applied", NULL, "");
	assert_int_equal(world.written.deadline, NOW + 60000);
	assert_int_equal(world.written.phase, PENDING_APPLYING);
	assert_int_equal(world.written.number, 5);
	commit(*state, "", 0, RUN " keep", NULL, "");
	assert_int_equal(world.written.deadline, 0);
}

/* What failed in a container is not waited for by a revert. */
static void
test_failed_inside(void **state)
{
	char *undo;

	folder_write(*state, "pending/undo", "before\n");
	commit(*state, "", 60, RUN " applied", NULL, "");
	undo = folder_read(*state, "pending/undo");
	assert_string_equal(undo, "before\n");
	free(undo);
	commit_steps(*state, "", 60, ADDRESS | INSIDE, RUN " applied",
	    "not all of it could be done; the rest is in force", "");
	undo = folder_read(*state, "pending/undo");
	assert_true(has_prefix(undo, "address-add host lxcbr0 fd5a::1/64 "));
	free(undo);
}

static void
test_candidate(void **state)
{
	struct commit_options options = { .confirm = 60, .check = true };
	struct host h = { .run_path = *state, .behind = true };
	struct buf told = { 0 };
	struct err e;

	world.fails = "";
	world.steps = ADDRESS;
	assert_int_equal(
	    config_parse(&h.candidate, "option confirm 90\n", NULL, &e), 0);
	assert_int_equal(
	    config_parse(&h.saved, "option confirm 70\n", NULL, &e), 0);
	assert_int_equal(commit_seconds(&h), 90);
	assert_int_equal(commit_candidate(&h, &options, &told, &told, &e), 0);
	err_set(&h.candidate_error, ERR_USAGE, "the candidate");
	assert_int_equal(commit_candidate(&h, &options, &told, &told, &e), -1);
	assert_string_equal(e.text, "the candidate");
	err_set(&h.saved_error, ERR_USAGE, "what is saved");
	assert_int_equal(commit_candidate(&h, &options, &told, &told, &e), -1);
	assert_string_equal(e.text, "what is saved");
	h.candidate_error.code = ERR_NONE;
	assert_int_equal(commit_candidate(&h, &options, &told, &told, &e), -1);
	assert_string_equal(e.text, "what is saved");
	buf_free(&told);
	buf_free(&world.log);
	config_free(&h.candidate);
	config_free(&h.saved);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FOLDER_TEST(test_failures),
		FOLDER_TEST(test_read_back),
		FOLDER_TEST(test_lost_guard),
		FOLDER_TEST(test_attempts),
		FOLDER_TEST(test_nothing_done),
		FOLDER_TEST(test_deadline),
		FOLDER_TEST(test_failed_inside),
		FOLDER_TEST(test_candidate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
