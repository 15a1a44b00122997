/* How a commit ends: taken back, saved, or neither, and what is left of it on
 * the disk. The kernel and the history do what a test wants them to. */
#include "config.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/log.h"
#include "core/commit/revert.h"
#include "core/plan/journal.h"
#include "core/plan/plan_file.h"
#include "core/plan/plan_run.h"
#include "core/state/drift.h"
#include "core/state/history.h"
#include "core/state/lingering.h"
#include "core/state/save.h"

#include "lib/folder.h"

/* What fails, or is so. */
enum {
	STALE = 1,
	BROKEN = 2,
	STUCK = 4,
	UNREAD = 8,
	CHANGED = 16,
	FULL = 32,
	UNSAVED = 64,
	RULES = 128
};

static struct {
	struct buf log; /* what is done, a line each */
	unsigned fails;
	unsigned left; /* connections that go on */
} world;

int __wrap_host_refresh(struct host *, struct err *);
int __wrap_host_reload(struct host *, struct err *);
int __wrap_candidate_forget(
    struct host *, const struct config *committed, struct err *);
int __wrap_plan_read(struct plan *, const char *path, const struct snapshot *,
    struct buf *gone, struct err *);
int __wrap_plan_undo(struct plan *, struct net *, struct err *);
int __wrap_plan_read_back(const struct plan *, struct net *, struct err *);
int __wrap_net_generation(struct net *, uint32_t *, struct err *);
int __wrap_drift_remember(
    struct host *, uint64_t want, uint32_t generation, struct err *);
struct lingering __wrap_lingering_settle(struct host *,
    const struct config *before, const struct config *now,
    const struct lingering_wish *);
int __wrap_journal_load(struct journal *, const char *run_path, struct err *);
int __wrap_pending_write(
    const struct pending *, const char *run_path, struct err *);
int __wrap_history_settle(
    const struct host *, const struct config *saved, struct err *);
unsigned __wrap_history_newest(const struct host *);
int __wrap_save_edited(const struct host *, unsigned number, struct err *);
int __wrap_save_config(const struct host *, const struct config *,
    const char *who, int64_t when, unsigned *number, struct err *);
