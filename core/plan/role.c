/* What an interface is to this host, and which IPv6 settings that takes. */
#include "config.h"

#include "core/plan/role.h"

#include <linux/rtnetlink.h>

#include "core/base/intl.h"
#include "core/base/util.h"

#define LOOPBACK 1 /* LOOPBACK_IFINDEX, include/net/flow.h */

typedef bool applies_fn(
    const struct model *, const struct snapshot *, const struct link *);

static applies_fn may_live_by_ra, lives_by_ra, answers;

const struct role_conf role_confs[] = {
	{ LINK_UPLINK, CONF_ACCEPT_RA, 2, true, 1, may_live_by_ra, false,
	    N_("An interface that forwards takes no router advertisements "
	       "unless accept_ra is 2 (ipv6_accept_ra() in "
	       "include/net/ipv6.h), and an uplink may owe its address and "
	       "its default route to them, also to those that are yet to "
	       "come.") },
	{ LINK_OTHER, CONF_ACCEPT_RA, 2, true, 1, lives_by_ra, false,
	    N_("So may any other interface that has learned something from "
	       "them.") },
	{ LINK_BRIDGE, CONF_ACCEPT_RA, 0, false, 0, NULL, false,
	    N_("A container that advertises itself must not become the router "
	       "of this host (RFC 6104).") },
	{ LINK_BRIDGE, CONF_AUTOCONF, 0, false, 0, NULL, false,
	    N_("Nor may it give this host an address "
	       "(addrconf_prefix_rcv() in net/ipv6/addrconf.c).") },
	{ LINK_ALL, CONF_FORWARDING, 1, false, 0, NULL, false,
	    N_("Without it the kernel drops what is meant for containers "
	       "(ip6_forward() in net/ipv6/ip6_output.c).") },
	{ LINK_ALL, CONF_PROXY, 1, false, 0, answers, true,
	    N_("Where a bridge has a prefix by proxy. That of the uplink alone "
	       "does not do: what a router sends to such an address to learn "
	       "whether it is still there would be forwarded, and by that be "
	       "invalid (ip6_forward() again).") },
	{ LINK_UPLINK, CONF_PROXY_DELAY, 0, false, 0, answers, true,
	    N_("Likewise. The kernel lets a router wait up to 0.8 seconds for "
	       "such an answer, in case somebody else gives one "
	       "(ndisc_recv_ns() in net/ipv6/ndisc.c). It is below "
	       "net.ipv6.neigh.") },
};
const size_t role_nconfs = NITEMS(role_confs);

bool
role_lends(enum conf_number conf, int *want)
{
	const struct role_conf *r;

	for (r = role_confs; r < role_confs + role_nconfs; r++)
		if (r->conf == conf && r->lent) {
			*want = r->want;
			return true;
		}
	return false;
}

/* An object with a lifetime may be from an advertisement. */
static bool
lives_by_ra(const struct model *m UNUSED, const struct snapshot *s,
    const struct link *l)
{
	size_t i;

	for (i = 0; i < s->nroutes; i++)
		if (s->routes[i].index == l->index &&
		    (s->routes[i].protocol == RTPROT_RA ||
			s->routes[i].expires != 0))
			return true;
	for (i = 0; i < s->naddresses; i++)
		if (address_is_on(&s->addresses[i], l, AF_INET6) &&
		    !address_is_static(&s->addresses[i]))
			return true;
	return false;
}

/* Unless both its address and its default route are permanent. */
static bool
may_live_by_ra(
    const struct model *m, const struct snapshot *s, const struct link *l)
{
	bool route = false, address = false;
	size_t i;

	for (i = 0; i < s->nroutes; i++)
		route = route || s->routes[i].index == l->index;
	for (i = 0; i < s->naddresses; i++)
		address =
		    address || address_is_on(&s->addresses[i], l, AF_INET6);
	return !route || !address || lives_by_ra(m, s, l);
}

static bool
answers(const struct model *m, const struct snapshot *s UNUSED,
    const struct link *l)
{
	const struct model_bridge *b;

	for (b = m->bridges; b < END_OF(m->bridges, m->nbridges); b++)
		if (b->proxy != NULL &&
		    (l == NULL || b->proxy->index == l->index))
			return true;
	return false;
}

/* Roles */

static bool
has_default_route(const struct snapshot *s, const struct link *l)
{
	size_t i;

	for (i = 0; i < s->nroutes; i++)
		if (s->routes[i].index == l->index)
			return true;
	return false;
}

static const struct model_uplink *
find_uplink(const struct model *m, const struct link *l)
{
	const struct model_uplink *u;

	for (u = m->uplinks; u < END_OF(m->uplinks, m->nuplinks); u++)
		if (u->link->index == l->index)
			return u;
	return NULL;
}

static bool
is_bridge_of(const struct model *m, const struct link *l)
{
	const struct model_bridge *b;

	for (b = m->bridges; b < END_OF(m->bridges, m->nbridges); b++)
		if (b->link->index == l->index)
			return true;
	return false;
}

/* A veth whose other end is in a namespace with a name leads to a container. */
static bool
could_be_uplink(const struct link *l)
{
	return l->index != LOOPBACK && l->master == 0 && l->peer_nsid < 0;
}

/* A bridge without ports receives nothing, and may get a wire later. */
enum link_role
role_of(const struct model *m, const struct snapshot *s, const struct link *l)
{
	const struct model_uplink *uplink = find_uplink(m, l);

	if (uplink != NULL && uplink->st != NULL)
		return LINK_UPLINK;
	if (link_is_inward(s, l))
		return is_bridge_of(m, l) && link_has_ports(s, l) ? LINK_BRIDGE
								  : LINK_NONE;
	if (uplink != NULL || has_default_route(s, l))
		return LINK_UPLINK;
	if (m->nuplinks == 0 && could_be_uplink(l))
		return LINK_UPLINK;
	return LINK_OTHER;
}
