/* What a commit does when steps, the guard or the kernel fail it: what is
 * undone, by whom, and what is told. All that it asks for is made up. */
#include "config.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/util.h"
#include "core/commit/commit.h"
#include "core/commit/dry_run.h"
#include "core/commit/guard_talk.h"
#include "core/commit/readback.h"
#include "core/commit/revert.h"
#include "core/commit/takeover.h"
#include "core/kernel/net_sock.h"
#include "core/plan/fw.h"
#include "core/plan/plan_run.h"
#include "core/state/drift.h"
#include "core/state/history.h"
#include "core/state/lingering.h"
#include "core/state/lock.h"
#include "core/state/save.h"

#include "lib/folder.h"

static struct {
	struct buf log;	   /* what is done, a word each */
	const char *fails; /* words of it */
	int lock;
	struct pending written, now; /* on the disk: by the commit; then */
	enum outcome outcome;
} world;

int __wrap_takeover(struct host *, struct err *);
int __wrap_lock_run_soon(const char *run_path, struct err *);
int __wrap_host_reload(struct host *, struct err *);
int __wrap_host_refresh(struct host *, struct err *);
int __wrap_history_committed(const struct host *, struct config *);
unsigned __wrap_history_expect(const struct host *, const struct config *);
int __wrap_net_listeners(
    struct net *, const struct container *, struct listeners *, struct err *);
int __wrap_net_generation(struct net *, uint32_t *, struct err *);
int __wrap_net_read(struct net *, struct snapshot *, struct err *);
int __wrap_fw_read(struct ruleset *, struct err *);
int __wrap_drift_plan(struct host *, const struct model *,
    const struct journal *, struct plan *, struct err *);
int __wrap_drift_remember(
    struct host *, uint64_t want, uint32_t generation, struct err *);
int __wrap_dry_run(struct plan *, struct err *);
int __wrap_save_edited(const struct host *, struct err *);
int __wrap_pending_begin(const char *run_path, const struct config *,
    const struct plan *, struct err *);
int __wrap_pending_write(
    const struct pending *, const char *run_path, struct err *);
int __wrap_pending_read(struct pending *, const char *run_path, struct err *);
int __wrap_pending_end(const char *run_path, struct err *);
int __wrap_guard_start(const struct host *, struct err *);
int __wrap_guard_hold(const struct host *, struct err *);
int __wrap_guard_say(
    int hold, const char *line, struct buf *answer, struct err *);
enum guard_state __wrap_guard_look(const char *run_path, pid_t *pid);
int __wrap_plan_run(
    struct plan *, struct net *, struct buf *failed, struct err *);
int __wrap_plan_fail(struct plan *, struct net *, struct err *);
int __wrap_readback_judge(
    const struct plan *done, const struct plan *left, struct err *);
enum outcome __wrap_revert_outcome(
    const char *run_path, const struct pending *);
struct lingering __wrap_lingering_settle(
    struct host *, const struct config *before, const struct config *now);

static bool
fails(const char *what)
{
	return strstr(world.fails, what) != NULL;
}

static int
does(const char *what, struct err *e)
{
	buf_printf(&world.log, "%s%s", world.log.len > 0 ? " " : "", what);
	return fails(what) ? err_set(e, ERR_FAIL, "cannot %s", what) : 0;
}

/* The lock must be free by then. */
int
__wrap_takeover(struct host *h UNUSED, struct err *e)
{
	if (world.lock == -1) /* as the commit begins */
		return 0;
	assert_int_equal(fcntl(world.lock, F_GETFD), -1);
	return does("takeover", e);
}

int
__wrap_lock_run_soon(const char *run_path UNUSED, struct err *e UNUSED)
{
	world.lock = open("/dev/null", O_RDONLY | O_CLOEXEC);
	return world.lock;
}

int
__wrap_host_reload(struct host *h UNUSED, struct err *e UNUSED)
{
	return 0;
}

int
__wrap_host_refresh(struct host *h UNUSED, struct err *e UNUSED)
{
	return 0;
}

int
__wrap_history_committed(const struct host *h UNUSED, struct config *c UNUSED)
{
	return 0;
}

unsigned
__wrap_history_expect(
    const struct host *h UNUSED, const struct config *c UNUSED)
{
	return 5;
}

int
__wrap_net_listeners(struct net *net UNUSED, const struct container *c UNUSED,
    struct listeners *l, struct err *e)
{
	memset(l, 0, sizeof(*l));
	return err_set(e, ERR_FAIL, "cannot list");
}

int
__wrap_net_generation(
    struct net *net UNUSED, uint32_t *id, struct err *e UNUSED)
{
	*id = 7;
	return 0;
}

