/* The guard: a process that reverts a commit unless it is confirmed in time.
 *
 * The committing process holds a connection (the holder) while it carries out
 * the steps: if it dies before it says "applied", the guard reverts. From then
 * on the guard waits for the deadline (CLOCK_BOOTTIME) or a request: confirm,
 * which wants the evidence of core/commit/proof.h, extend, revert, status. The
 * lock is taken only to save or to revert. Each change of phase is on the disk
 * before what it announces begins (core/state/pending.h has the table of
 * phases), so that whoever finds this process dead or stopped
 * (core/commit/takeover.h) knows how far it came. */
#include "config.h"

#include "core/commit/guard.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/intl.h"
#include "core/base/log.h"
#include "core/base/loop.h"
#include "core/base/util.h"
#include "core/commit/guard_request.h"
#include "core/commit/guard_talk.h"
#include "core/commit/proof.h"
#include "core/commit/readback.h"
#include "core/commit/revert.h"
#include "core/kernel/ssh.h"
#include "core/lang/option.h"
#include "core/plan/fw.h"
#include "core/state/lock.h"

#define CLIENTS_MAX 16
#define LINE_MAX_BYTES 128
#define AGAIN_MS 100	/* until the next try; it doubles with each */
#define TRIES_MAX 8	/* of a revert that fails */
#define CLOCK_MS 10000	/* between two looks at the clock */
#define APPLY_MS 120000 /* that a commit may take */
#define REFRESH_MS 100	/* events come in bursts */
#define HOLD_MS 2000	/* until whoever started us says so */

struct guard;

struct client {
	struct guard *guard;
	int fd; /* -1: a free place */
	pid_t pid;
	uint64_t since; /* boot_ms */
};

struct guard {
	struct host *host;
	struct loop *loop;
	struct config committed;
	struct pending pending;
	struct proof *proof;  /* NULL until the steps are done */
	struct prefix client; /* where the commit came from; or none */
	int listen;
	struct client clients[CLIENTS_MAX];
	struct client *holder;	/* the commit that is carried out; or NULL */
	struct drift_seen seen; /* rules that were as committed */
	const char *why;	/* it is reverted; NULL before that */
	struct buf gone;	/* lines: what could not be, as it is away */
	bool stopping;		/* revert as soon as it can be */
	bool replaced;		/* another has taken over */
	unsigned tries;		/* to revert */
};

/* Answers */

static void
answer(struct client *c, const char *text)
{
	char *line = xasprintf("ok\n%s", text);

	send(c->fd, line, strlen(line), MSG_NOSIGNAL);
	free(line);
}

static void
answer_error(struct client *c, const struct err *e)
{
	char *line =
	    xasprintf("error %d\n%s\n%s", (int)e->code, e->text, e->hint);

	send(c->fd, line, strlen(line), MSG_NOSIGNAL);
	free(line);
}

static void
hang_up(struct client *c)
{
	loop_fd_remove(c->guard->loop, c->fd);
	close(c->fd);
	c->fd = -1;
}

/* A reason is always sent: a guard that just hangs up is taken for dead. */
static void
refuse(struct client *c)
{
	struct err e;

	err_set(&e, ERR_BUSY, "the guard has too many clients");
	answer_error(c, &e);
	hang_up(c);
}

/* The commit has ended. The lock is still held, here or by who commits: once it
 * is free, or the answer says so, the guard of another may listen. */
static void
finish(struct guard *g)
{
	guard_unlisten(g->host->run_path);
	loop_stop(g->loop, 0);
}

/* Reverting */

static void revert_by_itself(void *arg);

static const char *
reason(const struct guard *g)
{
	return g->pending.phase == PENDING_WAITING
		   ? N_("since nobody confirmed it")
		   : N_("since it was cut off in the middle");
}

/* A committing process that hangs, or was stopped, is killed before the
 * revert. */
static void
end_holder(struct guard *g)
{
	if (g->holder != NULL && g->holder->pid > 0)
		kill(g->holder->pid, SIGKILL);
	g->holder = NULL;
}

/* A guard that was stopped for a while may find that another one has taken
 * over, and then must not act. */
