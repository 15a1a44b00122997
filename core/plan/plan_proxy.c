/* Answers for addresses that are on the uplink's link, in the place of
 * containers. Such a prefix is not routed to this host: a router asks for each
 * address by itself, so each has its own entry, and its own route. */
#include "config.h"

#include "core/plan/plan_parts.h"

#include "core/base/util.h"

static struct route
way_to(const struct model_container *c)
{
	static const struct prefix on_link;
	struct route route = route_ours(c->bridge->link->index, &on_link);

	route.to = c->public;
	return route;
}

static bool
is_proxied(const struct model_container *c)
{
	return c->public.family != AF_UNSPEC && c->bridge != NULL &&
	       c->bridge->proxy != NULL;
}

static bool
wants_entry(const struct model *m, const struct proxy *p)
{
	const struct model_container *c;

	for (c = m->containers; c < END_OF(m->containers, m->ncontainers); c++)
		if (is_proxied(c) && c->bridge->proxy->index == p->index &&
		    addr_equal(&c->public, &p->addr))
			return true;
	return false;
}

static bool
wants_route(const struct model *m, const struct route *r)
{
	const struct model_container *c;
	struct route way;

	for (c = m->containers; c < END_OF(m->containers, m->ncontainers);
	     c++) {
		if (!is_proxied(c))
			continue;
		way = way_to(c);
		if (route_equal(&way, r))
			return true;
	}
	return false;
}

static void
add_entry(struct plan *p, enum step_number kind, const struct link *l,
    const struct proxy *entry)
{
	struct step *s = plan_add(p, kind, l->name);

	s->at = link_id_of(NULL, entry->index);
	s->address.index = entry->index;
	s->address.prefix = entry->addr;
	s->address.proto = entry->protocol;
}

void
plan_proxy_removals(
    struct plan *p, const struct model *m, const struct snapshot *s)
{
	const struct proxy *entry;
	const struct route *r;
	const struct link *l;

	for (entry = s->proxies; entry < END_OF(s->proxies, s->nproxies);
	     entry++) {
		l = snapshot_link_at(s, entry->index);
		if (l != NULL && entry->protocol == NET_PROTO &&
		    !wants_entry(m, entry))
			add_entry(p, STEP_PROXY_REMOVE, l, entry);
	}
	for (r = s->inward; r < END_OF(s->inward, s->ninward); r++) {
		l = snapshot_link_at(s, r->index);
		if (l != NULL && r->protocol == NET_PROTO && !wants_route(m, r))
			plan_route(p, STEP_ROUTE_REMOVE, NULL, l->name, r);
	}
}

static bool
has_route(const struct snapshot *s, const struct route *r)
{
	size_t i = 0;

	while (i < s->ninward && !route_equal(&s->inward[i], r))
		i++;
	return i < s->ninward;
}

/* A bridge that is down takes no route. */
void
plan_proxy_ways(struct plan *p, const struct model *m, const struct snapshot *s)
{
	const struct model_container *c;
	const struct link *bridge;
	struct route way;

	for (c = m->containers; c < END_OF(m->containers, m->ncontainers);
	     c++) {
		if (!is_proxied(c) || !model_bridge_is_up(c->bridge))
			continue;
		bridge = c->bridge->link;
		way = way_to(c);
		if (!has_route(s, &way))
			plan_route(p, STEP_ROUTE_ADD, NULL, bridge->name, &way);
	}
}

void
plan_proxy_entries(
    struct plan *p, const struct model *m, const struct snapshot *s)
{
	const struct model_container *c;
	const struct link *on;
	struct proxy entry;

	for (c = m->containers; c < END_OF(m->containers, m->ncontainers);
	     c++) {
		on = is_proxied(c) ? c->bridge->proxy : NULL;
		if (on == NULL || on->index == 0 ||
		    snapshot_proxy(s, on->index, &c->public) != NULL)
			continue;
		entry = proxy_ours(on->index, &c->public);
		add_entry(p, STEP_PROXY_ADD, on, &entry);
	}
}