int
__wrap_net_read(
    struct net *net UNUSED, struct snapshot *s UNUSED, struct err *e)
{
	return does("net_read", e);
}

int
__wrap_fw_read(struct ruleset *r UNUSED, struct err *e)
{
	return does("fw_read", e);
}

int
__wrap_drift_plan(struct host *h UNUSED, const struct model *m UNUSED,
    const struct journal *j UNUSED, struct plan *p, struct err *e UNUSED)
{
	plan_add(p, STEP_ADDRESS_ADD, "lxcbr0");
	prefix_parse(&p->v[0].address.prefix, "fd5a::1/64");
	return 0;
}

int
__wrap_drift_remember(struct host *h UNUSED, uint64_t want UNUSED,
    uint32_t generation UNUSED, struct err *e UNUSED)
{
	return 0;
}

int
__wrap_dry_run(struct plan *p UNUSED, struct err *e UNUSED)
{
	return 0;
}

int
__wrap_save_edited(const struct host *h UNUSED, struct err *e)
{
	return does("edited", e);
}

int
__wrap_pending_begin(const char *run_path UNUSED, const struct config *c UNUSED,
    const struct plan *p UNUSED, struct err *e)
{
	return does("begin", e);
}

int
__wrap_pending_write(
    const struct pending *p, const char *run_path UNUSED, struct err *e)
{
	world.written = *p;
	return does("write", e);
}

/* What became of the commit that was written. */
int
__wrap_pending_read(
    struct pending *p, const char *run_path UNUSED, struct err *e)
{
	*p = world.now;
	p->when += world.written.when;
	return does("pending_read", e);
}

int
__wrap_pending_end(const char *run_path UNUSED, struct err *e)
{
	return does("end", e);
}

int
__wrap_guard_start(const struct host *h UNUSED, struct err *e)
{
	return does("start", e);
}

int
__wrap_guard_hold(const struct host *h UNUSED, struct err *e)
{
	return does("hold", e) == 0 ? open("/dev/null", O_RDONLY) : -1;
}

int
__wrap_guard_say(
    int hold, const char *line, struct buf *answer UNUSED, struct err *e)
{
	char *word = xasprintf("%.*s", (int)strcspn(line, " "), line);
	int r;

	assert_int_not_equal(fcntl(hold, F_GETFD), -1);
	r = does(word, e);
	free(word);
	return fails("lost") ? GUARD_LOST : r;
}

enum guard_state
__wrap_guard_look(const char *run_path UNUSED, pid_t *pid UNUSED)
{
	return fails("alive") ? GUARD_ANSWERS : GUARD_DEAD;
}

int
__wrap_plan_run(struct plan *p, struct net *net UNUSED,
    struct buf *failed UNUSED, struct err *e)
{
	p->v[0].done = !fails("run");
	return does("run", e);
}

int
__wrap_plan_fail(struct plan *p, struct net *net UNUSED, struct err *e UNUSED)
{
	struct err ignored;

	p->v[0].done = does("undo", &ignored) != 0;
	return -1;
}

int
__wrap_readback_judge(
    const struct plan *done, const struct plan *left UNUSED, struct err *e)
{
	assert_int_equal(done->n, 1);
	return does("judge", e);
}

enum outcome
__wrap_revert_outcome(const char *run_path UNUSED, const struct pending *p)
{
	assert_int_equal(p->when, world.written.when);
	return world.outcome;
}

struct lingering
__wrap_lingering_settle(struct host *h UNUSED,
    const struct config *before UNUSED, const struct config *now UNUSED)
{
	return (struct lingering){ 0 };
}

/* Cases */

#define START "edited begin write start hold"
#define RUN START " run net_read fw_read judge"
#define GOES_ON "the guard goes on to revert the commit"
#define KILLED "the guard was killed in the middle"
#define SHOW "seki show status tells how it ended"

static void
commit(const char *folder, const char *failing, unsigned confirm,
    const char *log, const char *error, const char *hint)
{
	struct host h = { .run_path = (char *)folder };
	struct config config = { 0 };
	struct commit_options options = { .force = true, .confirm = confirm };
	struct buf report = { 0 }, notes = { 0 };
	struct err e = { 0 };
	int r;

	world.fails = failing;
	world.lock = -1;
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

		/* no guard: nothing is done */
		{ "edited", 60, "edited end", "cannot edited", "", false },
		{ "begin", 60, "edited begin end", "cannot begin", "", false },
		{ "write", 60, "edited begin write end", "cannot write", "",
		    false },
		{ "start", 60, "edited begin write start end", "cannot start",
		    "", false },
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FOLDER_TEST(test_failures),
		FOLDER_TEST(test_lost_guard),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
