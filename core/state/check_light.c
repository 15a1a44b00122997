/* The lights of a forward: what the checks make red, and what none can tell. */
#include "config.h"

#include <stdlib.h>

#include "core/base/intl.h"
#include "core/plan/model_counter.h"
#include "core/reach/sockets.h"
#include "core/state/check_parts.h"

static const struct check_group *const groups[] = { &check_host, &check_bridge,
	&check_container, &check_rules, &check_hooks, &check_listen };

static const enum light_state reds[] = {
	[CHECK_DEGRADED] = LIGHT_WARN,
	[CHECK_BROKEN] = LIGHT_FAIL,
};

/* ---- what cannot be told of what no check finds fault with */

static enum doubt
doubt_runs(const struct check_subject *s)
{
	return s->container == NULL ? DOUBT_NOBODY : DOUBT_NONE;
}

static enum doubt
doubt_inside(const struct check_subject *s)
{
	return s->container == NULL ? DOUBT_NOBODY
	       : !check_is_open(s)  ? DOUBT_CLOSED
				    : DOUBT_NONE;
}

static enum doubt
doubt_near(const struct check_subject *s)
{
	const struct way *w = check_way(s);

	return w == NULL || !w->in.known ? DOUBT_ROUTE
	       : w->neighbour.has_mac	 ? DOUBT_NONE
					 : DOUBT_ENTRY;
}

static enum doubt
doubt_listens(const struct check_subject *s)
{
	const struct listeners *all;

	if (doubt_inside(s) != DOUBT_NONE)
		return doubt_inside(s);
	if (statement_takes_rest(s->forward->st))
		return DOUBT_REST;
	all = sockets_of(&s->host->sockets, s->container->inode);
	return all == NULL || all->cut ? DOUBT_SOCKETS : DOUBT_NONE;
}

static enum doubt
doubt_back(const struct check_subject *s)
{
	const struct way *w = check_way(s);

	if (doubt_inside(s) != DOUBT_NONE)
		return doubt_inside(s);
	return w == NULL || !w->out.known ? DOUBT_ROUTE : DOUBT_NONE;
}

static const struct counter *
counter_of(const struct check_subject *s, enum meter_kind kind)
{
	char *name = model_meter_name(s->forward->id, kind, s->forward->family);
	const struct counter *c = counters_find(&s->host->counters, name);

	free(name);
	return c;
}

static enum doubt
doubt_answer(const struct check_subject *s)
{
	const struct counter *in = counter_of(s, METER_IN);
	const struct counter *out = counter_of(s, METER_OUT);

	return out != NULL && out->packets > 0 ? DOUBT_NONE
	       : lights_are_tried(in, out)     ? DOUBT_SILENCE
					       : DOUBT_UNANSWERED;
}

static enum doubt (*const doubts[LIGHTS])(const struct check_subject *) = {
	[LIGHT_RUNS] = doubt_runs,
	[LIGHT_ADDR] = doubt_inside,
	[LIGHT_NEAR] = doubt_near,
	[LIGHT_LISTENS] = doubt_listens,
	[LIGHT_BACK] = doubt_back,
	[LIGHT_ANSWER] = doubt_answer,
};

static void
doubt_all(const struct check_subject *s, struct lights *l)
{
	enum light light;
	enum doubt doubt;

	for (light = 0; light < LIGHTS; light++) {
		doubt = doubts[light] != NULL ? doubts[light](s) : DOUBT_NONE;
		l->doubts[light] = (uint8_t)doubt;
		l->states[light] =
		    doubt != DOUBT_NONE ? LIGHT_UNKNOWN : LIGHT_OK;
	}
}

/* ---- what is red */

/* Of what makes a light as red, the first in the order of checks is told. */
static void
look(const struct check_subject *s, const struct check *c, struct lights *l)
{
	enum light_state red = reds[c->verdict];
	struct buf what = { 0 }, cure = { 0 };

	if ((!c->ipv6 || s->forward->family != FAMILY_IPV4) &&
	    l->states[c->light] < red && check_fails(c, s, &what)) {
		if (c->cure != NULL)
			c->cure(s, &cure);
		lights_note(l, red,
		    &(struct light_note){ c->light, c->name,
			xasprintf(_(c->sentence), buf_text(&what)),
			cure.len > 0 ? buf_take(&cure) : NULL });
	}
	buf_free(&what);
}

void
check_lights(const struct check_subject *s, struct lights *l)
{
	const struct check *c;
	size_t i;

	doubt_all(s, l);
	for (i = 0; i < NITEMS(groups); i++)
		for (c = groups[i]->v; c < groups[i]->v + groups[i]->n; c++)
			look(s, c, l);
	lights_cut(l);
}