static int
check_own(struct guard *g, struct err *e)
{
	struct pending now;

	if (pending_read(&now, g->host->run_path, e) != 0)
		return -1;
	if (now.phase != PENDING_NONE && now.guard == getpid())
		return 0;
	g->replaced = true;
	loop_stop(g->loop, 0);
	return err_set(e, ERR_FAIL, "another seki has taken over this commit");
}

/* The lock, if this guard still owns the commit; or -1. */
static int
take_lock(struct guard *g, struct err *e)
{
	int lock = lock_run_wait(g->host->run_path, e);

	if (lock == -1 || check_own(g, e) == 0)
		return lock;
	close(lock);
	return -1;
}

/* If the phase cannot be written, as on a full disk, nobody waits for that: no
 * other guard confirms what the kernel does not have, and at the deadline it
 * reverts. This one confirms nothing any more. */
static void
begin_revert(struct guard *g)
{
	struct err ignored;

	revert_begin(g->host, &g->pending, &ignored);
	g->pending.phase = PENDING_REVERTING;
}

/* Reverts, with the lock held; 0 once the commit has ended. */
static int
revert_now(struct guard *g, struct err *e)
{
	int r;

	if (g->why == NULL)
		g->why = reason(g);
	begin_revert(g);
	r = revert_try(g->host, &g->gone, e);
	if (r != 0 && ++g->tries < TRIES_MAX)
		return -1;
	revert_end(
	    g->host, &g->pending, g->why, &g->gone, r == 0 ? NULL : e, NULL);
	finish(g);
	return 0;
}

/* Retries: the kernel may be busy, or somebody may hold the lock. */
static void
revert_by_itself(void *arg)
{
	struct guard *g = arg;
	struct err e;
	int lock = take_lock(g, &e), r = -1;

	if (g->replaced)
		return;
	if (lock != -1) {
		r = revert_now(g, &e);
		close(lock);
	}
	if (r != 0)
		loop_timer(g->loop, AGAIN_MS << g->tries, revert_by_itself, g);
}

/* Timers stop during suspend, the deadline does not. */
static void
on_clock(void *arg)
{
	struct guard *g = arg;
	uint64_t now = boot_ms(), left;
	struct err ignored;

	check_own(g, &ignored);
	left = g->pending.deadline > now ? g->pending.deadline - now : 0;
	if (left == 0)
		revert_by_itself(g);
	else
		loop_timer(g->loop, left < CLOCK_MS ? (unsigned)left : CLOCK_MS,
		    on_clock, g);
}

/* Requests */

static void
on_hold(struct client *c, uint64_t number UNUSED)
{
	struct ssh v[SSH_SESSIONS_MAX];

	c->guard->holder = c;
	if (ssh_find(c->pid, v) > 0)
		c->guard->client = v[0].client;
	answer(c, "");
}

/* The steps take too long, or the committing process never connected. */
static void
on_late(void *arg)
{
	end_holder(arg);
	revert_by_itself(arg);
}

static unsigned
seconds_left(const struct pending *p)
{
	uint64_t now = boot_ms();

	return p->deadline > now ? (unsigned)((p->deadline - now + 500) / 1000)
				 : 0;
}

/* For the journal; the outcome is logged at the end. */
static void
log_waiting(const struct pending *p)
{
	log_line(LOG_NOTICE,
	    _("commit #%u by %s is pending, and reverts by itself in %u s"),
	    p->number, p->who, seconds_left(p));
}

static void
log_extended(const struct pending *p, unsigned more)
{
	log_line(LOG_NOTICE,
	    _("commit #%u by %s was given %u s more, and reverts by itself in "
	      "%u s"),
	    p->number, p->who, more, seconds_left(p));
}

/* The steps were done at since. */
static void
begin_proof(struct guard *g, uint64_t since)
{
	struct err ignored;

	host_refresh(g->host, &ignored);
	g->proof =
	    proof_new(g->loop, g->host, &g->committed, since, &g->client);
}

static void
end_proof(struct guard *g)
{
	proof_free(g->proof);
	g->proof = NULL;
}

/* Until now the time ran from the start of the steps. */
static void
begin_waiting(struct guard *g)
{
	log_waiting(&g->pending);
	loop_timer_remove(g->loop, on_late, g);
	if (g->stopping)
		revert_by_itself(g);
	else
		on_clock(g);
}

