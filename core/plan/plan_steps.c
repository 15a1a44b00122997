/* Steps of addresses and routes, here and inside containers. */
#include "config.h"

#include "core/plan/plan_parts.h"

#include "core/base/util.h"

bool
plan_takes_address(
    const struct plan *p, const struct container *c, const struct address *a)
{
	const struct step *s;

	for (s = p->v; s < END_OF(p->v, p->n); s++)
		if (s->kind == STEP_ADDRESS_REMOVE && s->container == c &&
		    s->at.index == a->index &&
		    prefix_equal(&s->address.prefix, &a->prefix))
			return true;
	return false;
}

static bool
has_route_removal(
    const struct plan *p, const struct container *c, const struct route *r)
{
	const struct step *s;

	for (s = p->v; s < END_OF(p->v, p->n); s++)
		if (s->kind == STEP_ROUTE_REMOVE && s->container == c &&
		    route_equal(&s->route, r))
			return true;
	return false;
}

void
plan_address(struct plan *p, enum step_number kind, const struct container *c,
    const char *name, const struct address *a)
{
	bool again = kind == STEP_ADDRESS_ADD && plan_takes_address(p, c, a);
	struct step *s = plan_add(p, kind, name);

	s->before = again;
	s->container = c;
	s->at = link_id_of(c, a->index);
	s->address = *a;
}

void
plan_route(struct plan *p, enum step_number kind, const struct container *c,
    const char *name, const struct route *r)
{
	bool again = kind == STEP_ROUTE_ADD && has_route_removal(p, c, r);
	struct step *s = plan_add(p, kind, name);

	s->before = again;
	s->container = c;
	s->at = link_id_of(c, r->index);
	s->route = *r;
}
