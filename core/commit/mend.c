/* Correcting drift: the steps of one look of the service.
 *
 * A step is drift if its place (a link or a container with its port) has been
 * right before; else something has just come, and is to be expected. Rules are
 * carried out first, since a host that forwards without them is open. */
#include "config.h"

#include "core/commit/mend.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/intl.h"
#include "core/base/log.h"
#include "core/base/util.h"
#include "core/commit/watch_parts.h"
#include "core/plan/plan_run.h"
#include "core/plan/step_run.h"
#include "core/state/history.h"
#include "core/state/lingering.h"
#include "core/state/lock.h"

#define BRIDGE_MS 2000 /* who set up a bridge gives it its address first */

/* Findings of one look, and their results. */
struct mending {
	struct plan done; /* borrows its steps */
	struct buf left;  /* lines of those that are not done */
	unsigned wait;	  /* milliseconds until one may be tried; 0: not by
			     itself */
	bool bare;	  /* the kernel may lack the rules */
};

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

/* Ports distinguish one start of a container from the next: the kernel does not
 * soon reuse a link's index. A new place is settled once nothing of the plan is
 * left to do there; a container whose interface is down has not fully
 * arrived. */
void
mend_settle(struct watch *w, const struct plan *p)
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

/* A new container or bridge needs its address, and unedited rules are out of
 * date only because something they depend on changed, such as the public
 * address: neither is drift. That a bridge has gone is. */
static bool
is_drift(const struct watch *w, const struct step *s, uint32_t changes)
{
	if (w->expected || step_kinds[s->kind].removes ||
	    s->route.source.family != AF_UNSPEC)
		return false;
	if (s->kind == STEP_BRIDGE_MAKE)
		return true;
	if (s->kind == STEP_RULESET)
		return changes != w->changes;
	if (!step_kinds[s->kind].adds && s->at.index == 0)
		return true;
	return is_settled(w, step_place(s));
}

/* Correcting */

/* Two transactions with the same text share a backoff. A container that starts
 * again and again undoes nothing. */
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
	return xasprintf("%s %s %d %s %s", step_kinds[s->kind].name, s->name,
	    s->container != NULL ? s->container->port : 0, confs[s->conf].name,
	    text);
}

static void
say_done(const struct watch *w, const struct step *s, const char *text,
    uint32_t changes)
{
	const char *author = net_rules_author(w->host->net);
	bool drift = is_drift(w, s, changes);

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
    enum backoff_word word, uint32_t changes, const struct err *failed)
{
	if (word == BACKOFF_FIGHT)
		log_line(LOG_WARNING,
		    _("something keeps undoing this; backing "
		      "off: %s"),
		    text);
	else if (word == BACKOFF_TELL && failed != NULL)
		log_line(LOG_ERR, _("cannot correct drift: %s: %s"), text,
		    failed->text);
	else if (word == BACKOFF_TELL)
		say_done(w, s, text, changes);
}

/* lxc-net and Incus recreate their bridge on a restart, and fail if it, or its
 * address, has come back by then; so may what gives an uplink its own. */
static bool
may_be_others(const struct step *s)
{
	return s->kind == STEP_BRIDGE_MAKE ||
	       (s->container == NULL &&
		   (s->kind == STEP_ADDRESS_ADD ||
		       (s->kind == STEP_ROUTE_ADD &&
			   s->route.gateway.family != AF_UNSPEC)));
}

static unsigned
time_until(struct watch *w, const struct step *s, const char *key)
{
	if (may_be_others(s) && !w->expected)
		return backoff_hold(w->backoff, key, BRIDGE_MS, now_ms());
	return backoff_wait(w->backoff, key, now_ms());
}

static void
leave(const struct step *s, struct mending *m)
{
	if (step_kinds[s->kind].print != NULL)
		step_kinds[s->kind].print(s, &m->left);
	buf_add(&m->left, "\n");
}

/* Each step by itself: a container that refuses its address must not keep
 * others from theirs. */
