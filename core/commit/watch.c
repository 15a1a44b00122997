/* The service: keeps the host as it was committed.
 *
 * Each look (after an event, and now and then) finds the config the host is
 * kept to: the saved one, if a commit or SIGHUP put it there, else the last
 * that was; then the plan that leads there. What is in it is either expected (a
 * container or a bridge has just come, the host has just started) or drift,
 * which is told with who caused it. Each step is carried out for itself, and
 * less and less often if something keeps undoing it (core/commit/backoff.h).
 * What cannot be done now is a lack: told once, and again when it is over. */
#include "config.h"

#include "core/commit/watch.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/intl.h"
#include "core/base/log.h"
#include "core/base/loop.h"
#include "core/base/util.h"
#include "core/commit/dry_run.h"
#include "core/commit/mend.h"
#include "core/commit/takeover.h"
#include "core/commit/watch_parts.h"
#include "core/commit/watch_test.h"
#include "core/lang/config_diff.h"
#include "core/state/carried.h"
#include "core/state/drift.h"
#include "core/state/history.h"
#include "core/state/lock.h"
#include "core/state/lost.h"
#include "core/state/standing.h"

#define SETTLE_MS 20	/* events come in bursts */
#define BUSY_MS 100	/* until a commit has let go of the lock */
#define SLOW_MS 30000	/* for what has no event: accept_ra, a dead guard */
#define DEADLINE_MS 200 /* a guard that lives is given that much */
#define SSH_MS 5000	/* until it matters that sshd listens elsewhere, */
#define NO_SSH_MS 1000	/* or at all */
#define PROXY_MS 5000	/* until an entry that was removed is missed */

/* Choosing the config */

/* Whether the config is valid, whatever is missing on this host. */
static bool
is_sound(const struct watch *w, const struct config *c, struct err *e)
{
	struct model m;
	int r = model_build_lenient(&m, c, &w->host->snapshot, e);

	model_free(&m);
	return r == 0;
}

static uint64_t
digest(const struct config *c)
{
	struct buf b = { 0 };
	uint64_t h;

	config_print(c, &b);
	h = hash_text(HASH_START, buf_text(&b));
	buf_free(&b);
	return h;
}

static void
adopt(struct watch *w)
{
	w->held = 0;
	config_free(&w->config);
	config_copy(&w->config, &w->host->saved);
	w->adopted = host_files(w->host);
	w->reread = false;
}

/* Whether the config that the host is kept to is known to equal the saved one,
 * without a look at their statements. */
static bool
is_adopted(const struct watch *w)
{
	return !w->reread && w->adopted != 0 &&
	       w->adopted == host_files(w->host);
}

/* Rules that the kernel refuses change nothing, so they are not tried before
 * they are loaded. */
static int
find_steps(struct watch *w, const struct config *c, struct buf *notes,
    struct plan *plan, struct err *e)
{
	return drift_find(w->host, c, &w->seen, notes, plan, e);
}

/* But a config that would be refused is not adopted. */
static int
find_sure(struct watch *w, const struct config *c, struct buf *notes,
    struct plan *plan, struct err *e)
{
	if (find_steps(w, c, notes, plan, e) != 0)
		return -1;
	return dry_run(plan, w->host->net, true, e);
}

/* Whether the kernel has the config that it was kept to so far. */
static bool
is_kept(struct watch *w)
{
	struct plan plan;
	struct err ignored;
	bool kept =
	    drift_find(w->host, &w->config, NULL, NULL, &plan, &ignored) == 0 &&
	    plan.n == 0;

	plan_free(&plan);
	return kept;
}

/* Whether the saved config is the one confirmed last. A config that a commit
 * found edited by hand is in the history without a time. */
static bool
is_confirmed(const struct host *h)
{
	struct history all = { 0 };
	struct err ignored;
	bool confirmed = history_keeps(h, &h->saved) &&
			 history_load(h, &all, &ignored) == 0 && all.n > 0 &&
			 all.v[0].when != 0;

	history_free(&all);
	return confirmed;
}

/* A commit changes the kernel first and saves then. So if the saved config is
 * not in the kernel, which still has the old one, it was edited by hand and may
 * not be finished; unless it was confirmed, and something it depends on has
 * appeared since. */
static int
find_saved(struct watch *w, struct buf *notes, struct plan *plan, struct err *e)
{
	struct host *h = w->host;

	if (w->reread && !is_sound(w, &h->saved, e)) {
		w->reread = false;
		watch_trouble(w, LOG_ERR, e->text);
	}
	if (is_adopted(w))
		return find_steps(w, &h->saved, notes, plan, e);
	if (config_changes(&w->config, &h->saved) == 0 || w->reread) {
		adopt(w);
		return find_steps(w, &h->saved, notes, plan, e);
	}
	if (find_sure(w, &h->saved, notes, plan, e) == 0 &&
	    (plan->n == 0 || is_confirmed(h) ||
		(w->held != digest(&h->saved) && !is_kept(w)))) {
		adopt(w);
		return 0;
	}
	w->held = digest(&h->saved);
	plan_free(plan);
	watch_trouble(w, LOG_WARNING,
	    _("the saved config was edited by hand and is not applied before "
	      "seki apply or SIGHUP says so"));
	return find_steps(w, &w->config, notes, plan, e);
}

