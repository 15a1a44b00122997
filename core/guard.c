/* The guard: takes a commit back unless it is confirmed in time. */
#include "config.h"

#include "core/guard.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <syslog.h>
#include <unistd.h>

#include "core/guard_talk.h"
#include "core/intl.h"
#include "core/lock.h"
#include "core/loop.h"
#include "core/proof.h"
#include "core/revert.h"
#include "core/ssh.h"
#include "core/util.h"

#define CLIENTS_MAX 16
#define LINE_MAX_BYTES 128
#define AGAIN_MS 100    /* until the next try; it doubles with each */
#define TRIES_MAX 8     /* of a revert that fails */
#define CLOCK_MS 10000  /* between two looks at the clock */
#define APPLY_MS 120000 /* that a commit may take */
#define REFRESH_MS 100  /* events come in bursts */
#define HOLD_MS 2000    /* until whoever started us says so */

struct guard;

struct client {
	struct guard *guard;
	int fd; /* -1: a free place */
	pid_t pid;
};

struct guard {
	struct host *host;
	struct loop *loop;
	struct config committed;
	struct pending pending;
	struct proof *proof; /* NULL until the steps are done */
	struct prefix client; /* where the commit came from; or none */
	int listen;
	struct client clients[CLIENTS_MAX];
	struct client *holder; /* the commit that is carried out; or NULL */
	bool stopping;         /* revert as soon as it can be */
	unsigned tries;        /* to revert */
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

/* Reverting */

static void revert_by_itself(void *arg);

static const char *
reason(const struct guard *g)
{
	return g->pending.phase == PENDING_WAITING
		   ? N_("since nobody confirmed it")
		   : N_("since it was cut off in the middle");
}

/* A commit that hangs, or was stopped, is ended before it is taken back. */
static void
end_holder(struct guard *g)
{
	if (g->holder != NULL && g->holder->pid > 0)
		kill(g->holder->pid, SIGKILL);
	g->holder = NULL;
}

/* What fails now may succeed in a moment: the kernel is busy, or somebody has
 * the lock. */
static void
revert_by_itself(void *arg)
{
	struct guard *g = arg;
	struct err e;
	int lock = lock_run(g->host->run_path, &e), r = -1;

	if (lock != -1)
		r = revert_try(g->host, &e);
	if (lock != -1 && (r == 0 || ++g->tries == TRIES_MAX)) {
		revert_end(g->host, &g->pending, reason(g), r == 0 ? NULL : &e);
		loop_stop(g->loop, 0);
	} else {
		loop_timer(g->loop, AGAIN_MS << g->tries, revert_by_itself, g);
	}
	if (lock != -1)
		close(lock);
}

/* Timers stop while the machine sleeps, and the deadline does not. */
static void
on_clock(void *arg)
{
	struct guard *g = arg;
	uint64_t now = boot_ms(), left;

	left = g->pending.deadline > now ? g->pending.deadline - now : 0;
	if (left == 0)
		revert_by_itself(g);
	else
		loop_timer(g->loop, left < CLOCK_MS ? (unsigned)left : CLOCK_MS,
		    on_clock, g);
}

/* What can be said to a guard */

static void
on_hold(struct client *c, const char *rest UNUSED)
{
	struct ssh v[SSH_SESSIONS_MAX];

	c->guard->holder = c;
	if (ssh_find(c->pid, v) > 0)
		c->guard->client = v[0].client;
	answer(c, "");
}

/* The steps take too long, or nobody ever came to carry them out. */
static void
on_late(void *arg)
{
	end_holder(arg);
	revert_by_itself(arg);
}

/* For the journal; what happened last is told by its end. */
static void
log_waiting(const struct pending *p)
{
	uint64_t now = boot_ms();
	unsigned left = p->deadline > now
		? (unsigned)((p->deadline - now + 500) / 1000) : 0;

	syslog(LOG_NOTICE,
	    _("commit #%u by %s is pending, and reverts by itself in %u s"),
	    p->number, p->who, left);
}

/* The steps are done, at since. The time was counted from their beginning. */
static void
begin_waiting(struct guard *g, uint64_t since)
{
	struct err ignored;

	g->pending.phase = PENDING_WAITING;
	log_waiting(&g->pending);
	pending_write(&g->pending, g->host->run_path, &ignored);
	host_refresh(g->host, &ignored);
	g->proof = proof_new(
	    g->loop, g->host, &g->committed, since, &g->client);
	loop_timer_remove(g->loop, on_late, g);
	if (g->stopping)
		revert_by_itself(g);
	else
		on_clock(g);
}

static void
on_applied(struct client *c, const char *rest)
{
	uint64_t since = strtoull(rest, NULL, 10);

	c->guard->holder = NULL;
	begin_waiting(c->guard, since > 0 ? since : boot_ms());
	answer(c, "");
}

static void
on_cancel(struct client *c, const char *rest UNUSED)
{
	struct err ignored;

	c->guard->holder = NULL;
	pending_end(c->guard->host->run_path, &ignored);
	answer(c, "");
	loop_stop(c->guard->loop, 0);
}

/* Without a place to save it, it is taken back: what runs must be what a
 * reboot brings. */
static void
on_unproven(struct client *c, const char *rest UNUSED)
{
	struct guard *g = c->guard;
	struct err e = { 0 }, failed;
	int r;

	if (revert_never(g->host, &g->pending, &g->committed, &e) == 0) {
		answer(c, _("confirmed and saved\n"));
	} else {
		r = revert_try(g->host, &failed);
		revert_end(g->host, &g->pending,
		    N_("since it could not be saved"), r == 0 ? NULL : &failed);
		err_hint_more(&e, "the commit was reverted");
		answer_error(c, &e);
	}
	loop_stop(g->loop, 0);
}

/* The steps are done, and nobody wants to wait. */
static void
on_keep(struct client *c, const char *rest)
{
	c->guard->holder = NULL;
	on_unproven(c, rest);
}

static void
on_confirm(struct client *c, const char *rest)
{
	struct err e;

	if (c->guard->proof != NULL && proof_login(c->guard->proof)) {
		on_unproven(c, rest);
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
on_extend(struct client *c, const char *rest)
{
	struct guard *g = c->guard;
	unsigned long seconds = strtoul(rest, NULL, 10);
	struct err e;

	g->pending.deadline += (seconds > 86400 ? 86400 : seconds) * 1000;
	if (pending_write(&g->pending, g->host->run_path, &e) != 0) {
		answer_error(c, &e);
		return;
	}
	on_clock(g);
	answer(c, "");
}

static void
on_revert(struct client *c, const char *rest UNUSED)
{
	struct guard *g = c->guard;
	struct err e;
	int lock = lock_run(g->host->run_path, &e);

	if (lock == -1) {
		answer_error(c, &e);
		return;
	}
	if (revert_try(g->host, &e) == 0) {
		revert_end(g->host, &g->pending, N_("as asked"), NULL);
		answer(c, _("reverted: this host is exactly as before\n"));
		loop_stop(g->loop, 0);
	} else {
		err_hint_more(&e, "the guard goes on and tries again");
		answer_error(c, &e);
		loop_timer(g->loop, AGAIN_MS, revert_by_itself, g);
	}
	close(lock);
}

static void
on_status(struct client *c, const char *rest UNUSED)
{
	static const char *const states[] = { "waiting", "seen", "against" };
	struct guard *g = c->guard;
	struct buf b = { 0 };
	struct evidence *v = NULL;
	size_t n = 0, i;

	if (g->proof != NULL)
		v = proof_read(g->proof, &n);
	buf_printf(&b, "%s\n",
	    g->proof != NULL && proof_login(g->proof) ? "proven" : "unproven");
	for (i = 0; i < n; i++)
		buf_printf(&b, "%s %s\n", states[v[i].state], v[i].text);
	answer(c, buf_text(&b));
	buf_free(&b);
	free(v);
}

static const struct {
	const char *word;
	bool waiting; /* only once the steps are done */
	void (*say)(struct client *, const char *rest);
} words[] = {
	{ "hold", false, on_hold },
	{ "applied", false, on_applied },
	{ "keep", false, on_keep },
	{ "cancel", false, on_cancel },
	{ "confirm", true, on_confirm },
	{ "unproven", true, on_unproven },
	{ "extend", true, on_extend },
	{ "revert", true, on_revert },
	{ "status", false, on_status },
};

static void
say(struct client *c, const char *line)
{
	size_t i, n = strcspn(line, " ");
	struct err e;

	for (i = 0; i < NITEMS(words); i++)
		if (strlen(words[i].word) == n &&
		    strncmp(words[i].word, line, n) == 0)
			break;
	if (i == NITEMS(words)) {
		err_set(&e, ERR_USAGE, "the guard does not know this word");
	} else if (words[i].waiting && c->guard->proof == NULL) {
		err_set(&e, ERR_BUSY, "the commit is still being carried out");
	} else {
		words[i].say(c, line + n + (line[n] == ' '));
		return;
	}
	answer_error(c, &e);
}

/* Connections */

/* A line comes in one piece: it is short, and this is a local socket. */
static void
on_client(void *arg)
{
	struct client *c = arg;
	struct guard *g = c->guard;
	char line[LINE_MAX_BYTES];
	ssize_t n = recv(c->fd, line, sizeof(line) - 1, 0);

	if (n > 0) {
		line[n] = '\0';
		line[strcspn(line, "\n")] = '\0';
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

static void
on_connect(void *arg)
{
	struct guard *g = arg;
	struct ucred who;
	socklen_t len = sizeof(who);
	size_t i;
	int fd = accept4(g->listen, NULL, NULL, SOCK_CLOEXEC);

	if (fd == -1)
		return;
	for (i = 0; i < CLIENTS_MAX && g->clients[i].fd != -1;)
		i++;
	if (i == CLIENTS_MAX ||
	    getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len) == -1 ||
	    who.uid != geteuid()) {
		close(fd);
		return;
	}
	g->clients[i] = (struct client){ g, fd, who.pid };
	loop_fd(g->loop, fd, on_client, &g->clients[i]);
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

/* Asked to stop, it reverts: it must not leave the host to luck. A commit that
 * is being carried out ends first. */
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

/* Who started this guard was killed before it said a word. */
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
	    config_read(&g->committed, path, false, e) == 0)
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
	if (pending_write(&g->pending, h->run_path, e) != 0)
		return -1;
	loop_fd(g->loop, g->listen, on_connect, g);
	loop_fd(g->loop, net_fd(h->net), on_event, g);
	loop_signal(g->loop, SIGTERM, on_stop, g);
	loop_signal(g->loop, SIGINT, ignore, g);
	loop_signal(g->loop, SIGHUP, ignore, g);
	loop_timer(g->loop, HOLD_MS, expect_holder, g);
	loop_timer(g->loop, APPLY_MS, on_late, g);
	if (g->pending.phase == PENDING_WAITING)
		begin_waiting(g, boot_ms());
	guard_tell_ready();
	return loop_run(g->loop);
}

int
guard_run(struct host *h, struct err *e)
{
	struct guard g = { .host = h, .listen = -1 };
	int r = -1;
	size_t i;

	openlog("seki", LOG_PID, LOG_DAEMON);
	for (i = 0; i < CLIENTS_MAX; i++)
		g.clients[i].fd = -1;
	g.loop = loop_new();
	if (load(&g, e) == 0)
		r = serve(&g, e);
	proof_free(g.proof);
	for (i = 0; i < CLIENTS_MAX; i++)
		if (g.clients[i].fd != -1)
			hang_up(&g.clients[i]);
	if (g.listen != -1)
		guard_unlisten(h->run_path, g.listen);
	loop_free(g.loop);
	config_free(&g.committed);
	return r;
}

/* Without a guard */

/* The file may have been replaced, and then it counts. */
static int
was_saved(struct guard *g, struct err *e)
{
	struct buf saved = { 0 }, committed = { 0 };
	int r = host_reload(g->host, e);
	bool same;

	config_print(&g->host->saved, &saved);
	config_print(&g->committed, &committed);
	same = strcmp(buf_text(&saved), buf_text(&committed)) == 0;
	buf_free(&saved);
	buf_free(&committed);
	return r == 0 && same ? pending_end(g->host->run_path, e) : -1;
}

static int
finish(struct guard *g, struct err *e)
{
	struct host *h = g->host;
	int r;

	if (g->pending.phase == PENDING_WAITING &&
	    g->pending.deadline > boot_ms())
		return guard_start(h, e);
	if (g->pending.phase == PENDING_SAVING && was_saved(g, e) == 0)
		return 0;
	r = revert_try(h, e);
	revert_end(h, &g->pending,
	    N_("by another seki, since its guard was killed"),
	    r == 0 ? NULL : e);
	return r;
}

int
guard_recover(struct host *h, struct err *e)
{
	struct guard g = { .host = h, .listen = -1 };
	int lock, r = -1;

	if (pending_read(&g.pending, h->run_path, e) != 0)
		return -1;
	if (g.pending.phase == PENDING_NONE || guard_lives(h->run_path))
		return 0;
	lock = lock_run(h->run_path, e);
	if (lock == -1)
		return e->code == ERR_BUSY ? 0 : -1;
	if (pending_read(&g.pending, h->run_path, e) == 0 &&
	    g.pending.phase == PENDING_NONE)
		r = 0;
	else if (load(&g, e) == 0)
		r = finish(&g, e) == 0 ? 1 : -1;
	config_free(&g.committed);
	close(lock);
	return r;
}