static int
write_phase(struct guard *g, enum pending_phase phase, struct err *e)
{
	struct pending p = g->pending;

	p.phase = phase;
	if (pending_write(&p, g->host->run_path, e) != 0)
		return -1;
	g->pending = p;
	return 0;
}

/* If the phase cannot be written, the committing process keeps its connection
 * and undoes the steps. Whoever reads the phase may log in at once, so logins
 * are watched before it is written. */
static void
on_applied(struct client *c, uint64_t since)
{
	struct guard *g = c->guard;
	struct err e;

	begin_proof(g, since > 0 ? since : boot_ms());
	if (write_phase(g, PENDING_WAITING, &e) != 0) {
		end_proof(g);
		answer_error(c, &e);
		return;
	}
	g->holder = NULL;
	begin_waiting(g);
	answer(c, "");
}

static void
on_cancel(struct client *c, uint64_t number UNUSED)
{
	struct err ignored;

	c->guard->holder = NULL;
	pending_end(c->guard->host->run_path, &ignored);
	finish(c->guard);
	answer(c, "");
}

static void
answer_saved(struct client *c)
{
	char *text = xasprintf(
	    _("confirmed and saved as #%u\n"), c->guard->pending.number);

	answer(c, text);
	free(text);
}

/* If it cannot be saved, it is reverted: a reboot must restore what runs. The
 * lock is held, by this guard or by the committing process. */
static void
save(struct client *c)
{
	struct guard *g = c->guard;
	struct err e = { 0 }, failed;

	if (revert_never(g->host, &g->pending, &g->committed, &e) == 0) {
		finish(g);
		answer_saved(c);
		return;
	}
	g->why = N_("since it could not be saved");
	if (revert_now(g, &failed) == 0) {
		err_hint_more(&e, "the commit was reverted");
	} else {
		err_hint_more(&e, "the guard goes on to revert the commit");
		loop_timer(g->loop, AGAIN_MS, revert_by_itself, g);
	}
	answer_error(c, &e);
}

/* The steps were done and read back, and nobody wants to wait. */
static void
on_keep(struct client *c, uint64_t number UNUSED)
{
	c->guard->holder = NULL;
	save(c);
}

/* The kernel is read back first: somebody may have changed it since. */
static void
on_unproven(struct client *c, uint64_t number UNUSED)
{
	struct guard *g = c->guard;
	struct err e;
	int lock = take_lock(g, &e);

	if (lock == -1) {
		answer_error(c, &e);
		return;
	}
	if (readback_check(g->host, &g->committed, &g->seen, &e) == 0) {
		save(c);
	} else {
		err_hint(&e, "to revert the commit: seki revert");
		answer_error(c, &e);
	}
	close(lock);
}

static void
on_confirm(struct client *c, uint64_t number)
{
	struct err e;

	if (c->guard->proof != NULL && proof_login(c->guard->proof)) {
		on_unproven(c, number);
		return;
	}
	err_set(&e, ERR_UNSAFE,
	    "no new login was seen since the commit: the session that you are "
	    "in proves nothing");
	err_hint(&e, "log in a second time and confirm then; or, if you are "
		     "sure: seki confirm --unproven");
	answer_error(c, &e);
}

static void
on_extend(struct client *c, uint64_t seconds)
{
	const uint64_t most = option_specs[OPTION_CONFIRM].max;
	unsigned more = (unsigned)(seconds > most ? most : seconds);
	struct guard *g = c->guard;
	struct pending p;
	struct err e;
	int lock = take_lock(g, &e), r = -1;

	if (lock != -1) {
		p = g->pending;
		p.deadline += (uint64_t)more * 1000;
		r = pending_write(&p, g->host->run_path, &e);
		close(lock);
	}
	if (r != 0) {
		answer_error(c, &e);
		return;
	}
	g->pending = p;
	log_extended(&p, more);
	on_clock(g);
	answer(c, "");
}

static int
revert_as_asked(struct guard *g, struct err *e)
{
	g->why = N_("as asked");
	begin_revert(g);
	return revert_try(g->host, &g->gone, e);
}