/* Looking */

/* -1 with code ERR_NONE while a commit is in progress. If a config cannot be
 * read, the last one read stays. */
static int
find(struct watch *w, struct plan *plan, struct err *e)
{
	struct host *h = w->host;
	const struct config *c;
	struct buf notes = { 0 };
	struct config store;
	int r = -1;

	memset(plan, 0, sizeof(*plan));
	if (host_reload(h, e) != 0)
		watch_trouble(w, LOG_ERR, e->text);
	if (host_refresh(h, e) != 0)
		return -1;
	watch_containers(w);
	c = drift_config(h, &store, e);
	if (c == &h->saved)
		r = find_saved(w, &notes, plan, e);
	else if (c != NULL)
		r = find_steps(w, c, &notes, plan, e);
	if (c != NULL)
		watch_notes(w, &notes);
	buf_free(&notes);
	config_free(&store);
	return r;
}

/* Looks again under the lock, when nobody else can change anything. */
static int
mend_locked(struct watch *w, struct err *e)
{
	int lock = lock_run(w->host->run_path, e), r = -1;
	uint32_t changes;
	struct plan plan = { 0 };

	if (lock == -1) {
		if (e->code == ERR_BUSY)
			e->code = ERR_NONE;
		return -1;
	}
	changes = net_rules_changes(w->host->net);
	r = find(w, &plan, e);
	mend_plan(w, &plan, r != 0, changes);
	plan_free(&plan);
	close(lock);
	return r;
}

static void
say_right(const struct watch *w)
{
	log_line(LOG_INFO,
	    !w->lacks ? _("this host is as %s says")
		      : _("this host is as %s says, but for what is missing"),
	    w->config.file);
}

static void
all_right(struct watch *w, uint32_t changes)
{
	static const struct plan nothing;
	struct err e;

	if (w->announce)
		say_right(w);
	w->expected = w->announce = false;
	mend_settle(w, &nothing);
	watch_follow(w);
	w->changes = changes;
	if (drift_remember(w->host, w->seen.want, w->seen.generation, &e) !=
		0 ||
	    drift_tell(w->host, "", &e) != 0)
		watch_trouble(w, LOG_ERR, e.text);
}

static void
recover(struct watch *w)
{
	struct err e;
	int r = takeover(w->host, &e);

	if (r == 1)
		log_line(LOG_WARNING, "%s",
		    _("took over a commit whose guard had been killed"));
	else if (r == -1)
		watch_trouble(w, LOG_ERR, e.text);
}

static void
wait_for_deadline(struct watch *w)
{
	const struct pending *p = &w->host->pending;
	uint64_t now = boot_ms();

	if (p->phase != PENDING_WAITING)
		return;
	watch_look_in(
	    w, (p->deadline > now ? (unsigned)(p->deadline - now) : 0) +
		   DEADLINE_MS);
}

/* No event tells where sshd listens, and a forward that takes the rest would
 * take logins. */
static void
wait_for_ssh(struct watch *w)
{
	const struct ssh_ports *ssh = &w->host->snapshot.ssh;

	if (ssh->n > 0)
		watch_look_in(w, ssh->assumed ? NO_SSH_MS : SSH_MS);
}

static void
note_look(struct watch *w)
{
	uint64_t now = now_ms();

	w->paced = (w->paced > now ? w->paced : now) + APART_MS;
}

/* Nor is there one about what this host answers for. */
static void
wait_for_proxies(struct watch *w)
{
	if (w->host->snapshot.nproxies > 0)
		watch_look_in(w, PROXY_MS);
}

/* The look reads all that happens until then: to wake up for each of a thousand
 * events a second would cost more than to look. But what comes in two or three
 * steps, as an address in place of another, is not kept waiting. */
static void
on_event(void *arg)
{
	struct watch *w = arg;
	uint64_t now = now_ms(), soon = now + SETTLE_MS;
	uint64_t early = (AT_ONCE - 1) * APART_MS;

	if (!net_ready(w->host->net))
		return;
	loop_fd_remove(w->loop, net_fd(w->host->net));
	w->deaf = true;
	if (soon + early < w->paced)
		soon = w->paced - early;
	watch_look_in(w, (unsigned)(soon - now));
}

static void
hear_again(struct watch *w)
{
	if (w->deaf)
		loop_fd(w->loop, net_fd(w->host->net), on_event, w);
	w->deaf = false;
}

static void
note_lost(struct watch *w)
{
	unsigned lost = net_overruns(w->host->net);
	struct err e;

	if (lost != w->lost &&
	    lost_add(w->host->run_path, lost - w->lost, &e) != 0)
		watch_trouble(w, LOG_ERR, e.text);
	w->lost = lost;
}

