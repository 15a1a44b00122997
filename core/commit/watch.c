/* The service: keeps the host as it was committed.
 *
 * Each look (after an event, and now and then) finds the config the host is
 * kept to: the saved one, if a commit or SIGHUP put it there, else the last
 * that was; then the plan that leads there. What is in it is either expected (a
 * container or a bridge has just come, the host has just started) or drift,
 * which is told with who caused it. Each step is carried out for itself, and
 * less and less often if something keeps undoing it (core/commit/patience.h).
 * What cannot be done now is a lack: told once, and again when it is over. */
#include "config.h"

#include "core/commit/watch.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/intl.h"
#include "core/base/log.h"
#include "core/base/loop.h"
#include "core/base/util.h"
#include "core/commit/dry_run.h"
#include "core/commit/patience.h"
#include "core/commit/takeover.h"
#include "core/lang/config_diff.h"
#include "core/plan/plan_run.h"
#include "core/plan/step_run.h"
#include "core/state/drift.h"
#include "core/state/history.h"
#include "core/state/lingering.h"
#include "core/state/lock.h"

#define SETTLE_MS 20	/* events come in bursts */
#define APART_MS 200	/* between two looks */
#define BUSY_MS 100	/* until a commit has let go of the lock */
#define SLOW_MS 30000	/* for what has no event: accept_ra, a dead guard */
#define BRIDGE_MS 2000	/* who set up a bridge gives it its address first */
#define DEADLINE_MS 200 /* a guard that lives is given that much */

struct watch {
	struct host *host;
	struct loop *loop;
	struct config config; /* what the host is kept to */
	struct patience *patience;
	uint64_t *settled; /* places that have been seen to */
	size_t nsettled;
	uint32_t generation; /* of nftables when all was right */
	struct drift_seen seen;
	uint64_t next, last; /* looks, by now_ms; next 0 when none is due */
	struct buf told;     /* lines: what it said last is so, and is a lack */
	bool lacks;	     /* not all can be carried out as things are */
	bool expected; /* what is found now is no drift: start, or SIGHUP */
	bool announce; /* that all is right, once it is */
	bool reread;   /* the saved config is to be taken as it is */
	bool noted;    /* the journal has what is ours, and nothing else */
	uint64_t held; /* digest of one that an editor has saved; or 0 */
};

/* What one look found to do, and what came of it. */
struct mending {
	struct plan done; /* borrows its steps */
	struct buf left;  /* lines of those that are not done */
	unsigned wait;	  /* milliseconds until one may be tried; 0: not by
			     itself */
	bool bare;	  /* the kernel may lack the rules */
};

static void on_look(void *);

static void
look_in(struct watch *w, unsigned ms)
{
	uint64_t at = now_ms() + ms;

	if (w->next != 0 && w->next <= at)
		return;
	w->next = at;
	loop_timer(w->loop, ms, on_look, w);
}

/* Words */

/* The same trouble at every look is told once. */
static void
say_trouble(struct watch *w, int level, const char *text)
{
	if (patience_note(w->patience, text, true, now_ms()) == PATIENCE_TELL)
		log_line(level, "%s", text);
}

/* Whether what changed about that line could be told by now: what comes and
 * goes is told less and less often, but how it stands in the end is. */
static bool
say_change(struct watch *w, int level, const char *fmt, const char *line)
{
	char *text;

	if (patience_wait(w->patience, line, now_ms()) > 0) {
		look_in(w, patience_wait(w->patience, line, now_ms()));
		return false;
	}
	patience_note(w->patience, line, true, now_ms());
	text = xasprintf(fmt, line);
	log_line(level, "%s", text);
	free(text);
	return true;
}

/* What is so since it was told last, and what is no longer. */
static void
say_notes(struct watch *w, const struct buf *notes)
{
	char *before = buf_take(&w->told), *rest = before, *line;
	char *now = xstrdup(buf_text(notes));

	while ((line = next_line(&rest)) != NULL)
		if (has_line(now, line) ||
		    !say_change(w, LOG_INFO, _("resolved: %s"), line))
			buf_printf(&w->told, "%s\n", line);
	for (rest = now; (line = next_line(&rest)) != NULL;)
		if (!has_line(buf_text(&w->told), line) &&
		    say_change(w, LOG_WARNING, "%s", line))
			buf_printf(&w->told, "%s\n", line);
	w->lacks = notes->len > 0;
	free(now);
	free(before);
}

