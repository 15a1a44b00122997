/* What a provider gave by an uplink. */
#include "config.h"

#include "core/show/given.h"

#include <linux/rtnetlink.h>

#include "core/base/intl.h"
#include "core/base/number.h"

const char *const given_kinds[GIVEN_KINDS] = {
	[GIVEN_NOTHING] = "nothing",
	[GIVEN_ADDRESS] = "address",
	[GIVEN_LINK] = "link",
	[GIVEN_ROUTED] = "routed",
};

const char *const given_origins[GIVEN_ORIGINS] = {
	[GIVEN_STATIC] = "static",
	[GIVEN_RA] = "ra",
	[GIVEN_DHCP] = "dhcp",
};

static enum given_origin
origin_of(const struct snapshot *s, const struct address *a)
{
	if (snapshot_address_by_ra(s, a))
		return GIVEN_RA;
	return address_is_static(a) ? GIVEN_STATIC : GIVEN_DHCP;
}

static const struct address *
find_address(const struct snapshot *s, const struct link *l)
{
	const struct address *a = snapshot_public(s, l, AF_INET6);

	if (a != NULL)
		return a;
	for (a = s->addresses; a < END_OF(s->addresses, s->naddresses); a++)
		if (address_is_on(a, l, AF_INET6) &&
		    address_state(a) == ADDRESS_STABLE)
			return a;
	return NULL;
}

static const struct route *
find_router(const struct snapshot *s, const struct link *l)
{
	size_t i;

	for (i = 0; i < s->nroutes; i++)
		if (s->routes[i].index == l->index &&
		    route_by_ra(&s->routes[i]))
			return &s->routes[i];
	return NULL;
}

static bool
is_routed_here(
    const struct snapshot *s, const struct address *a, const struct prefix *own)
{
	const struct link *l = snapshot_link_at(s, a->index);

	return l != NULL && a->nsid == NSID_SELF &&
	       a->prefix.family == AF_INET6 && a->scope == RT_SCOPE_UNIVERSE &&
	       !addr_is_ula(&a->prefix) && !prefix_is_bare(&a->prefix) &&
	       link_is_bridge(l) && link_is_inward(s, l) &&
	       (own == NULL || !prefix_holds(own, &a->prefix));
}

static const struct address *
find_routed(const struct snapshot *s, const struct prefix *own)
{
	const struct address *a = s->addresses;

	for (; a < END_OF(s->addresses, s->naddresses); a++)
		if (is_routed_here(s, a, own))
			return a;
	return NULL;
}

struct given
given_find(const struct snapshot *s, const struct link *l)
{
	struct given g = { .address = find_address(s, l),
		.router = find_router(s, l) };
	const struct prefix *own =
	    g.address != NULL ? &g.address->prefix : NULL;
	const struct address *routed = find_routed(s, own);

	if (g.address != NULL)
		g.origin = origin_of(s, g.address);
	if (routed != NULL)
		own = &routed->prefix;
	if (own != NULL && !prefix_is_bare(own))
		g.prefix = prefix_network(own);
	g.kind = routed != NULL	       ? GIVEN_ROUTED
		 : own == NULL	       ? GIVEN_NOTHING
		 : prefix_is_bare(own) ? GIVEN_ADDRESS
				       : GIVEN_LINK;
	return g;
}

void
given_print_origin(const struct given *g, struct buf *b)
{
	static const char *const words[GIVEN_ORIGINS] = {
		[GIVEN_STATIC] = N_("static"),
		[GIVEN_RA] = N_("advertised"),
		[GIVEN_DHCP] = N_("DHCPv6"),
	};

	if (g->address == NULL) {
		buf_add(b, "-");
		return;
	}
	buf_add(b, _(words[g->origin]));
	if (g->address->valid == UINT32_MAX)
		return;
	buf_add(b, intl_comma());
	number_seconds(b, g->address->valid);
}

void
given_print_fit(const struct given *g, struct buf *b)
{
	static const char *const fits[GIVEN_KINDS] = {
		[GIVEN_NOTHING] = N_("no public address"),
		[GIVEN_ADDRESS] = N_("one address: ula and masquerade"),
		[GIVEN_LINK] = N_("an on-link /%u: ula and masquerade, or "
				  "prefix proxy"),
		[GIVEN_ROUTED] = N_("a routed /%u: prefix, or ula and "
				    "translate"),
	};

	buf_printf(b, _(fits[g->kind]), g->prefix.len);
}
