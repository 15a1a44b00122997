/* Addresses and default routes of uplinks, where a statement has seki keep
 * them. */
#include "config.h"

#include "core/plan/plan_parts.h"

#include "core/base/util.h"
#include "core/plan/model_family.h"

static bool
is_wanted(const struct model *m, const struct route *r)
{
	enum family family = addr_family(&r->gateway);
	const struct model_uplink *u;
	struct route wanted;

	for (u = m->uplinks; u < END_OF(m->uplinks, m->nuplinks); u++) {
		wanted = route_ours(u->link->index, &u->gateways[family]);
		if (u->gateways[family].family != AF_UNSPEC &&
		    route_equal(&wanted, r))
			return true;
	}
	return false;
}

void
plan_uplink_removals(
    struct plan *p, const struct model *m, const struct snapshot *s)
{
	struct routes all;
	const struct link *l;
	enum family f;
	size_t i;

	for (f = 0; f < FAMILY_COUNT; f++) {
		all = snapshot_routes(s, family_numbers[f]);
		for (i = 0; i < all.n; i++) {
			l = snapshot_link_at(s, all.v[i].index);
			if (l != NULL && all.v[i].protocol == NET_PROTO &&
			    !is_wanted(m, &all.v[i]))
				plan_route(p, STEP_ROUTE_REMOVE, NULL, l->name,
				    &all.v[i]);
		}
	}
}

static void
give_address(struct plan *p, const struct model_uplink *u, enum family family,
    const struct snapshot *s)
{
	const struct prefix *wanted = &u->gives[family];
	struct address given;

	if (wanted->family == AF_UNSPEC ||
	    snapshot_address(s, NSID_SELF, u->link->index, wanted) != NULL)
		return;
	given = address_ours(u->link->index, wanted);
	plan_address(p, STEP_ADDRESS_ADD, NULL, u->link->name, &given);
}

static bool
has_way(
    const struct model_uplink *u, enum family family, const struct snapshot *s)
{
	struct routes all = snapshot_routes(s, family_numbers[family]);
	size_t i = 0;

	while (i < all.n &&
	       (all.v[i].index != u->link->index ||
		   !addr_equal(&all.v[i].gateway, &u->gateways[family])))
		i++;
	return i < all.n;
}

static void
give_route(struct plan *p, const struct model_uplink *u, enum family family,
    const struct snapshot *s)
{
	const struct route r = route_ours(u->link->index, &u->gateways[family]);

	if (r.gateway.family != AF_UNSPEC && !has_way(u, family, s))
		plan_route(p, STEP_ROUTE_ADD, NULL, u->link->name, &r);
}

/* A link that is down takes no route, and loses its addresses. */
void
plan_uplinks(struct plan *p, const struct model *m, const struct snapshot *s)
{
	const struct model_uplink *u;
	enum family f;

	for (u = m->uplinks; u < END_OF(m->uplinks, m->nuplinks); u++)
		for (f = 0; f < FAMILY_COUNT && u->link->up; f++)
			give_address(p, u, f, s);
	for (u = m->uplinks; u < END_OF(m->uplinks, m->nuplinks); u++)
		for (f = 0; f < FAMILY_COUNT && u->link->up; f++)
			give_route(p, u, f, s);
}