void __wrap_log_line(int level, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static int
does(const char *what, unsigned failure, struct err *e)
{
	bool fails = (world.fails & failure) != 0;

	buf_printf(&world.log, "%s%s\n", what, fails ? " fails" : "");
	return fails ? err_set(e, ERR_FAIL, "cannot %s", what) : 0;
}

int
__wrap_host_refresh(struct host *h UNUSED, struct err *e)
{
	return does("look", STALE, e);
}

int
__wrap_host_reload(struct host *h UNUSED, struct err *e)
{
	return does("reload", STALE, e);
}

int
__wrap_candidate_forget(
    struct host *h UNUSED, const struct config *committed UNUSED, struct err *e)
{
	return does("forget the candidate", 0, e);
}

/* One step could be read, whatever else is broken. */
int
__wrap_plan_read(struct plan *p, const char *path UNUSED,
    const struct snapshot *s UNUSED, struct buf *gone, struct err *e)
{
	plan_add(p, STEP_ADDRESS_ADD, "lxcbr0")->done = true;
	prefix_parse(&p->v[0].address.prefix, "fd5a::1/64");
	if ((world.fails & RULES) != 0)
		plan_add(p, STEP_RULESET, "");
	buf_add(gone, "vm00\n");
	return does("read the steps", BROKEN, e);
}

int
__wrap_plan_undo(struct plan *p, struct net *net UNUSED, struct err *e)
{
	assert_int_equal(p->n, (world.fails & RULES) != 0 ? 2 : 1);
	return does("undo", STUCK, e);
}

int
__wrap_plan_read_back(
    const struct plan *p UNUSED, struct net *net UNUSED, struct err *e)
{
	return does("compare", CHANGED, e);
}

int
__wrap_net_generation(
    struct net *net UNUSED, uint32_t *generation, struct err *e UNUSED)
{
	*generation = 7;
	return 0;
}

int
__wrap_drift_remember(
    struct host *h UNUSED, uint64_t want, uint32_t generation, struct err *e)
{
	assert_int_equal(want, 0);
	assert_int_equal(generation, 7);
	return does("remember", 0, e);
}

struct lingering
__wrap_lingering_settle(struct host *h UNUSED,
    const struct config *before UNUSED, const struct config *now UNUSED,
    const struct lingering_wish *wish UNUSED)
{
	struct err e;

	does("settle connections", 0, &e);
	return (struct lingering){ .left = world.left };
}

int __real_journal_load(struct journal *, const char *run_path, struct err *);

int
__wrap_journal_load(struct journal *j, const char *run_path, struct err *e)
{
	if ((world.fails & UNREAD) == 0)
		return __real_journal_load(j, run_path, e);
	memset(j, 0, sizeof(*j));
	return err_set(e, ERR_FAIL, "cannot read the journal");
}

int
__wrap_pending_write(
    const struct pending *p, const char *run_path UNUSED, struct err *e)
{
	char *what = xasprintf("write %s", pending_rules[p->phase].name);
	int r = does(what, FULL, e);

	free(what);
	return r;
}

int
__wrap_history_settle(const struct host *h UNUSED,
    const struct config *saved UNUSED, struct err *e)
{
	return does("settle the history", 0, e);
}

unsigned
__wrap_history_newest(const struct host *h UNUSED)
{
	return 12;
}

int
__wrap_save_edited(const struct host *h UNUSED, unsigned number, struct err *e)
{
	return does(
	    number == 0 ? "keep what is saved" : "keep it as #10", 0, e);
}

int
__wrap_save_config(const struct host *h UNUSED, const struct config *c UNUSED,
    const char *who, int64_t when, unsigned *number, struct err *e)
{
	assert_string_equal(who, "root");
	assert_int_equal(when, 1700000000);
	*number = 13;
	return does("save", UNSAVED, e);
}

void
__wrap_log_line(int level UNUSED, const char *fmt, ...)
{
	va_list ap;

	buf_add(&world.log, "log: ");
	va_start(ap, fmt);
	buf_vprintf(&world.log, fmt, ap);
	va_end(ap);
	buf_add(&world.log, "\n");
}

static const struct pending waiting = { .phase = PENDING_WAITING,
	.number = 11,
	.deadline = 60000,
	.when = 1700000000,
	.who = "root" };

static void
did(const char *what, const char *wanted)
{
	if (strcmp(buf_text(&world.log), wanted) != 0)
		fail_msg("%s:\n%s", what, buf_text(&world.log));
	buf_free(&world.log);
}

/* Taking it back */

static const struct {
	unsigned fails;
	const char *error; /* NULL: the host is as before */
	const char *log;
	bool noted; /* the address is still noted as seki's */
} tries[] = {
	{ RULES, NULL, "look\nread the steps\nundo\ncompare\nremember\n",
	    false },
	{ RULES | STALE, NULL,
	    "look fails\nread the steps\nundo\ncompare\nremember\n", false },
	/* rules that were not compared may be another's by now */
	{ 0, NULL, "look\nread the steps\nundo\ncompare\n", false },
	/* what can be undone is, and the first failure is told */
	{ BROKEN, "cannot read the steps", "look\nread the steps fails\nundo\n",
	    false },
	{ BROKEN | STUCK, "cannot read the steps",
	    "look\nread the steps fails\nundo fails\n", false },
	{ STUCK, "cannot undo", "look\nread the steps\nundo fails\n", false },
	{ UNREAD, "cannot read the journal", "look\nread the steps\nundo\n",
	    true },
	{ STUCK | UNREAD, "cannot undo", "look\nread the steps\nundo fails\n",
	    true },
	/* rules that are not as before are nobody's to trust */
	{ RULES | CHANGED, "cannot compare",
	    "look\nread the steps\nundo\ncompare fails\n", false },
};

static void
test_try(void **state)
{
	struct host h = { .run_path = *state };
	struct buf gone = { 0 };
	char *made;
	struct err e;
	size_t i;
	int r;

	buf_add(&gone, "from an earlier try\n");
	for (i = 0; i < NITEMS(tries); i++) {
		folder_write(*state, "made",
		    "address host lxcbr0 fd5a::1/64 0 0 0\n"
		    "address host lxcbr0 fd5a::2/64 0 0 0\n");
		world.fails = tries[i].fails;
		r = revert_try(&h, &gone, &e);
		assert_int_equal(r, tries[i].error != NULL ? -1 : 0);
		if (r != 0)
			assert_string_equal(e.text, tries[i].error);
		assert_string_equal(buf_text(&gone), "vm00\n");
		did("a try", tries[i].log);
		made = folder_read(*state, "made");
		assert_int_equal(
		    strstr(made, "fd5a::1/") != NULL, tries[i].noted);
		assert_non_null(strstr(made, "fd5a::2/"));
		free(made);
	}
	buf_free(&gone);
}

static void
test_begin(void **state)
{
	struct host h = { .run_path = *state };
	struct pending p = waiting;
	struct err e;

	world.fails = FULL;
	assert_int_equal(revert_begin(&h, &p, &e), -1);
	assert_int_equal(p.phase, PENDING_WAITING);
	did("in vain", "write reverting fails\n");
	world.fails = 0;
	assert_int_equal(revert_begin(&h, &p, &e), 0);
	assert_int_equal(p.phase, PENDING_REVERTING);
	did("at last", "write reverting\n");
	assert_int_equal(revert_begin(&h, &p, &e), 0);
	did("again", "");
}

/* What is told of it */

#define BY "commit #11 by root was reverted, as asked"

static const struct {
	const char *gone;
	bool failed;
	unsigned left;
	const char *last, *notes;
} ends[] = {
	{ "", false, 0, BY ": this host is exactly as before\nreverted ",
	    "reverted: this host is exactly as before\n" },
	{ "vm00\nvm01\n", false, 0,
	    BY ": this host is as before, but for what is gone, was "
	       "restarted or is in use since: vm00, vm01\nreverted ",
	    "reverted: this host is as before, but for what is gone, was "
	    "restarted or is in use since: vm00, vm01\n" },
	{ "", false, 3,
	    BY ": this host is exactly as before, but connections go on that "
	       "its rules would not let through: 3\nreverted ",
	    "reverted: this host is exactly as before\n" },
	{ "vm00\n", true, 3, BY ", but not wholly: cannot undo\nbroken ", "" },
};

static void
test_end(void **state)
{
	struct host h = { .run_path = *state };
	struct buf gone = { 0 }, notes = { 0 };
	char *last, *line;
	struct err e;
	size_t i;

	err_set(&e, ERR_FAIL, "cannot undo");
	for (i = 0; i < NITEMS(ends); i++) {
		folder_write(*state, "pending/state", "reverting\n");
		folder_write(*state, "pending/config", "");
		buf_add(&gone, ends[i].gone);
		world.left = ends[i].left;
		revert_end(&h, &waiting, "as asked", &gone,
		    ends[i].failed ? &e : NULL, &notes);
		last = folder_read(*state, "last");
		line = xasprintf("%s11 1700000000 %zu\n", ends[i].last, i + 1);
		assert_string_equal(last, line);
		last[strcspn(last, "\n")] = '\0';
		free(line);
		line = revert_last(*state);
		assert_string_equal(line, last);
		free(line);
		free(last);
		if (!has_prefix(buf_text(&notes), ends[i].notes) ||
		    (ends[i].notes[0] == '\0') != (notes.len == 0))
			fail_msg("%s", buf_text(&notes));
		assert_int_equal(folder_count(*state, "pending"), 0);
		assert_int_equal(
		    strstr(buf_text(&world.log), "settle conn") == NULL,
		    ends[i].failed);
		buf_reset(&gone);
		buf_reset(&notes);
		buf_free(&world.log);
	}
	buf_free(&gone);
	buf_free(&notes);
}

/* How it ended, by what is on the disk. */
static const struct {
	const char *last;
	enum outcome outcome;
	unsigned reverts;
} outcomes[] = {
	{ "it was confirmed\nsaved 11 1700000000\n", OUTCOME_SAVED, 0 },
	{ "it was reverted\nreverted 11 1700000000\n", OUTCOME_REVERTED, 0 },
	{ "it was reverted\nreverted 11 1700000000 7\n", OUTCOME_REVERTED, 7 },
	{ "not wholly\nbroken 11 1700000000\n", OUTCOME_BROKEN, 0 },
	/* its number may have changed since, as its time does not */
	{ "it was confirmed\nsaved 12 1700000000\n", OUTCOME_SAVED, 0 },
	{ "an earlier one\nsaved 11 1699999999\n", OUTCOME_UNKNOWN, 0 },
	{ "a strange one\nlost 11 1700000000\n", OUTCOME_UNKNOWN, 0 },
	{ "saved 11 1700000000\n", OUTCOME_UNKNOWN, 0 },
	{ "it was confirmed\nsaved 11\n", OUTCOME_UNKNOWN, 0 },
	{ "it was confirmed\nsaved", OUTCOME_UNKNOWN, 0 },
	{ "it was confirmed\nsavedsavedsavedsavedsaved 11 1700000000\n",
	    OUTCOME_UNKNOWN, 0 },
	{ "it was confirmed\n", OUTCOME_UNKNOWN, 0 },
	{ "", OUTCOME_UNKNOWN, 0 },
};

#define LATER "commit #12 by root was reverted"
#define NO_NEWS "commit #11 by root is no longer pending"

/* Another's outcome is no news of this one. */
static void
assert_news(const char *run_path, enum outcome outcome, const char *last)
{
	char *news = revert_news(run_path, &waiting);

	if (outcome == OUTCOME_UNKNOWN)
		assert_string_equal(news, NO_NEWS);
	else
		assert_int_equal(strncmp(news, last, strlen(news)), 0);
	assert_non_null(strstr(news, " "));
	free(news);
}

static void
test_outcome(void **state)
{
	char *last;
	size_t i;

	assert_int_equal(revert_outcome(*state, &waiting), OUTCOME_UNKNOWN);
	last = revert_last(*state);
	assert_string_equal(last, "");
	free(last);
	assert_int_equal(revert_count(*state), 0);
	for (i = 0; i < NITEMS(outcomes); i++) {
		folder_write(*state, "last", outcomes[i].last);
		if (revert_outcome(*state, &waiting) != outcomes[i].outcome)
			fail_msg("%s", outcomes[i].last);
		assert_news(*state, outcomes[i].outcome, outcomes[i].last);
		assert_int_equal(revert_count(*state), outcomes[i].reverts);
	}
	folder_write(*state, "last", LATER "\nreverted 12 1700000001\n");
	assert_int_equal(revert_outcome(*state, &waiting), OUTCOME_UNKNOWN);
	assert_news(*state, OUTCOME_REVERTED, LATER);
}

/* Saving it */

static const struct {
	enum pending_phase phase;
	bool same; /* the file has it already */
	bool direct;
	unsigned fails;
	const char *log;
	unsigned number; /* in the end; 0: it failed, and is still pending */
} saves[] = {
	{ PENDING_WAITING, false, false, 0,
	    "write saving\nreload\nsettle the history\nkeep what is saved\n"
	    "save\nlog: commit #13 by root was confirmed\n"
	    "forget the candidate\n",
	    13 },
	{ PENDING_APPLYING, false, true, 0,
	    "write saving\nreload\nsettle the history\nkeep what is saved\n"
	    "save\nlog: commit #13 by root was saved at once, without a "
	    "guard\nforget the candidate\n",
	    13 },
	/* a guard was killed before, or after the file was there */
	{ PENDING_SAVING, false, false, 0,
	    "reload\nsettle the history\nkeep what is saved\nsave\n"
	    "log: commit #13 by root was confirmed\nforget the candidate\n",
	    13 },
	{ PENDING_SAVING, true, false, 0,
	    "reload\nsettle the history\n"
	    "log: commit #12 by root was confirmed\nforget the candidate\n",
	    12 },
	/* what was edited by hand to the same is saved all the same */
	{ PENDING_WAITING, true, false, 0,
	    "write saving\nreload\nsettle the history\nsave\n"
	    "log: commit #13 by root was confirmed\nforget the candidate\n",
	    13 },
	{ PENDING_WAITING, false, false, FULL, "write saving fails\n", 0 },
	{ PENDING_WAITING, false, false, STALE, "write saving\nreload fails\n",
	    0 },
	{ PENDING_WAITING, false, false, UNSAVED,
	    "write saving\nreload\nsettle the history\nkeep what is saved\n"
	    "save fails\n",
	    0 },
};

static void
test_save(void **state)
{
	struct host h = { .run_path = *state };
	struct config committed = { 0 };
	struct pending p;
	struct err e;
	size_t i;
	int r;

	assert_int_equal(
	    config_parse(&committed, "uplink eth0\n", NULL, &e), 0);
	for (i = 0; i < NITEMS(saves); i++) {
		if (saves[i].same)
			config_copy(&h.saved, &committed);
		p = waiting;
		p.phase = saves[i].phase;
		p.deadline = saves[i].direct ? 0 : 60000;
		world.fails = saves[i].fails;
		folder_write(*state, "last", "");
		folder_write(*state, "pending/state", "saving\n");
		r = revert_never(&h, &p, &committed, &e);
		assert_int_equal(r, saves[i].number != 0 ? 0 : -1);
		did("saving", saves[i].log);
		assert_int_equal(
		    folder_count(*state, "pending"), r == 0 ? 0 : 1);
		assert_int_equal(revert_outcome(*state, &p),
		    r == 0 ? OUTCOME_SAVED : OUTCOME_UNKNOWN);
		if (r == 0)
			assert_int_equal(p.number, saves[i].number);
		config_free(&h.saved);
		memset(&h.saved, 0, sizeof(h.saved));
	}
	config_free(&committed);
}

/* What was edited by hand when the commit began has a number of its own. */
static void
test_save_edited(void **state)
{
	struct host h = { .run_path = *state };
	struct config committed = { 0 };
	struct pending p = waiting;
	struct err e;

	p.edited = true;
	assert_int_equal(
	    config_parse(&committed, "uplink eth0\n", NULL, &e), 0);
	world.fails = 0;
	assert_int_equal(revert_never(&h, &p, &committed, &e), 0);
	did("edited",
	    "write saving\nreload\nsettle the history\nkeep it as #10\n"
	    "save\nlog: commit #13 by root was confirmed\n"
	    "forget the candidate\n");
	config_free(&committed);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FOLDER_TEST(test_try),
		FOLDER_TEST(test_begin),
		FOLDER_TEST(test_end),
		FOLDER_TEST(test_outcome),
		FOLDER_TEST(test_save),
		FOLDER_TEST(test_save_edited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
