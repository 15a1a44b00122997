/* Cache of the routes to forward targets, and of their replies. */
#include "config.h"

#include "core/reach/way.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/util.h"

const struct way *
ways_of(const struct ways *w, const struct prefix *target)
{
	size_t i;

	for (i = 0; i < w->n; i++)
		if (addr_equal(&w->v[i].target, target))
			return &w->v[i];
	return NULL;
}

void
ways_free(struct ways *w)
{
	free(w->v);
	memset(w, 0, sizeof(*w));
}

/* The target of a forward statement; false if unknown. */
static bool
target_of(
    const struct config *c, const struct statement *st, struct prefix *out)
{
	const struct target *to = &st->v[FORWARD_TO].target;
	const struct statement *container;
	const struct prefix *inside;

	if (to->name == NULL) {
		*out = *to->addr;
		return true;
	}
	*out = (struct prefix){ 0 };
	container = config_container(c, to->name);
	inside = container != NULL ? statement_inside(container) : NULL;
	if (inside == NULL)
		return false;
	*out = prefix_addr(inside);
	return true;
}

/* The link that packets for forwards arrive on; 0 if unknown. */
static int
uplink_of(const struct config *c, const struct snapshot *s)
{
	const struct link *l = NULL;
	size_t i;

	for (i = 0; l == NULL && i < c->n; i++)
		if (c->v[i].st != NULL && c->v[i].st->kind == ST_UPLINK)
			l = snapshot_link(s, c->v[i].st->v[UPLINK_IFACE].text);
	if (l == NULL)
		l = snapshot_uplink(s, AF_INET6);
	return l != NULL ? l->index : 0;
}

static void
read_ways(struct ways *w, struct net *net, const struct snapshot *s,
    const struct config *c)
{
	int uplink = uplink_of(c, s);
	const struct statement *st;
	struct prefix target;
	size_t i;

	for (i = 0; i < c->n; i++) {
		st = c->v[i].st;
		if (st == NULL || st->kind != ST_FORWARD ||
		    statement_is_off(st) || !target_of(c, st, &target) ||
		    ways_of(w, &target) != NULL)
			continue;
		w->v = xgrow(w->v, w->n, sizeof(*w->v));
		net_way(net, &target, uplink, &w->v[w->n++]);
	}
}

bool
ways_update(struct ways *w, struct net *net, const struct snapshot *s,
    const struct config *c, bool fresh)
{
	struct ways old = *w;
	bool changed;

	if (!fresh && !reread_is_due(&old.again))
		return false;
	memset(w, 0, sizeof(*w));
	read_ways(w, net, s, c);
	changed = w->n != old.n ||
		  (w->n > 0 && memcmp(w->v, old.v, w->n * sizeof(*w->v)) != 0);
	w->again = old.again;
	reread_note(&w->again, !changed);
	ways_free(&old);
	return changed;
}
