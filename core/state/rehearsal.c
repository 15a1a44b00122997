/* What packets meet under a config that is new. */
#include "config.h"

#include "core/state/rehearsal.h"

#include <stdlib.h>
#include <string.h>

#include "core/lang/config_diff.h"
#include "core/reach/sockets.h"
#include "core/reach/specimen.h"
#include "core/state/check.h"
#include "core/state/drift.h"
#include "core/state/history.h"

struct rehearsing {
	struct rehearsal *to;
	struct host *host;
	struct config forwards; /* of those packets, */
	struct host seen;	/* with what listens behind them */
};

/* Packets */

static size_t
most(const struct rehearsal *r)
{
	return r->real ? REHEARSED_REAL_MAX : REHEARSED_MAX;
}

static void
add_one(
    struct rehearsing *r, const struct statement *st, const struct specimen *s)
{
	struct rehearsal *to = r->to;
	struct rehearsed *one;
	struct err ignored;

	if (to->n == most(to)) {
		to->more++;
		return;
	}
	to->v = xgrow(to->v, to->n, sizeof(*to->v));
	one = &to->v[to->n];
	*one = (struct rehearsed){ .st = st, .passes = s->passes };
	if (attempt_of(&one->attempt, r->host, &to->model, &s->trial, to->real,
		&ignored) == 0)
		to->n++;
	else
		attempt_free(&one->attempt);
}

static void
add_change(void *arg, const struct change *c)
{
	struct rehearsing *r = arg;
	struct specimen v[SPECIMENS_MAX];
	struct err ignored;
	size_t n, i;

	if (c->after == NULL || statement_is_off(c->after))
		return;
	n = specimens_of(&r->to->model, c->after, v);
	for (i = 0; i < n; i++)
		add_one(r, c->after, &v[i]);
	if (n > 0 && c->after->kind == ST_FORWARD && r->to->more == 0)
		config_add(&r->forwards, statement_copy(c->after), &ignored);
}

/* How they fared */

static bool
passed(const struct tried *t)
{
	return t->end == TRIED_RECEIVED || t->end == TRIED_LEFT;
}

static const struct model_forward *
forward_of(const struct model *m, const struct rehearsed *one)
{
	enum family f = addr_family(&one->attempt.trial.to);
	size_t i = 0;

	while (i < m->nforwards &&
	       (m->forwards[i].family != f ||
		   !statement_equal(m->forwards[i].st, one->st)))
		i++;
	return i < m->nforwards ? &m->forwards[i] : NULL;
}

/* What gets where it should may find nobody there. */
static void
listen_for(const struct rehearsing *r, struct rehearsed *one)
{
	const struct model *m = &r->to->model;
	const struct model_forward *f =
	    one->st->kind == ST_FORWARD ? forward_of(m, one) : NULL;
	struct buf why = { 0 };

	if (f == NULL || check_hears(&r->seen, m, f, &why))
		return;
	one->deaf = buf_take(&why);
	one->state = LIGHT_WARN;
}

static void
conclude(const struct rehearsing *r, struct rehearsed *one)
{
	const struct tried *t = &one->attempt.tried;

	one->state = passed(t) == one->passes ? LIGHT_OK : LIGHT_FAIL;
	if (one->passes && passed(t) && t->doubt != NULL)
		one->state = LIGHT_UNKNOWN;
	else if (one->passes && passed(t))
		listen_for(r, one);
}

/* The whole */

static void
rehearse(struct rehearsing *r)
{
	struct sockets sockets = { 0 };
	size_t i;

	host_look_for_hooks(r->host);
	config_diff(&r->host->saved, &r->to->config, add_change, r);
	sockets_update(
	    &sockets, r->host->net, &r->host->snapshot, &r->forwards);
	r->seen = *r->host;
	r->seen.sockets = sockets;
	for (i = 0; i < r->to->n; i++)
		conclude(r, &r->to->v[i]);
	sockets_free(&sockets);
	config_free(&r->forwards);
}

static void
begin(struct rehearsal *to, struct host *h, const struct config *c, bool real)
{
	struct rehearsing r = { .to = to, .host = h };
	struct err ignored;

	to->real = real;
	config_copy(&to->config, c);
	if (history_resolve(h, &to->model, &to->config, &ignored) == 0)
		rehearse(&r);
}

void
rehearsal_foresee(struct rehearsal *to, struct host *h, const struct config *c)
{
	*to = (struct rehearsal){ 0 };
	begin(to, h, c, false);
}

void
rehearsal_send(struct rehearsal *to, struct host *h)
{
	struct config store = { 0 };
	const struct config *c;
	struct err ignored;

	*to = (struct rehearsal){ 0 };
	if (host_reload(h, &ignored) != 0 ||
	    h->pending.phase != PENDING_WAITING ||
	    host_refresh(h, &ignored) != 0)
		return;
	c = drift_config(h, &store, &ignored);
	if (c != NULL)
		begin(to, h, c, true);
	config_free(&store);
}

void
rehearsal_free(struct rehearsal *r)
{
	size_t i;

	for (i = 0; i < r->n; i++) {
		attempt_free(&r->v[i].attempt);
		free(r->v[i].deaf);
	}
	free(r->v);
	model_free(&r->model);
	config_free(&r->config);
	*r = (struct rehearsal){ 0 };
}