static void
on_revert(struct client *c, uint64_t number UNUSED)
{
	struct guard *g = c->guard;
	struct buf text = { 0 };
	struct err e;
	int lock = take_lock(g, &e);

	if (lock == -1) {
		answer_error(c, &e);
	} else if (revert_as_asked(g, &e) == 0) {
		revert_end(g->host, &g->pending, g->why, &g->gone, NULL, &text);
		finish(g);
		answer(c, buf_text(&text));
	} else {
		err_hint_more(&e, "the guard goes on and tries again");
		answer_error(c, &e);
		loop_timer(g->loop, AGAIN_MS, revert_by_itself, g);
	}
	if (lock != -1)
		close(lock);
	buf_free(&text);
}

static void
print_readback(struct guard *g, struct buf *b)
{
	struct err e;

	if (readback_check(g->host, &g->committed, &g->seen, &e) == 0)
		buf_printf(b, "seen %s\n",
		    _("the kernel has what was committed, read back"));
	else
		buf_printf(b, "against %s\n", e.text);
}

static void
on_status(struct client *c, uint64_t number UNUSED)
{
	static const char *const states[] = { "waiting", "seen", "against" };
	struct guard *g = c->guard;
	struct buf b = { 0 };
	struct evidence *v = NULL;
	size_t n = 0, i;

	buf_printf(&b, "%s\n",
	    g->proof != NULL && proof_login(g->proof) ? "proven" : "unproven");
	if (g->pending.phase == PENDING_WAITING) {
		print_readback(g, &b);
		v = proof_read(g->proof, &n);
	}
	for (i = 0; i < n; i++)
		buf_printf(&b, "%s %s\n", states[v[i].state], v[i].text);
	answer(c, buf_text(&b));
	buf_free(&b);
	free(v);
}

/* The answer itself says that this guard lives. */
static void
on_alive(struct client *c, uint64_t number UNUSED)
{
	answer(c, "");
}

static const struct {
	void (*say)(struct client *, uint64_t number);
	bool open;  /* only in a phase that is open */
	bool about; /* a number is that of the commit which is meant */
} words[GUARD_WORDS] = {
	[GUARD_HOLD] = { on_hold, false, false },
	[GUARD_APPLIED] = { on_applied, false, false },
	[GUARD_KEEP] = { on_keep, false, false },
	[GUARD_CANCEL] = { on_cancel, false, false },
	[GUARD_CONFIRM] = { on_confirm, true, true },
	[GUARD_UNPROVEN] = { on_unproven, true, true },
	[GUARD_EXTEND] = { on_extend, true, false },
	[GUARD_REVERT] = { on_revert, true, true },
	[GUARD_STATUS] = { on_status, false, false },
	[GUARD_ALIVE] = { on_alive, false, false },
};

static void
say(struct client *c, const char *line)
{
	const struct pending *p = &c->guard->pending;
	const struct pending_rule *now = &pending_rules[p->phase];
	struct guard_request r;
	struct err e;

	if (guard_request_parse(&r, line, &e) != 0) {
		answer_error(c, &e);
	} else if (words[r.word].open && !now->open) {
		err_set(&e, ERR_BUSY, "%s", _(now->closed));
		answer_error(c, &e);
	} else if (words[r.word].about && r.number != 0 &&
		   r.number != p->number) {
		err_set(&e, ERR_BUSY, "commit #%u by %s is pending, not #%lu",
		    p->number, p->who, (unsigned long)r.number);
		answer_error(c, &e);
	} else {
		words[r.word].say(c, r.number);
	}
}

/* Connections */

/* Lines are short and the socket is local, so each arrives in one piece. */
static void
on_client(void *arg)
{
	struct client *c = arg;
	struct guard *g = c->guard;
	char line[LINE_MAX_BYTES];
	ssize_t n = recv(c->fd, line, sizeof(line) - 1, 0);

	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0) {
		line[n] = '\0';
		say(c, line);
		if (g->holder == c)
			return;
	}
	hang_up(c);
	if (n <= 0 && g->holder == c) {
		g->holder = NULL;
		revert_by_itself(g);
	}
}

/* Makes room for a new client. A client with a request sends it at once, so the
 * one that has been silent for longest is dropped. */
