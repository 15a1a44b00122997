/* Public prefixes behind this host. */
#include "config.h"

#include "core/reach/outside.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/util.h"

/* Adds it, unless it lies in another one; those that lie in it go. */
static void
add_outside(struct outsides *to, const struct prefix *p)
{
	size_t i, n = 0;

	for (i = 0; i < to->n; i++)
		if (prefix_holds(&to->v[i].all, p))
			return;
	for (i = 0; i < to->n; i++)
		if (!prefix_holds(p, &to->v[i].all))
			to->v[n++] = to->v[i];
	to->v = xgrow(to->v, n, sizeof(*to->v));
	to->v[n] = (struct outside){ .all = *p };
	to->v[n].pieces.family = AF_INET6;
	to->n = n + 1;
}

/* A prefix as it is inside and outside, which are the same where it is
 * routed. */
struct face {
	const struct model_bridge *bridge;
	struct prefix inside, outside;
};

/* Cuts by a prefix inside, where it is narrower. */
static void
cut(struct outside *at, const struct face *f, const struct prefix *inside)
{
	struct prefix p;

	if (!prefix_holds(&f->inside, inside))
		return;
	p = prefix_moved(inside, &f->outside);
	sources_add(&at->pieces, &p);
}

/* Of a container by what is unknown, all that is known must be apart. */
static void
cut_known(struct outside *at, const struct model *m, const struct face *f)
{
	size_t i;

	for (i = 0; i < m->nknown; i++)
		if (strcmp(m->known[i].bridge, f->bridge->link->name) == 0)
			cut(at, f, &m->known[i].addr);
}

static void
cut_policies(struct outside *at, const struct model *m, const struct face *f)
{
	const struct model_policy *p;
	const struct model_end *to;
	bool unknown = false;
	size_t i;

	for (p = m->policies; p < END_OF(m->policies, m->npolicies); p++) {
		to = &p->to[FAMILY_IPV6];
		unknown |= to->unknown;
		for (i = 0; i < to->given.n; i++)
			cut(at, f, &to->given.v[i]);
		for (i = 0; i < to->in.n; i++)
			cut(at, f, &to->in.v[i]);
	}
	if (unknown)
		cut_known(at, m, f);
}

static void
cut_face(struct outside *at, const struct model *m, const struct face *f)
{
	if (!prefix_holds(&at->all, &f->outside))
		return;
	sources_add(&at->pieces, &f->outside);
	cut_policies(at, m, f);
}

/* Of a prefix on the uplink's link only what is given to a container. */
static void
cut_proxied(struct outside *at, const struct model *m)
{
	const struct model_container *c = m->containers;

	for (; c < END_OF(m->containers, m->ncontainers); c++)
		if (c->public.family != AF_UNSPEC &&
		    prefix_equal(&c->bridge->proxied, &at->all))
			sources_add(&at->pieces, &c->public);
}

static void
cut_model(struct outside *at, const struct model *m)
{
	const struct model_bridge *b;
	struct prefix routed;
	size_t i;

	for (b = m->bridges; b < END_OF(m->bridges, m->nbridges); b++) {
		routed = prefix_network(&b->public);
		cut_face(at, m, &(struct face){ b, routed, routed });
		for (i = 0; i < b->translate.n; i++)
			cut_face(at, m,
			    &(struct face){ b, b->ula, b->translate.v[i] });
	}
	cut_proxied(at, m);
}

static void
add_model(struct outsides *to, const struct model *m)
{
	const struct model_bridge *b;
	struct prefix routed;
	size_t k;

	for (b = m->bridges; b < END_OF(m->bridges, m->nbridges); b++) {
		routed = prefix_network(&b->public);
		if (routed.family != AF_UNSPEC)
			add_outside(to, &routed);
		if (b->proxied.family != AF_UNSPEC)
			add_outside(to, &b->proxied);
		for (k = 0; k < b->translate.n; k++)
			add_outside(to, &b->translate.v[k]);
	}
}

void
outsides_read(struct outsides *to, const struct model *const sides[2])
{
	size_t i, side;

	memset(to, 0, sizeof(*to));
	for (side = 0; side < 2; side++)
		if (sides[side] != NULL)
			add_model(to, sides[side]);
	for (i = 0; i < to->n; i++) {
		for (side = 0; side < 2; side++)
			if (sides[side] != NULL)
				cut_model(&to->v[i], sides[side]);
		sources_sort(&to->v[i].pieces);
	}
}

void
outsides_free(struct outsides *o)
{
	size_t i;

	for (i = 0; i < o->n; i++)
		sources_free(&o->v[i].pieces);
	free(o->v);
	memset(o, 0, sizeof(*o));
}

/* Picking */

static void
to_last(struct prefix *p)
{
	unsigned i;

	for (i = p->len; i < 128; i++)
		p->bytes[i / 8] |= (uint8_t)(0x80 >> i % 8);
	p->len = 128;
}

/* The address before; that before the first is the last. */
static void
to_previous(struct prefix *addr)
{
	size_t i = sizeof(addr->bytes);

	addr->len = 128;
	do
		i--;
	while (addr->bytes[i]-- == 0 && i > 0);
}

/* Addresses are tried from the end: the first ones are this host's. */
bool
outside_pick(const struct outside *o, size_t i, struct prefix *addr)
{
	const struct prefix *all = &o->pieces.v[i];
	size_t k = o->pieces.n;

	*addr = *all;
	to_last(addr);
	while (k-- > i + 1) {
		if (!prefix_holds(&o->pieces.v[k], addr))
			continue;
		*addr = o->pieces.v[k];
		to_previous(addr);
	}
	return prefix_holds(all, addr);
}