static void
mend_step(struct watch *w, struct step *s, struct mending *m, uint32_t changes)
{
	struct buf text = { 0 };
	char *key = step_key(s);
	unsigned wait = time_until(w, s, key);
	enum backoff_word word;
	struct err e;
	int r = -1;

	if (step_kinds[s->kind].print != NULL)
		step_kinds[s->kind].print(s, &text);
	if (wait == 0) {
		r = step_run(s, w->host->net, &e);
		word = backoff_note(w->backoff, key, r != 0, now_ms());
		if (text.len > 0)
			say_step(
			    w, s, text.s, word, changes, r != 0 ? &e : NULL);
		wait = backoff_wait(w->backoff, key, now_ms());
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

/* Before the steps, with the snapshot, and afterwards, when only what was done
 * stays. */
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
		watch_trouble(w, LOG_ERR, e.text);
	journal_free(&j);
	return r;
}

/* For a journal that a killed seki, or a full disk, left behind. */
void
mend_note_again(struct watch *w)
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

/* A transaction that only activates the table says nothing about its rules,
 * unless they were known before. */
static bool
writes_rules(const struct plan *done)
{
	size_t i;

	for (i = 0; i < done->n; i++)
		if (done->v[i].kind == STEP_RULESET &&
		    (done->v[i].have != NULL ||
			strstr(done->v[i].text, "add rule ") != NULL))
			return true;
	return false;
}

/* Connections that began while there were no rules, as during a boot, have
 * bypassed them. */
static void
settle_connections(struct watch *w)
{
	const struct lingering_wish wish = { 0 };
	struct host *h = w->host;
	struct config before = { 0 };
	struct buf notes = { 0 };
	struct lingering l;
	char *rest, *line;

	if (history_committed(h, &before) == 0) {
		l = lingering_settle(h, &before,
		    h->pending.phase != PENDING_NONE ? &before : &w->config,
		    &wish);
		lingering_tell(&l, &notes);
		lingering_free(&l);
	}
	rest = notes.s;
	while ((line = next_line(&rest)) != NULL)
		watch_trouble(w, LOG_INFO, line);
	buf_free(&notes);
	config_free(&before);
}

static bool
opens(const struct step *s)
{
	return s->after > 0 &&
	       (s->kind == STEP_IPV4_FORWARDING ||
		   (s->kind == STEP_SYSCTL && s->conf == CONF_FORWARDING));
}

/* All steps but the ruleset's; without rules a host that starts to forward
 * would be open. */
static void
mend_links(
    struct watch *w, struct plan *plan, struct mending *m, uint32_t changes)
{
	bool bare = m->bare || m->left.len > 0;
	struct step *s;

	for (s = plan->v; s < END_OF(plan->v, plan->n); s++) {
		if (s->kind == STEP_RULESET)
			continue;
		if (!bare || !opens(s)) {
			mend_step(w, s, m, changes);
			continue;
		}
		leave(s, m);
		watch_trouble(w, LOG_ERR,
		    _("forwarding stays off until the rules are in force"));
	}
}

static void
mend_steps(
    struct watch *w, struct plan *plan, struct mending *m, uint32_t changes)
{
	struct step *s;

	for (s = plan->v; s < END_OF(plan->v, plan->n); s++)
		if (s->kind == STEP_RULESET)
			mend_step(w, s, m, changes);
	mend_links(w, plan, m, changes);
}

/* If rules could not even be planned, the kernel lacks them. */
void
mend_plan(struct watch *w, struct plan *plan, bool bare, uint32_t changes)
{
	struct mending m = { .bare = bare };
	struct err e;

	write_journal(w, plan, &w->host->snapshot, plan_note_ahead);
	mend_steps(w, plan, &m, changes);
	if (changes == w->changes)
		w->changes = drift_generation(changes, &m.done);
	mend_settle(w, plan);
	w->noted = write_journal(w, plan, NULL, plan_note) == 0;
	if (writes_rules(&m.done) &&
	    drift_remember(w->host, w->seen.want,
		drift_generation(w->seen.generation, &m.done), &e) != 0)
		watch_trouble(w, LOG_ERR, e.text);
	if (drift_tell(w->host, buf_text(&m.left), &e) != 0)
		watch_trouble(w, LOG_ERR, e.text);
	if (plan_has_rules(&m.done)) {
		w->host->settled = true;
		watch_follow(w);
		settle_connections(w);
	}
	if (m.done.n > 0)
		watch_look_in(w, APART_MS);
	if (m.left.len == 0 && m.done.n > 0)
		w->expected = false;
	if (m.wait > 0)
		watch_look_in(w, m.wait);
	buf_free(&m.left);
	free(m.done.v);
}