/* Drift, or what was to be expected */

static uint64_t
place(const char *name, int index)
{
	char number[16];

	snprintf(number, sizeof(number), " %d", index);
	return hash_text(hash_text(HASH_START, name), number);
}

static bool
is_settled(const struct watch *w, uint64_t where)
{
	size_t i;

	for (i = 0; i < w->nsettled; i++)
		if (w->settled[i] == where)
			return true;
	return false;
}

static uint64_t
step_place(const struct step *s)
{
	return s->container != NULL
		   ? place(s->container->name, s->container->port)
		   : place(s->name, s->at.index);
}

static bool
is_left(const struct plan *p, uint64_t where)
{
	const struct step *s;

	for (s = p->v; s < END_OF(p->v, p->n); s++)
		if (!s->done && step_place(s) == where)
			return true;
	return false;
}

/* Ports, and not what is inside, tell one start of a container from the next:
 * the kernel never gives the index of a link to another one soon. What has just
 * come is settled when nothing of the plan is left to do there; a container
 * whose interface is down has not wholly come. */
static void
settle(struct watch *w, const struct plan *p)
{
	const struct snapshot *s = &w->host->snapshot;
	uint64_t *v = xcalloc(s->nlinks + s->ncontainers, sizeof(*v)), where;
	const struct container *c;
	const struct link *l;
	size_t n = 0;

	for (l = s->links; l < END_OF(s->links, s->nlinks); l++) {
		where = place(l->name, l->index);
		if (is_settled(w, where) || !is_left(p, where))
			v[n++] = where;
	}
	for (c = s->containers; c < END_OF(s->containers, s->ncontainers);
	     c++) {
		where = place(c->name, c->port);
		if (!c->inner_down &&
		    (is_settled(w, where) || !is_left(p, where)))
			v[n++] = where;
	}
	free(w->settled);
	w->settled = v;
	w->nsettled = n;
}

/* A container or a bridge that has just come has to be given its address, and
 * rules that nobody touched are wrong only because what they are made for has
 * changed, such as the public address. */
static bool
is_drift(const struct watch *w, const struct step *s, uint32_t generation)
{
	if (w->expected || step_kinds[s->kind].removes ||
	    s->route.source.family != AF_UNSPEC)
		return false;
	if (s->kind == STEP_RULESET)
		return generation != w->generation;
	if (!step_kinds[s->kind].adds && s->at.index == 0)
		return true;
	return is_settled(w, step_place(s));
}

/* Mending */

/* Two transactions are the same trouble when they are the same text. */
static char *
step_key(const struct step *s)
{
	char text[ADDR_TEXT_MAX] = "";

	if (s->kind == STEP_RULESET)
		return xstrdup(s->text);
	if (s->route.gateway.family != AF_UNSPEC)
		prefix_text(&s->route.gateway, text);
	else if (s->address.prefix.family != AF_UNSPEC)
		prefix_text(&s->address.prefix, text);
	return xasprintf("%s %s %s %s", step_kinds[s->kind].name, s->name,
	    conf_names[s->conf], text);
}

static void
say_done(const struct watch *w, const struct step *s, const char *text,
    uint32_t generation)
{
	const char *author = net_rules_author(w->host->net);
	bool drift = is_drift(w, s, generation);

	if (w->expected)
		log_line(LOG_INFO, _("applied: %s"), text);
	else if (!drift)
		log_line(LOG_INFO, "%s", text);
	else if (s->kind == STEP_RULESET && author[0] != '\0')
		log_line(LOG_WARNING, _("drift corrected: %s (changed by %s)"),
		    text, author);
	else
		log_line(LOG_WARNING, _("drift corrected: %s"), text);
}

static void
say_step(const struct watch *w, const struct step *s, const char *text,
    enum patience_word word, uint32_t generation, const struct err *failed)
{
	if (word == PATIENCE_FIGHT)
		log_line(LOG_WARNING,
		    _("something keeps undoing this; backing "
		      "off: %s"),
		    text);
	else if (word == PATIENCE_TELL && failed != NULL)
		log_line(LOG_ERR, _("cannot correct drift: %s: %s"), text,
		    failed->text);
	else if (word == PATIENCE_TELL)
		say_done(w, s, text, generation);
}