static void
on_look(void *arg)
{
	struct watch *w = arg;
	struct err e = { 0 };
	uint32_t changes;
	struct plan plan;
	int r;

	w->next = 0;
	hear_again(w);
	recover(w);
	changes = net_rules_changes(w->host->net);
	r = find(w, &plan, &e);
	if (r == 0 && plan.n == 0 && !w->noted)
		mend_note_again(w);
	if (r == 0 && plan.n == 0)
		all_right(w, changes);
	else if (plan.n > 0)
		r = mend_locked(w, &e);
	if (r != 0 && e.code == ERR_NONE) {
		watch_look_in(w, BUSY_MS);
	} else if (r != 0) {
		watch_trouble(w, LOG_ERR, e.text);
		watch_look_in(w, backoff_wait(w->backoff, e.text, now_ms()));
	}
	plan_free(&plan);
	note_lost(w);
	wait_for_deadline(w);
	wait_for_ssh(w);
	wait_for_proxies(w);
	watch_look_in(w, SLOW_MS);
	note_look(w);
	watch_test(w);
}

/* The service */

static void
on_hangup(void *arg)
{
	struct watch *w = arg;

	w->expected = w->announce = w->reread = true;
	host_reread(w->host);
	watch_look_in(w, 0);
}

static void
on_end(void *arg)
{
	struct watch *w = arg;

	loop_stop(w->loop, 0);
}

static int
take_place(const struct host *h, struct err *e)
{
	char *path = xasprintf("%s/watch", h->run_path);
	int fd = lock_take(path, e);

	if (fd == -1 && e->code == ERR_BUSY)
		err_set(e, ERR_BUSY, "another seki watch serves this host");
	free(path);
	return fd;
}

static int
serve(struct watch *w)
{
	loop_fd(w->loop, net_fd(w->host->net), on_event, w);
	loop_signal(w->loop, SIGTERM, on_end, w);
	loop_signal(w->loop, SIGINT, on_end, w);
	loop_signal(w->loop, SIGHUP, on_hangup, w);
	watch_look_in(w, 0);
	return loop_run(w->loop);
}

static unsigned
newest_sound(struct watch *w, struct config *config)
{
	struct history kept;
	struct err ignored;
	unsigned n = 0;
	size_t i;

	history_load(w->host, &kept, &ignored);
	for (i = 0; i < kept.n && n == 0; i++) {
		if (history_read(w->host, kept.v[i].number, config, &ignored) ==
			0 &&
		    is_sound(w, config, &ignored))
			n = kept.v[i].number;
		else
			config_free(config);
	}
	history_free(&kept);
	return n;
}

/* The reason why it could not be read may have passed. */
static void
read_again(struct host *h)
{
	struct err ignored;

	host_reread(h);
	host_reload(h, &ignored);
}

/* If the saved config cannot be read or applied, the host must not stay open:
 * the newest confirmed one is kept up instead, until the file is fixed. */
static int
fall_back(struct watch *w, struct err *e)
{
	struct host *h = w->host;
	struct config config = { 0 };
	unsigned number;

	if (h->saved_error.code == ERR_FAIL)
		read_again(h);
	if (h->saved_error.code == ERR_NONE && is_sound(w, &h->saved, e))
		return 0;
	if (h->saved_error.code != ERR_NONE)
		*e = h->saved_error;
	number = newest_sound(w, &config);
	if (number == 0)
		return -1;
	standing_drop(h);
	config_free(&h->saved);
	h->saved = config;
	if (e->line > 0)
		log_line(LOG_ERR,
		    _("%s:%u: %s: number %u of the history is kept up instead"),
		    h->config_path, e->line, e->text, number);
	else
		log_line(LOG_ERR,
		    _("%s: number %u of the history is kept up instead"),
		    e->text, number);
	return 0;
}

static void
save_counters(const struct host *h)
{
	struct err e;

	if (carried_save(h, &e) != 0)
		log_line(LOG_WARNING,
		    _("counters will begin at 0 after a reboot: %s"), e.text);
}

int
watch_run(struct host *h, struct err *e)
{
	struct watch w = {
		.host = h, .expected = true, .announce = true, .look = on_look
	};
	struct err ignored;
	int r;

	if (h->read_only)
		return host_refuse(h, e);
	w.place = take_place(h, e);
	if (w.place == -1)
		return -1;
	if (fall_back(&w, e) != 0) {
		close(w.place);
		return -1;
	}
	config_copy(&w.config, &h->saved);
	w.backoff = backoff_new();
	w.loop = loop_new();
	log_line(LOG_NOTICE, "%s", _("the service has started"));
	carried_void(h);
	r = serve(&w);
	save_counters(h);
	log_line(LOG_NOTICE, "%s",
	    _("the service has stopped; what is in force stays"));
	drift_tell(h, "", &ignored);
	watch_test_end(&w);
	loop_free(w.loop);
	backoff_free(w.backoff);
	config_free(&w.config);
	free(w.settled);
	buf_free(&w.told);
	buf_free(&w.containers);
	close(w.place);
	return r;
}
