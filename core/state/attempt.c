/* Lets a packet into this host, to see what becomes of it. */
#include "config.h"

#include "core/state/attempt.h"

#include <netinet/in.h>
#include <string.h>

#include "core/kernel/net_try.h"
#include "core/kernel/net_way.h"
#include "core/reach/specimen.h"
#include "core/state/drift.h"
#include "core/state/standing.h"

static const struct link *
uplink_of(const struct host *h, const struct model *m, const struct prefix *to)
{
	const struct address *a = h->snapshot.addresses;
	const struct model_uplink *u;

	for (; a < END_OF(h->snapshot.addresses, h->snapshot.naddresses); a++)
		for (u = m->uplinks; u < END_OF(m->uplinks, m->nuplinks); u++)
			if (a->nsid == NSID_SELF &&
			    a->index == u->link->index &&
			    addr_equal(&a->prefix, to))
				return u->link;
	return m->nuplinks > 0 ? m->uplinks[0].link : NULL;
}

static const struct model *
resolve(struct attempt *a, const struct host *h, struct err *e)
{
	const struct config *c = drift_config(h, &a->store, e);
	const struct model *m;
	int r;

	if (c == NULL) {
		if (e->code == ERR_NONE)
			err_set(e, ERR_BUSY, "a commit is being carried out");
		return NULL;
	}
	m = standing_resolve(h, c, &a->own, &r, e);
	return r == 0 ? m : NULL;
}

/* Routes are asked where the packet was lost between two hooks. */
static void
find_refusal(struct attempt *a, struct host *h)
{
	if (a->tried.end == TRIED_LOST)
		a->refusal = net_way_refusal(
		    h->net, a->link->index, &a->trial.from, &a->tried.to);
}

/* By which link it comes. */
static int
find_link(struct attempt *a, const struct host *h, const struct model *m,
    struct err *e)
{
	a->link = uplink_of(h, m, &a->trial.to);
	if (a->link != NULL && a->link->index != 0)
		return 0;
	err_set(e, ERR_FAIL, "no uplink is known");
	return err_hint(e, "name one: seki add uplink IFACE");
}

/* The model; NULL on error. */
static const struct model *
begin(struct attempt *a, struct host *h, const struct trial *t, struct err *e)
{
	const struct model *m;

	memset(a, 0, sizeof(*a));
	a->trial = *t;
	m = resolve(a, h, e);
	if (m == NULL || find_link(a, h, m, e) != 0)
		return NULL;
	host_look_for_hooks(h);
	return m;
}

/* Judged by seki's rules alone where the kernel cannot be asked. */
static void
let_in(struct attempt *a, struct host *h, const struct model *m)
{
	const struct trial t = a->trial;
	struct trace trace;

	a->real = net_try(h->net, a->link, &a->trial, &trace, &a->lack) == 0;
	if (!a->real) {
		tried_judge(&a->tried, &t, a->link->name, NULL, m);
		return;
	}
	tried_read(&a->tried, &trace, &t, a->link->name, &h->hooks, m);
	find_refusal(a, h);
}

int
attempt_make(
    struct attempt *a, struct host *h, const struct trial *t, struct err *e)
{
	const struct model *m = begin(a, h, t, e);

	if (m == NULL)
		return -1;
	let_in(a, h, m);
	return 0;
}

int
attempt_of(struct attempt *a, struct host *h, const struct model *m,
    const struct trial *t, bool real, struct err *e)
{
	memset(a, 0, sizeof(*a));
	a->trial = *t;
	if (find_link(a, h, m, e) != 0)
		return -1;
	if (real)
		let_in(a, h, m);
	else
		tried_judge(&a->tried, t, a->link->name, &h->hooks, m);
	return 0;
}

/* Of the protocols without a first packet nobody can tell whether a statement
 * was asked: a connection that goes on is let through. */
int
attempt_await(struct attempt *a, struct host *h, const struct trial *pattern,
    unsigned ms, struct err *e)
{
	struct trace trace;
	const struct model *m = begin(a, h, pattern, e);

	if (m == NULL || net_await(a->link, ms, &a->trial, &trace, e) != 0)
		return -1;
	a->real = a->others = true;
	if (!trace.seen) {
		trace_free(&trace);
		return err_set(e, ERR_FAIL,
		    "no such packet came within %u seconds", ms / 1000);
	}
	tried_read(&a->tried, &trace, &a->trial, a->link->name, &h->hooks,
	    a->trial.proto == IPPROTO_TCP ? m : NULL);
	find_refusal(a, h);
	return 0;
}

void
attempt_free(struct attempt *a)
{
	tried_free(&a->tried);
	model_free(&a->own);
	config_free(&a->store);
}

/* Examples */

static const struct statement *
first_forward(const struct config *c)
{
	size_t i = 0;

	while (
	    i < c->n && (c->v[i].st == NULL || c->v[i].st->kind != ST_FORWARD ||
			    statement_is_off(c->v[i].st)))
		i++;
	return i < c->n ? c->v[i].st : NULL;
}

/* Whether the packet, as far as it is known, may be that one. */
static bool
may_be(const struct trial *t, const struct trial *s)
{
	return (t->proto == 0 || t->proto == s->proto) &&
	       (t->from.family == AF_UNSPEC ||
		   t->from.family == s->from.family) &&
	       (t->to.family == AF_UNSPEC || t->to.family == s->to.family);
}

static void
fill_in(struct trial *t, const struct trial *s)
{
	t->proto = s->proto;
	if (t->from.family == AF_UNSPEC)
		t->from = s->from;
	if (t->sport == 0)
		t->sport = s->sport;
	if (t->to.family != AF_UNSPEC)
		return;
	t->to = s->to;
	t->dport = s->dport;
}

static bool
pick_example(const struct model *m, const struct statement *st, struct trial *t)
{
	struct specimen v[SPECIMENS_MAX];
	size_t n = st != NULL ? specimens_of(m, st, v) : 0, i = 0;

	while (i < n && !may_be(t, &v[i].trial))
		i++;
	if (i < n)
		fill_in(t, &v[i].trial);
	return i < n;
}

bool
attempt_example(
    const struct host *h, const struct statement *st, struct trial *t)
{
	struct statement *input = NULL;
	const struct model *m;
	struct err ignored;
	struct model own;
	bool found;
	int r;

	m = standing_resolve(h, &h->candidate, &own, &r, &ignored);
	if (st == NULL)
		st = first_forward(&h->candidate);
	if (st == NULL)
		st = input = statement_from("allow input tcp 22", &ignored);
	found = r == 0 && pick_example(m, st, t);
	if (input != NULL)
		t->dport = 0;
	statement_free(input);
	model_free(&own);
	return found;
}