/* lxc-net and Incus set their bridge up anew when they start again, and fail
 * where their address has come back meanwhile. */
static unsigned
time_until(struct watch *w, const struct step *s, const char *key)
{
	if (s->kind == STEP_ADDRESS_ADD && s->container == NULL && !w->expected)
		return patience_hold(w->patience, key, BRIDGE_MS, now_ms());
	return patience_wait(w->patience, key, now_ms());
}

static void
leave(const struct step *s, struct mending *m)
{
	if (step_kinds[s->kind].print != NULL)
		step_kinds[s->kind].print(s, &m->left);
	buf_add(&m->left, "\n");
}

/* Each step on its own: a container that refuses its address must not keep the
 * others from theirs. */
static void
mend_step(
    struct watch *w, struct step *s, struct mending *m, uint32_t generation)
{
	struct buf text = { 0 };
	char *key = step_key(s);
	unsigned wait = time_until(w, s, key);
	enum patience_word word;
	struct err e;
	int r = -1;

	if (step_kinds[s->kind].print != NULL)
		step_kinds[s->kind].print(s, &text);
	if (wait == 0) {
		r = step_run(s, w->host->net, &e);
		word = patience_note(w->patience, key, r != 0, now_ms());
		if (text.len > 0)
			say_step(
			    w, s, text.s, word, generation, r != 0 ? &e : NULL);
		wait = patience_wait(w->patience, key, now_ms());
	}
	if (r == 0) {
		m->done.v = xgrow(m->done.v, m->done.n, sizeof(*m->done.v));
		m->done.v[m->done.n++] = *s;
	} else {
		leave(s, m);
		wait = wait > 0 ? wait : APART_MS;
		if (m->wait == 0 || wait < m->wait)
			m->wait = wait;
	}
	buf_free(&text);
	free(key);
}

/* Before, as the host was seen, and after; only what was done stays noted. */
static int
write_journal(struct watch *w, const struct plan *p,
    const struct snapshot *seen,
    void (*note)(const struct plan *, struct journal *))
{
	const char *run_path = w->host->run_path;
	struct journal j;
	struct err e;
	int r = journal_load(&j, run_path, &e);

	if (r == 0) {
		if (seen != NULL)
			journal_prune(&j, seen);
		note(p, &j);
		r = journal_store(&j, run_path, &e);
	}
	if (r != 0)
		say_trouble(w, LOG_ERR, e.text);
	journal_free(&j);
	return r;
}

/* One that was killed, or could not write, left it as it is. */
static void
note_again(struct watch *w)
{
	static const struct plan nothing;
	struct host *h = w->host;
	struct err ignored;
	int lock = lock_run(h->run_path, &ignored);

	if (lock == -1)
		return;
	if (host_refresh(h, &ignored) == 0)
		w->noted =
		    write_journal(w, &nothing, &h->snapshot, plan_note) == 0;
	close(lock);
}

/* A transaction that only wakes the table says nothing about its rules. */
static bool
writes_rules(const struct plan *done)
{
	size_t i;

	for (i = 0; i < done->n; i++)
		if (done->v[i].kind == STEP_RULESET &&
		    strstr(done->v[i].text, "add rule ") != NULL)
			return true;
	return false;
}

/* What came while there were no rules, as during a boot, has passed them by. */
static void
settle_connections(struct watch *w)
{
	struct host *h = w->host;
	struct config before = { 0 };
	struct buf notes = { 0 };
	struct lingering l;
	char *rest, *line;

	if (history_committed(h, &before) == 0) {
		l = lingering_settle(h, &before,
		    h->pending.phase != PENDING_NONE ? &before : &w->config);
		lingering_tell(&l, &notes);
		lingering_free(&l);
	}
	rest = notes.s;
	while ((line = next_line(&rest)) != NULL)
		say_trouble(w, LOG_INFO, line);
	buf_free(&notes);
	config_free(&before);
}

static bool
opens(const struct step *s)
{
	return s->kind == STEP_SYSCTL && s->conf == CONF_FORWARDING &&
	       s->after > 0;
}

/* Those not yet tried; without the rules a host that begins to forward would
 * be open. */
static void
mend_links(
    struct watch *w, struct plan *plan, struct mending *m, uint32_t generation)
{
	bool bare = m->bare || m->left.len > 0;
	struct step *s;

