/* What a commit does when steps, the guard or the kernel fail it: what is
 * undone, by whom, and what is told. All that it asks for is made up. */
#include "config.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
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
#include "core/kernel/ssh.h"
#include "core/plan/fw.h"
#include "core/plan/plan_run.h"
#include "core/reach/safety.h"
#include "core/state/drift.h"
#include "core/state/history.h"
#include "core/state/lingering.h"
#include "core/state/lock.h"
#include "core/state/save.h"

#include "lib/folder.h"

#define NOW 1000000
#define PLANNED 42 /* the digest of the rules that were planned */

static struct {
	struct buf log;	   /* what is done, a word each */
	const char *fails; /* words of it */
	int lock;
	struct pending written, now; /* on the disk: by the commit; then */
	enum outcome outcome;
	unsigned steps;	   /* planned, as below */
	unsigned sessions; /* of the admin */
	unsigned earlier;  /* number of a commit that is pending */
	bool dead;	   /* a guard, whose commit is taken over */
	bool unmasked;	   /* Ctrl-Z stops it while steps are carried out */
	bool remembered;   /* the rules are noted as right */
	bool moved;	   /* the host, under the commit */
	uint64_t read;	   /* the digest of the rules that are read back */
} world;

enum { ADDRESS = 1, RULES = 2, INSIDE = 4, KNOWN = 8 };

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
bool __wrap_readback_has_rules(
    struct net *, const struct plan *, const struct wish *, uint32_t);
int __wrap_drift_plan(struct host *, const struct model *,
    const struct journal *, struct wish *, struct plan *, struct err *);
int __wrap_drift_remember(
    struct host *, uint64_t want, uint32_t generation, struct err *);
int __wrap_dry_run(struct plan *, struct net *, bool, struct err *);
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
int __wrap_plan_try(
    struct plan *, struct net *, struct buf *failed, struct err *);
int __wrap_save_config(const struct host *, const struct config *,
    const char *who, int64_t when, unsigned *number, struct err *);
size_t __wrap_ssh_find(pid_t, struct ssh *);
int __wrap_safety_check(const struct model *, const struct snapshot *,
    const struct ssh *, struct err *);
uint64_t __wrap_boot_ms(void);
int __wrap_moved_settle(
    struct host *, const struct config *, struct buf *notes, struct err *);
struct lingering __wrap_lingering_settle(struct host *,
    const struct config *before, const struct config *now,
    const struct lingering_wish *);

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
	if (world.lock == -1 && !world.dead) /* as the commit begins */
		return 0;
	if (world.lock == -1)
		return does("recover", e) == 0 ? 1 : -1;
	assert_int_equal(fcntl(world.lock, F_GETFD), -1);
	return does("takeover", e);
}

int
__wrap_lock_run_soon(const char *run_path UNUSED, struct err *e)
{
	if (fails("lock"))
		return err_set(e, ERR_BUSY, "locked");
	world.lock = open("/dev/null", O_RDONLY | O_CLOEXEC);
	return world.lock;
}

int
__wrap_host_reload(struct host *h, struct err *e UNUSED)
{
	h->pending = (struct pending){ .number = world.earlier,
		.phase = world.earlier != 0 ? PENDING_WAITING : PENDING_NONE,
		.who = "anna" };
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
__wrap_net_read(struct net *net UNUSED, struct snapshot *s, struct err *e)
{
	if (world.moved) {
		s->links = xcalloc(1, sizeof(*s->links));
		s->nlinks = 1;
	}
	return does("net_read", e);
}

bool
__wrap_readback_has_rules(struct net *net UNUSED, const struct plan *p UNUSED,
    const struct wish *want, uint32_t generation UNUSED)
{
	world.read = want->digest;
	return (world.steps & KNOWN) != 0;
}

int
__wrap_fw_read(struct ruleset *r UNUSED, struct err *e)
{
	return does("fw_read", e);
}

int
__wrap_drift_plan(struct host *h UNUSED, const struct model *m UNUSED,
    const struct journal *j UNUSED, struct wish *want, struct plan *p,
    struct err *e UNUSED)
{
	want->digest = PLANNED;
	if ((world.steps & ADDRESS) != 0)
		prefix_parse(
		    &plan_add(p, STEP_ADDRESS_ADD, "lxcbr0")->address.prefix,
		    "fd5a::1/64");
	if ((world.steps & RULES) != 0)
		plan_add(p, STEP_RULESET, "seki")->undo = xstrdup("");
	return 0;
}

int
__wrap_drift_remember(struct host *h UNUSED, uint64_t want UNUSED,
    uint32_t generation UNUSED, struct err *e UNUSED)
{
	world.remembered = true;
	return 0;
}

int
__wrap_dry_run(struct plan *p UNUSED, struct net *net UNUSED, bool check UNUSED,
    struct err *e)
{
	return does("try", e);
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

static bool
is_stoppable(void)
{
	sigset_t set;

	return sigprocmask(SIG_BLOCK, NULL, &set) == 0 &&
	       (sigismember(&set, SIGTSTP) == 0 ||
		   sigismember(&set, SIGTTIN) == 0 ||
		   sigismember(&set, SIGTTOU) == 0);
}

int
__wrap_plan_run(
    struct plan *p, struct net *net UNUSED, struct buf *failed, struct err *e)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		p->v[i].done = !fails("run");
	if ((world.steps & INSIDE) != 0) {
		p->v[0].failed = true;
		buf_add(failed, "vm00 has stopped\n");
	}
	world.unmasked = is_stoppable();
	return does("run", e);
}

/* Each step by itself: either can fail. */
int
__wrap_plan_try(
    struct plan *p, struct net *net UNUSED, struct buf *failed, struct err *e)
{
	size_t i;
	int r = 0;

	for (i = 0; i < p->n; i++) {
		p->v[i].done = does(step_kinds[p->v[i].kind].name, e) == 0;
		if (!p->v[i].done)
			buf_printf(failed, "%s\n", e->text);
		if (!p->v[i].done)
			r = -1;
	}
	return r;
}

int
__wrap_save_config(const struct host *h UNUSED, const struct config *c UNUSED,
    const char *who UNUSED, int64_t when UNUSED, unsigned *number,
    struct err *e)
{
	*number = 5;
	return does("save", e);
}

size_t
__wrap_ssh_find(pid_t pid, struct ssh *v)
{
	size_t i;

	assert_int_equal(pid, getpid());
	for (i = 0; i < world.sessions; i++)
		v[i].port = (uint16_t)(i + 1);
	return world.sessions;
}

int
__wrap_safety_check(const struct model *m UNUSED,
    const struct snapshot *s UNUSED, const struct ssh *ssh, struct err *e)
{
	char *what = xasprintf("session%u", ssh->port);
	int r = does(what, e);

	free(what);
	return r;
}

uint64_t
__wrap_boot_ms(void)
{
	return NOW;
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
	assert_int_not_equal(done->n, 0);
	return does("judge", e);
}

enum outcome
__wrap_revert_outcome(const char *run_path UNUSED, const struct pending *p)
{
	assert_int_equal(p->when, world.written.when);
	return world.outcome;
}

int
__wrap_moved_settle(struct host *h UNUSED, const struct config *c UNUSED,
    struct buf *notes UNUSED, struct err *e UNUSED)
{
	return 0;
}

struct lingering
__wrap_lingering_settle(struct host *h UNUSED,
    const struct config *before UNUSED, const struct config *now UNUSED,
    const struct lingering_wish *wish UNUSED)
{
	return (struct lingering){ 0 };
}

/* Cases */

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

		/* no guard: nothing is done */
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
