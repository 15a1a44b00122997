/* Cache of the routes to forward targets, and of their replies. */
#include "config.h"

#include "core/reach/way.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/shell.h"
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

/* The link that packets of a family arrive on: of several uplinks the one that
 * its default route leaves by; 0 if unknown. */
static int
uplink_of(const struct model *m, enum family family)
{
	const struct link *best =
	    snapshot_uplink(m->snapshot, family_numbers[family]);
	int first = 0;
	size_t i;

	for (i = 0; i < m->nuplinks; i++) {
		if (m->uplinks[i].link == best)
			return best->index;
		if (first == 0)
			first = m->uplinks[i].link->index;
	}
	return first;
}

static void
read_ways(struct ways *w, struct net *net, const struct model *m)
{
	const struct model_forward *f;
	const struct model_forward *end = END_OF(m->forwards, m->nforwards);
	int uplinks[FAMILY_COUNT];
	enum family family;

	for (family = 0; family < FAMILY_COUNT; family++)
		uplinks[family] = uplink_of(m, family);
	for (f = m->forwards; f < end; f++) {
		if (ways_of(w, &f->target) != NULL)
			continue;
		w->v = xgrow(w->v, w->n, sizeof(*w->v));
		net_way(net, &f->target, uplinks[f->family], &w->v[w->n++]);
	}
}

/* The larger one of this and of that for all interfaces is in force. */
void
way_cure_filter(const char *link, struct buf *b)
{
	shell_add(b, "sysctl net/ipv4/conf/%s/rp_filter=2", link);
}

void
way_cure_neighbour(const struct prefix *addr, const char *link, struct buf *b)
{
	char text[ADDR_TEXT_MAX];

	shell_add(b, "ip neigh del %s dev %s", addr_text(addr, text), link);
}

bool
ways_are_due(const struct ways *w)
{
	return reread_is_due(&w->again);
}

bool
ways_update(struct ways *w, struct net *net, const struct model *m)
{
	struct ways old = *w;
	bool changed;

	memset(w, 0, sizeof(*w));
	if (m != NULL)
		read_ways(w, net, m);
	changed = w->n != old.n ||
		  (w->n > 0 && memcmp(w->v, old.v, w->n * sizeof(*w->v)) != 0);
	w->again = old.again;
	reread_note(&w->again, !changed);
	ways_free(&old);
	return changed;
}