static struct client *
make_room(struct guard *g)
{
	struct client *c, *longest = NULL;

	for (c = g->clients; c < END_OF(g->clients, CLIENTS_MAX); c++) {
		if (c->fd == -1)
			return c;
		if (c != g->holder &&
		    (longest == NULL || c->since < longest->since))
			longest = c;
	}
	refuse(longest);
	return longest;
}

/* No client may block the guard, which may have a commit to revert: what cannot
 * be sent at once is lost. */
static void
on_connect(void *arg)
{
	struct guard *g = arg;
	struct client *c;
	struct ucred who;
	socklen_t len = sizeof(who);
	int fd = accept4(g->listen, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd == -1)
		return;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len) == -1 ||
	    who.uid != geteuid()) {
		close(fd);
		return;
	}
	c = make_room(g);
	*c = (struct client){ g, fd, who.pid, boot_ms() };
	loop_fd(g->loop, fd, on_client, c);
}

static void
on_refresh(void *arg)
{
	struct guard *g = arg;
	struct err ignored;

	host_refresh(g->host, &ignored);
}

static void
on_event(void *arg)
{
	struct guard *g = arg;

	if (net_ready(g->host->net))
		loop_timer(g->loop, REFRESH_MS, on_refresh, g);
}

/* When asked to stop, it reverts rather than leave the host unguarded. A commit
 * in progress ends first. */
static void
on_stop(void *arg)
{
	struct guard *g = arg;

	g->stopping = true;
	if (g->holder == NULL)
		revert_by_itself(g);
}

static void
ignore(void *arg UNUSED)
{
}

/* The process that started this guard was killed before it connected. */
static void
expect_holder(void *arg)
{
	struct guard *g = arg;

	if (g->pending.phase != PENDING_WAITING && g->holder == NULL)
		revert_by_itself(g);
}

static int
load(struct guard *g, struct err *e)
{
	struct host *h = g->host;
	char *path = pending_path(h->run_path, "config");
	int r = -1;

	if (pending_read(&g->pending, h->run_path, e) == 0 &&
	    config_read_like(&g->committed, path, false, &h->candidate, e) == 0)
		r = 0;
	if (r == 0 && g->pending.phase == PENDING_NONE)
		r = err_set(e, ERR_FAIL, "no commit is pending");
	free(path);
	return r;
}

static int
serve(struct guard *g, struct err *e)
{
	struct host *h = g->host;

	g->listen = guard_listen(h->run_path, e);
	if (g->listen == -1)
		return -1;
	g->pending.guard = getpid();
	if (pending_write(&g->pending, h->run_path, e) != 0) {
		guard_unlisten(h->run_path);
		return -1;
	}
	loop_fd(g->loop, g->listen, on_connect, g);
	loop_fd(g->loop, net_fd(h->net), on_event, g);
	loop_signal(g->loop, SIGTERM, on_stop, g);
	loop_signal(g->loop, SIGINT, ignore, g);
	loop_signal(g->loop, SIGHUP, ignore, g);
	loop_timer(g->loop, HOLD_MS, expect_holder, g);
	loop_timer(g->loop, APPLY_MS, on_late, g);
	if (g->pending.phase == PENDING_WAITING) {
		begin_proof(g, boot_ms());
		begin_waiting(g);
	} else if (g->pending.phase == PENDING_REVERTING) {
		loop_timer(g->loop, AGAIN_MS, revert_by_itself, g);
	}
	guard_tell_ready();
	return loop_run(g->loop);
}

int
guard_run(struct host *h, struct err *e)
{
	struct guard g = { .host = h, .listen = -1 };
	int r = -1;
	size_t i;

	for (i = 0; i < CLIENTS_MAX; i++)
		g.clients[i].fd = -1;
	g.loop = loop_new();
	if (fw_load(e) == 0 && load(&g, e) == 0)
		r = serve(&g, e);
	if (r != 0)
		guard_tell_failed(e);
	end_proof(&g);
	for (i = 0; i < CLIENTS_MAX; i++)
		if (g.clients[i].fd != -1)
			hang_up(&g.clients[i]);
	if (g.listen != -1)
		close(g.listen);
	loop_free(g.loop);
	config_free(&g.committed);
	buf_free(&g.gone);
	return r;
}