	for (s = plan->v; s < END_OF(plan->v, plan->n); s++) {
		if (s->kind == STEP_RULESET)
			continue;
		if (!bare || !opens(s)) {
			mend_step(w, s, m, generation);
			continue;
		}
		leave(s, m);
		say_trouble(w, LOG_ERR,
		    _("forwarding stays off until the rules are in force"));
	}
}

static void
mend_steps(
    struct watch *w, struct plan *plan, struct mending *m, uint32_t generation)
{
	struct step *s;

	for (s = plan->v; s < END_OF(plan->v, plan->n); s++)
		if (s->kind == STEP_RULESET)
			mend_step(w, s, m, generation);
	mend_links(w, plan, m, generation);
}

/* Rules that could not even be planned are bare. */
static void
mend(struct watch *w, struct plan *plan, bool bare, uint32_t generation)
{
	struct mending m = { .bare = bare };
	struct err e;

	write_journal(w, plan, &w->host->snapshot, plan_note_ahead);
	mend_steps(w, plan, &m, generation);
	settle(w, plan);
	w->noted = write_journal(w, plan, NULL, plan_note) == 0;
	if (writes_rules(&m.done) &&
	    drift_remember(w->host, w->seen.want,
		drift_generation(w->seen.generation, &m.done), &e) != 0)
		say_trouble(w, LOG_ERR, e.text);
	if (drift_tell(w->host, buf_text(&m.left), &e) != 0)
		say_trouble(w, LOG_ERR, e.text);
	if (plan_has_rules(&m.done))
		settle_connections(w);
	if (m.done.n > 0)
		look_in(w, APART_MS);
	if (m.left.len == 0 && m.done.n > 0)
		w->expected = false;
	if (m.wait > 0)
		look_in(w, m.wait);
	buf_free(&m.left);
	free(m.done.v);
}

/* Which config */

/* Whether it can be carried out at all, whatever is missing on this host. */
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
	w->reread = false;
}

static int
find_steps(struct watch *w, const struct config *c, struct buf *notes,
    struct plan *plan, struct err *e)
{
	if (drift_find(w->host, c, &w->seen, notes, plan, e) != 0)
		return -1;
	return dry_run(plan, e);
}

/* Whether the kernel has what it was kept to so far. */
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

/* Whether the saved config is the one that was confirmed last. What a commit
 * found edited by hand stands in the history without a time. */
static bool
is_confirmed(const struct host *h)
{
	struct history all = { 0 };
	struct err ignored;
	bool confirmed = history_newest(h) != 0 &&
			 history_expect(h, &h->saved) == history_newest(h) &&
			 history_load(h, &all, &ignored) == 0 && all.n > 0 &&
			 all.v[0].when != 0;

	history_free(&all);
	return confirmed;
}

/* A commit changes the kernel first and saves then. So a saved config that the
 * kernel does not have, while it still has the old one, was edited by hand, and
 * nobody has said yet that it is finished; unless it was confirmed, and what it
 * is about has come since. */
static int
find_saved(struct watch *w, struct buf *notes, struct plan *plan, struct err *e)
{
	struct host *h = w->host;

	if (w->reread && !is_sound(w, &h->saved, e)) {
		w->reread = false;
		say_trouble(w, LOG_ERR, e->text);
	}
	if (config_changes(&w->config, &h->saved) == 0 || w->reread) {
		adopt(w);
		return find_steps(w, &w->config, notes, plan, e);
	}
	if (find_steps(w, &h->saved, notes, plan, e) == 0 &&
	    (plan->n == 0 || is_confirmed(h) ||
		(w->held != digest(&h->saved) && !is_kept(w)))) {
		adopt(w);
		return 0;
	}
	w->held = digest(&h->saved);
	plan_free(plan);
	say_trouble(w, LOG_WARNING,
	    _("the saved config was edited by hand and is not applied before "
	      "seki apply or SIGHUP says so"));
	return find_steps(w, &w->config, notes, plan, e);
}

/* Looking */

/* -1 with code ERR_NONE while a commit is in progress. A config that
 * cannot be read leaves the one that was read before. */
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
		say_trouble(w, LOG_ERR, e->text);
	if (host_refresh(h, e) != 0)
		return -1;
	c = drift_config(h, &store, e);
	if (c == &h->saved)
		r = find_saved(w, &notes, plan, e);
	else if (c != NULL)
		r = find_steps(w, c, &notes, plan, e);
	if (c != NULL)
		say_notes(w, &notes);
	buf_free(&notes);
	config_free(&store);
	return r;
}

