/* Known addresses on bridges: those that the config gives to containers, and
 * those that its forwards lead to. Any other may be a container under an
 * address that it took. */
#include "config.h"

#include "core/plan/model_known.h"

#include <stdlib.h>
#include <string.h>

#include "core/plan/model_family.h"
#include "core/plan/model_parts.h"

static void
add(struct model *m, const struct model_bridge *on, const struct prefix *addr)
{
	struct model_known *k = GROW(m->known, m->nknown);

	k->bridge = on->link->name;
	k->addr = *addr;
}

static void
add_container(struct model *m, const struct model_container *c, enum family f)
{
	struct model_addrs all = model_container_addrs(c, f);
	size_t i;

	for (i = 0; i < all.n; i++)
		add(m, c->bridge, &all.v[i]);
}

/* A target outside all prefixes of the config may be behind any bridge. */
static void
add_target(struct model *m, const struct prefix *target)
{
	const struct model_bridge *held = model_bridge_holding(m, target);
	size_t i;

	for (i = 0; i < m->nbridges; i++)
		if (held == NULL || held == &m->bridges[i])
			add(m, &m->bridges[i], target);
}

static int
compare(const void *a, const void *b)
{
	const struct model_known *x = a, *y = b;
	int bridges = strcmp(x->bridge, y->bridge);

	if (bridges != 0)
		return bridges;
	if (x->addr.family != y->addr.family)
		return x->addr.family < y->addr.family ? -1 : 1;
	return memcmp(x->addr.bytes, y->addr.bytes, sizeof(x->addr.bytes));
}

static void
sort(struct model *m)
{
	size_t i, n = 0;

	if (m->nknown > 1)
		qsort(m->known, m->nknown, sizeof(*m->known), compare);
	for (i = 0; i < m->nknown; i++)
		if (n == 0 || compare(&m->known[i], &m->known[n - 1]) != 0)
			m->known[n++] = m->known[i];
	m->nknown = n;
}

void
model_find_known(struct model_build *b)
{
	struct model *m = b->m;
	enum family f;
	size_t i;

	for (i = 0; i < m->ncontainers; i++)
		for (f = 0; f < FAMILY_COUNT; f++)
			add_container(m, &m->containers[i], f);
	for (i = 0; i < m->nforwards; i++)
		if (m->forwards[i].container == NULL)
			add_target(m, &m->forwards[i].target);
	sort(m);
}

/* The first one that does not precede the prefix. */
static size_t
find(const struct model *m, const char *bridge, const struct prefix *in)
{
	const struct model_known want = { bridge, prefix_network(in) };
	size_t lo = 0, hi = m->nknown, middle;

	while (lo < hi) {
		middle = lo + (hi - lo) / 2;
		if (compare(&m->known[middle], &want) < 0)
			lo = middle + 1;
		else
			hi = middle;
	}
	return lo;
}

static bool
is_among(const struct model_addrs *among, const struct prefix *addr)
{
	size_t i = 0;

	while (i < among->n && !addr_equal(&among->v[i], addr))
		i++;
	return i < among->n;
}

bool
model_knows(const struct model *m, const char *bridge, const struct prefix *in,
    const struct model_addrs *but)
{
	const struct model_known *k = m->known;
	size_t i;

	for (i = find(m, bridge, in);
	     i < m->nknown && strcmp(k[i].bridge, bridge) == 0 &&
	     prefix_holds(in, &k[i].addr);
	     i++)
		if (!is_among(but, &k[i].addr))
			return true;
	return false;
}
