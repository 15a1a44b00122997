/* Unreachable routes to prefixes that are routed here. While the bridge is down
 * or away, what comes for them would leave by the default route, to the router
 * that sent it, and come again (RFC 7084, WPD-5). The rules refuse it as well,
 * but are not there before the service is, nor after they were deleted. A
 * prefix that is translated has none: what this host itself sends there is
 * routed before it is translated, and would not leave. */
#include "config.h"

#include "core/base/util.h"
#include "core/plan/plan_parts.h"

static bool
is_wanted(const struct model *m, const struct route *r)
{
	const struct model_bridge *b;
	struct prefix net;

	for (b = m->bridges; b < END_OF(m->bridges, m->nbridges); b++) {
		net = prefix_network(&b->public);
		if (b->public.family != AF_UNSPEC && prefix_equal(&net, &r->to))
			return true;
	}
	return false;
}

static bool
is_there(const struct snapshot *s, const struct route *r)
{
	size_t i = 0;

	while (i < s->nunreachable && !route_equal(&s->unreachable[i], r))
		i++;
	return i < s->nunreachable;
}

static void
add_step(struct plan *p, enum step_number kind, const struct snapshot *s,
    const struct route *r)
{
	const struct link *lo = snapshot_link_at(s, r->index);

	if (lo != NULL)
		plan_route(p, kind, NULL, lo->name, r);
}

static void
remove_unwanted(struct plan *p, const struct model *m, const struct snapshot *s)
{
	const struct route *r = s->unreachable;

	for (; r < END_OF(s->unreachable, s->nunreachable); r++)
		if (!is_wanted(m, r))
			add_step(p, STEP_ROUTE_REMOVE, s, r);
}

void
plan_unreachable(
    struct plan *p, const struct model *m, const struct snapshot *s)
{
	const struct model_bridge *b;
	struct prefix net;
	struct route r;

	remove_unwanted(p, m, s);
	for (b = m->bridges; b < END_OF(m->bridges, m->nbridges); b++) {
		net = prefix_network(&b->public);
		r = route_unreachable(&net);
		if (b->public.family != AF_UNSPEC && s->has_ipv6 &&
		    !is_there(s, &r))
			add_step(p, STEP_ROUTE_ADD, s, &r);
	}
}
