/* Carries out a plan, undoes it on failure, compares the kernel with the plan,
 * and keeps the journal. */
#include "config.h"

#include "core/plan/plan_run.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/util.h"
#include "core/plan/fw.h"
#include "core/plan/plan.h"
#include "core/plan/role.h"
#include "core/plan/step_run.h"

int
plan_undo(struct plan *p, struct net *net, struct err *e)
{
	struct err first = { 0 };
	struct step *s;
	size_t i;

	for (i = p->n; i > 0; i--) {
		s = &p->v[i - 1];
		if (!s->done)
			continue;
		step_complete(s);
		s->done = step_undo(s, net, e) != 0;
		if (s->done && first.code == ERR_NONE)
			first = *e;
	}
	if (first.code == ERR_NONE)
		return 0;
	*e = first;
	return -1;
}

bool
plan_is_undone(const struct plan *p)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		if (p->v[i].done)
			return false;
	return !p->unsure;
}

static int
read_table(
    const struct plan *p, struct net *net, struct table *t, struct err *e)
{
	const struct step *s;

	memset(t, 0, sizeof(*t));
	for (s = p->v; s < END_OF(p->v, p->n); s++)
		if (s->kind == STEP_RULESET)
			break;
	if (s == END_OF(p->v, p->n))
		return 0;
	if (step_is_known(s))
		return step_read_digest(net, &t->digest, e);
	t->text = fw_save(e);
	return t->text != NULL ? 0 : -1;
}

static int
compare(const struct plan *p, struct net *net, const struct snapshot *now,
    struct err *e)
{
	struct table table;
	const struct step *s;
	int r = read_table(p, net, &table, e);

	for (s = p->v; s < END_OF(p->v, p->n) && r == 0; s++)
		r = step_kinds[s->kind].compare(s, now, &table, e);
	free(table.text);
	return r;
}

/* Other addresses do not matter to it. */
static void
want_addresses(const struct plan *p, struct net *net)
{
	struct prefix *v = xcalloc(p->n, sizeof(*v));
	size_t i;

	for (i = 0; i < p->n; i++)
		v[i] = p->v[i].address.prefix;
	net_want(net, v, p->n);
	free(v);
}

int
plan_read_back(const struct plan *p, struct net *net, struct err *e)
{
	struct snapshot now;
	int r;

	want_addresses(p, net);
	r = net_read(net, &now, e);
	if (r != 0)
		return -1;
	r = compare(p, net, &now, e);
	snapshot_free(&now);
	return r;
}

int
plan_fail(struct plan *p, struct net *net, struct err *e)
{
	bool untouched = plan_is_undone(p);
	struct err undo;

	p->unsure =
	    plan_undo(p, net, &undo) != 0 || plan_read_back(p, net, &undo) != 0;
	if (p->unsure)
		return err_hint_more(e,
		    "and undoing what was done before it failed: %s",
		    undo.text);
	if (untouched)
		return err_hint_more(e, "nothing changed");
	return err_hint_more(
	    e, "what was done before it was undone: nothing changed");
}

static int
run(struct step *s, struct net *net, struct err *e)
{
	s->failed = step_run(s, net, e) != 0;
	return s->failed ? -1 : 0;
}

static void
tell_failed(const struct step *s, const struct err *e, struct buf *failed)
{
	if (step_kinds[s->kind].print != NULL)
		step_kinds[s->kind].print(s, failed);
	buf_printf(failed, ": %s", e->text);
	if (e->hint[0] != '\0')
		buf_printf(failed, " (%s)", e->hint);
	buf_add(failed, "\n");
}

int
plan_run(struct plan *p, struct net *net, struct buf *failed, struct err *e)
{
	struct step *s;

	for (s = p->v; s < END_OF(p->v, p->n); s++) {
		if (run(s, net, e) == 0)
			continue;
		if (s->container == NULL)
			return plan_fail(p, net, e);
		tell_failed(s, e, failed);
	}
	return 0;
}