/* What was found is looked for again once nobody else can change it. */
static int
mend_locked(struct watch *w, struct err *e)
{
	int lock = lock_run(w->host->run_path, e), r = -1;
	uint32_t generation = w->generation;
	struct plan plan = { 0 };

	if (lock == -1) {
		if (e->code == ERR_BUSY)
			e->code = ERR_NONE;
		return -1;
	}
	net_generation(w->host->net, &generation, e);
	r = find(w, &plan, e);
	mend(w, &plan, r != 0, generation);
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
all_right(struct watch *w, uint32_t generation)
{
	static const struct plan nothing;
	struct err e;

	if (w->announce)
		say_right(w);
	w->expected = w->announce = false;
	settle(w, &nothing);
	w->generation = generation;
	if (drift_remember(w->host, w->seen.want, w->seen.generation, &e) !=
		0 ||
	    drift_tell(w->host, "", &e) != 0)
		say_trouble(w, LOG_ERR, e.text);
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
		say_trouble(w, LOG_ERR, e.text);
}

static void
wait_for_deadline(struct watch *w)
{
	const struct pending *p = &w->host->pending;
	uint64_t now = boot_ms();

	if (p->phase != PENDING_WAITING)
		return;
	look_in(w, (p->deadline > now ? (unsigned)(p->deadline - now) : 0) +
		       DEADLINE_MS);
}

static void
on_look(void *arg)
{
	struct watch *w = arg;
	struct err e = { 0 };
	uint32_t generation = w->generation;
	struct plan plan;
	int r;

	w->next = 0;
	recover(w);
	net_generation(w->host->net, &generation, &e);
	r = find(w, &plan, &e);
	if (r == 0 && plan.n == 0 && !w->noted)
		note_again(w);
	if (r == 0 && plan.n == 0)
		all_right(w, generation);
	else if (plan.n > 0)
		r = mend_locked(w, &e);
	if (r != 0 && e.code == ERR_NONE) {
		look_in(w, BUSY_MS);
	} else if (r != 0) {
		say_trouble(w, LOG_ERR, e.text);
		look_in(w, patience_wait(w->patience, e.text, now_ms()));
	}
	plan_free(&plan);
	wait_for_deadline(w);
	look_in(w, SLOW_MS);
	w->last = now_ms();
}

static void
on_event(void *arg)
{
	struct watch *w = arg;
	uint64_t now = now_ms(), soon = now + SETTLE_MS;

	if (!net_ready(w->host->net))
		return;
	if (soon < w->last + APART_MS)
		soon = w->last + APART_MS;
	look_in(w, (unsigned)(soon - now));
}

/* The service */

static void
on_hangup(void *arg)
{
	struct watch *w = arg;

	w->expected = w->announce = w->reread = true;
	host_reread(w->host);
	look_in(w, 0);
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
	look_in(w, 0);
	return loop_run(w->loop);
}

static unsigned
newest_sound(struct watch *w, struct config *config)
{
	unsigned n = history_newest(w->host);
	struct err ignored;

	for (; n > 0; n--) {
		if (history_read(w->host, n, config, &ignored) == 0 &&
		    is_sound(w, config, &ignored))
			break;
		config_free(config);
	}
	return n;
}

/* What kept it from being read may have passed. */
static void
read_again(struct host *h)
{
	struct err ignored;

	host_reread(h);
	host_reload(h, &ignored);
}

/* A saved config that cannot be read or carried out must not leave the host
 * open: the newest that was confirmed is kept up in its place, until the file
 * is put right. */
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

int
watch_run(struct host *h, struct err *e)
{
	struct watch w = { .host = h, .expected = true, .announce = true };
	struct err ignored;
	int place, r;

	if (h->read_only)
		return host_refuse(h, e);
	place = take_place(h, e);
	if (place == -1)
		return -1;
	if (fall_back(&w, e) != 0) {
		close(place);
		return -1;
	}
	config_copy(&w.config, &h->saved);
	w.patience = patience_new();
	w.loop = loop_new();
	r = serve(&w);
	drift_tell(h, "", &ignored);
	loop_free(w.loop);
	patience_free(w.patience);
	config_free(&w.config);
	free(w.settled);
	buf_free(&w.told);
	close(place);
	return r;
}
