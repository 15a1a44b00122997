/* A world in which a commit is made. */
#include "config.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/util.h"
#include "core/commit/guard_talk.h"
#include "core/reach/safety.h"
#include "core/state/drift.h"
#include "core/state/lingering.h"

#include "world.h"

struct world world;

int __wrap_takeover(struct host *, struct err *);
int __wrap_lock_run_soon(const char *run_path, struct err *);
int __wrap_host_reload(struct host *, struct err *);
int __wrap_host_refresh(struct host *, struct err *);
int __wrap_history_committed(const struct host *, struct config *);
int __wrap_history_reserve(const struct host *, const struct config *,
    unsigned *number, bool *edited, struct err *);
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

int
__wrap_history_reserve(const struct host *h UNUSED,
    const struct config *c UNUSED, unsigned *number, bool *edited,
    struct err *e)
{
	*number = 5;
	*edited = false;
	return fails("reserve") ? err_set(e, ERR_FAIL, "cannot reserve") : 0;
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

bool
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
