/* What a model has in one family. */
#include "config.h"

#include "core/plan/model_family.h"

bool
model_is_about(const struct model *m, enum family family)
{
	return family == FAMILY_IPV6 || m->ipv4;
}

bool
model_routes(const struct model *m)
{
	size_t i = 0;

	while (i < m->nbridges && m->bridges[i].public.family == AF_UNSPEC)
		i++;
	return i < m->nbridges;
}

static const struct prefix *
pick(const struct prefix *ula, const struct prefix *public,
    const struct prefix *ipv4, enum family family)
{
	if (family == FAMILY_IPV4)
		return ipv4;
	return ula->family != AF_UNSPEC ? ula : public;
}

const struct prefix *
model_bridge_addr(const struct model_bridge *b, enum family family)
{
	return pick(&b->ula, &b->public, &b->ipv4, family);
}

const struct prefix *
model_container_addr(const struct model_container *c, enum family family)
{
	return pick(&c->ula, &c->public, &c->ipv4, family);
}

static void
add(struct model_addrs *to, const struct prefix *p)
{
	if (p->family != AF_UNSPEC)
		to->v[to->n++] = *p;
}

static struct model_addrs
collect(const struct prefix *ula, const struct prefix *public,
    const struct prefix *ipv4, enum family family)
{
	struct model_addrs all = { .n = 0 };

	if (family == FAMILY_IPV6) {
		add(&all, ula);
		add(&all, public);
	} else {
		add(&all, ipv4);
	}
	return all;
}

struct model_addrs
model_bridge_addrs(const struct model_bridge *b, enum family family)
{
	return collect(&b->ula, &b->public, &b->ipv4, family);
}

struct model_addrs
model_container_addrs(const struct model_container *c, enum family family)
{
	return collect(&c->ula, &c->public, &c->ipv4, family);
}

struct model_addrs
model_bridge_given(const struct model_bridge *b, enum family family)
{
	return collect(
	    &b->ula, &b->public, &b->st->v[BRIDGE_IPV4].prefix, family);
}

struct model_addrs
model_container_given(const struct model_container *c, enum family family)
{
	return collect(
	    &c->ula, &c->public, &c->st->v[CONTAINER_IPV4].prefix, family);
}

static bool
is_on(const struct model_bridge *b, const struct prefix *addr)
{
	struct model_addrs own = model_bridge_addrs(b, addr_family(addr));
	size_t i = 0;

	while (i < own.n && !prefix_holds(&own.v[i], addr))
		i++;
	return i < own.n || prefix_holds(&b->proxied, addr);
}

const struct model_bridge *
model_bridge_holding(const struct model *m, const struct prefix *addr)
{
	size_t i;

	for (i = 0; i < m->nbridges; i++)
		if (is_on(&m->bridges[i], addr))
			return &m->bridges[i];
	return NULL;
}
