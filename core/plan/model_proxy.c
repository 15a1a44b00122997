/* Resolves a prefix that is on the link of an uplink, and not routed here. */
#include "config.h"

#include "core/base/intl.h"
#include "core/plan/model_parts.h"

static bool
has_of(const struct snapshot *s, const struct link *l, const struct prefix *net)
{
	const struct address *a;

	for (a = s->addresses; a < END_OF(s->addresses, s->naddresses); a++)
		if (a->nsid == NSID_SELF && a->index == l->index &&
		    prefix_holds(net, &a->prefix))
			return true;
	return false;
}

/* The uplink that has an address of it, else the first. */
static const struct link *
link_of(const struct model_build *b, const struct prefix *net)
{
	const struct model *m = b->m;
	size_t i = 0;

	while (i < m->nuplinks && !has_of(b->snapshot, m->uplinks[i].link, net))
		i++;
	return m->uplinks[i < m->nuplinks ? i : 0].link;
}

int
model_find_proxy(
    struct model_build *b, const struct statement *st, const struct link **on)
{
	*on = NULL;
	if (!st->v[BRIDGE_PROXY].set || (b->lenient && b->m->nuplinks == 0))
		return 0;
	if (model_need_uplink(b, st, BRIDGE_PROXY) != 0)
		return -1;
	*on = link_of(b, &st->v[BRIDGE_PREFIX].prefix);
	return 0;
}

bool
model_is_gateway(const struct snapshot *s, const struct prefix *addr)
{
	size_t i = 0;

	while (i < s->nroutes && !addr_equal(&s->routes[i].gateway, addr))
		i++;
	return i < s->nroutes;
}