int
plan_try(struct plan *p, struct net *net, struct buf *failed, struct err *e)
{
	struct step *s;
	struct err here;
	int r = 0;

	for (s = p->v; s < END_OF(p->v, p->n); s++) {
		if (run(s, net, &here) == 0)
			continue;
		tell_failed(s, &here, failed);
		if (r == 0)
			*e = here;
		r = -1;
	}
	return r;
}

static struct owned
owned_by(const struct step *s)
{
	return (struct owned){ .inside = s->container != NULL,
		.name = s->name,
		.prefix = s->address.prefix,
		.at = s->at };
}

static struct made
made_by(const struct step *s)
{
	return (struct made){ .index = s->at.index, .mac = s->mac };
}

/* Whose bridge it is, once it is there or not. */
static void
note_made(const struct step *s, bool there, struct journal *j)
{
	const struct made made = made_by(s);

	if (step_is_bridge(s) && there)
		journal_add_made(j, &made);
	else if (step_is_bridge(s))
		journal_remove_made(j, &made);
}

/* Whether the step changes a setting that is to be put back, */
static bool
borrows(const struct step *s)
{
	int want;

	return s->kind == STEP_SYSCTL && role_lends(s->conf, &want) &&
	       s->after == want;
}

/* or puts it back. */
static bool
returns(const struct step *s)
{
	int want;

	return s->kind == STEP_SYSCTL && role_lends(s->conf, &want) &&
	       s->after != want;
}

static void
note_former(const struct step *s, int value, struct journal *j)
{
	const struct former f = { s->at.index, s->conf, value };

	journal_add_former(j, &f);
}

/* Whether seki switched it on, once it is so or so. */
static void
note_forwarding4(const struct step *s, bool on, struct journal *j)
{
	if (s->kind != STEP_IPV4_FORWARDING)
		return;
	j->forwards4 = on;
	j->redirects4 = s->redirects;
}

void
plan_note_ahead(const struct plan *p, struct journal *j)
{
	const struct step *s;
	struct owned owned;

	for (s = p->v; s < END_OF(p->v, p->n); s++) {
		owned = owned_by(s);
		if (s->kind == STEP_ADDRESS_ADD)
			journal_add(j, &owned);
		if (s->kind == STEP_BRIDGE_MAKE)
			note_made(s, true, j);
		if (borrows(s))
			note_former(s, s->before, j);
		if (s->after)
			note_forwarding4(s, true, j);
	}
}

/* If there was nothing to add, somebody else added it. */
void
plan_note(const struct plan *p, struct journal *j)
{
	const struct step *s;
	struct owned owned;

	for (s = p->v; s < END_OF(p->v, p->n); s++) {
		owned = owned_by(s);
		note_forwarding4(s, s->done ? s->after : s->before, j);
		if (s->kind == STEP_ADDRESS_ADD && s->done)
			journal_add(j, &owned);
		else if (s->kind == STEP_ADDRESS_ADD ||
			 (s->kind == STEP_ADDRESS_REMOVE && s->done))
			journal_remove(j, &owned);
		note_made(s, (s->kind == STEP_BRIDGE_MAKE) == s->done, j);
		if (returns(s) && s->done)
			journal_remove_former(j, s->at.index, s->conf);
	}
}

void
plan_unnote(const struct plan *p, struct journal *j)
{
	const struct step *s;
	struct owned owned;

	for (s = p->v; s < END_OF(p->v, p->n); s++) {
		owned = owned_by(s);
		note_forwarding4(s, s->before, j);
		if (s->kind == STEP_ADDRESS_ADD)
			journal_remove(j, &owned);
		else if (s->kind == STEP_ADDRESS_REMOVE &&
			 s->address.proto == NET_PROTO)
			journal_add(j, &owned);
		note_made(s, s->kind == STEP_BRIDGE_REMOVE, j);
		if (borrows(s))
			journal_remove_former(j, s->at.index, s->conf);
		else if (returns(s))
			note_former(s, s->after, j);
	}
}
