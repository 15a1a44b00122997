/* Steps about addresses and routes: what is learned and must not be, what is no
 * longer given, and what is given. */
#include "config.h"

#include "core/plan/plan_address.h"

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "core/base/util.h"
#include "core/kernel/net.h"
#include "core/plan/model_family.h"
#include "core/plan/plan_parts.h"
#include "core/plan/role.h"

#define METRIC_CONNECTED 256 /* IP6_RT_PRIO_ADDRCONF, of connected routes */

/* Undoes what a container advertised before its bridge stopped listening.
 * Routes go before the addresses they depend on. */
static void
unlearn_routes(
    struct plan *p, const struct link *l, const struct route *v, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (v[i].index == l->index && route_by_ra(&v[i]))
			plan_route(p, STEP_ROUTE_REMOVE, NULL, l->name, &v[i]);
}

static void
unlearn(struct plan *p, const struct link *l, const struct snapshot *snapshot)
{
	const struct address *a;

	unlearn_routes(p, l, snapshot->routes, snapshot->nroutes);
	unlearn_routes(p, l, snapshot->inward, snapshot->ninward);
	for (a = snapshot->addresses;
	     a < END_OF(snapshot->addresses, snapshot->naddresses); a++)
		if (a->nsid == NSID_SELF && a->index == l->index &&
		    snapshot_address_by_ra(snapshot, a))
			plan_address(p, STEP_ADDRESS_REMOVE, NULL, l->name, a);
}

void
plan_unlearn(
    struct plan *p, const struct model *m, const struct snapshot *snapshot)
{
	const struct link *l;

	for (l = snapshot->links; l < END_OF(snapshot->links, snapshot->nlinks);
	     l++)
		if (role_of(m, snapshot, l) == LINK_BRIDGE)
			unlearn(p, l, snapshot);
}

/* An IPv6 address with another length is in the way, since the kernel has each
 * address once; so is one that failed duplicate address detection. */
static bool
is_in_the_way(const struct address *a, const struct address *want)
{
	return a->prefix.family == AF_INET6 &&
	       (!prefix_equal(&a->prefix, &want->prefix) ||
		   (a->flags & IFA_F_DADFAILED) != 0);
}

static bool
needs_address(struct plan *p, const struct container *c, const char *name,
    const struct address *want, const struct snapshot *snapshot)
{
	const struct address *a;

	a = snapshot_address_bare(snapshot, c != NULL ? c->nsid : NSID_SELF,
	    want->index, &want->prefix);
	if (a == NULL || plan_takes_address(p, c, a))
		return true;
	if (!is_in_the_way(a, want))
		return false;
	plan_address(p, STEP_ADDRESS_REMOVE, c, name, a);
	return true;
}

/* What the kernel makes of an address. */
static struct route
connected_route(const struct model_bridge *b, const struct prefix *addr)
{
	struct route route = { .to = prefix_network(addr),
		.index = b->link->index,
		.protocol = RTPROT_KERNEL };

	if (addr->family == AF_INET)
		route.source = prefix_addr(addr);
	else
		route.metric = METRIC_CONNECTED;
	return route;
}

/* The kernel adds that route with the address, but somebody may have deleted it
 * since. */
static void
plan_connected(struct plan *p, const struct model_bridge *b,
    const struct prefix *addr, const struct snapshot *snapshot)
{
	struct routes inward = snapshot_inward(snapshot, addr->family);
	struct route route = connected_route(b, addr);
	size_t i;

	if (!b->link->up)
		return;
	for (i = 0; i < inward.n; i++)
		if (inward.v[i].index == route.index &&
		    prefix_equal(&inward.v[i].to, &route.to))
			return;
	plan_route(p, STEP_ROUTE_ADD, NULL, b->link->name, &route);
}

/* A bridge that is down may be one that its owner is about to set up, as
 * lxc-net does, which fails where it has its IPv4 address already. */
static bool
takes_given(const struct model_bridge *b, enum family family)
{
	if (b->link->index == 0)
		return false;
	return family == FAMILY_IPV4 ? model_bridge_is_up(b)
				     : !link_has_no_ipv6(b->link);
}

static void
plan_bridge(struct plan *p, const struct model_bridge *b, enum family family,
    const struct snapshot *snapshot)
{
	struct model_addrs own = model_bridge_given(b, family);
	struct address address;
	size_t i;

	for (i = 0; i < own.n; i++) {
		address = address_ours(b->link->index, &own.v[i]);
		if (needs_address(p, NULL, b->link->name, &address, snapshot))
			plan_address(
			    p, STEP_ADDRESS_ADD, NULL, b->link->name, &address);
		else
			plan_connected(p, b, &own.v[i], snapshot);
	}
}

void
plan_bridges(
    struct plan *p, const struct model *m, const struct snapshot *snapshot)
{
	const struct model_bridge *b;
	enum family f;

	for (b = m->bridges; b < END_OF(m->bridges, m->nbridges); b++)
		for (f = 0; f < FAMILY_COUNT; f++)
			if (takes_given(b, f))
				plan_bridge(p, b, f, snapshot);
}

static bool
is_running(const struct container *c)
{
	return c != NULL && c->state == CONTAINER_UP && c->inner != 0;
}

/* The container's addresses with the lengths of the bridge's prefixes, so that
 * neighbours and gateway are on-link. */
static struct model_addrs
inner_addresses(const struct model_container *c, enum family family)
{
	struct model_addrs all = model_container_given(c, family);
	struct model_addrs own = model_bridge_given(c->bridge, family);
	size_t i, k;

	for (i = 0; i < all.n; i++)
		for (k = 0; k < own.n; k++)
			if (prefix_holds(&own.v[k], &all.v[i]))
				all.v[i].len = own.v[k].len;
	return all;
}

static bool
is_given(const struct model_container *c, enum family family)
{
	return model_container_given(c, family).n > 0;
}

static const struct route *
default_of(const struct container *c, enum family family)
{
	return container_default(c, family_numbers[family]);
}

static bool
is_own_route(const struct container *c, enum family family)
{
	const struct route *r = default_of(c, family);

	return r != NULL && r->protocol == NET_PROTO;
}

static bool
leads_home(
    const struct snapshot *s, const struct container *in, const struct route *r)
{
	const struct address *a;

	if (r->index != in->inner)
		return false;
	for (a = s->addresses; a < END_OF(s->addresses, s->naddresses); a++)
		if (a->nsid == NSID_SELF && a->index == in->bridge &&
		    addr_equal(&a->prefix, &r->gateway))
			return true;
	return false;
}

/* Its source for whatever is not on the bridge. Beside a ULA the kernel prefers
 * a public address for the Internet by itself (RFC 6724, rule 6), whatever the
 * gateway. */
static const struct prefix *
source_of(const struct model_container *c)
{
	return c->public.family != AF_UNSPEC ? &c->public : &c->ula;
}

/* Whether the container has a second address of the prefix, as from an
 * advertisement by lxc-net for each new MAC. The kernel would use either as a
 * source, so that UDP clients get replies from the wrong one. */
static bool
has_twin(const struct snapshot *s, const struct model_container *c)
{
	const struct prefix *own = source_of(c);
	const struct prefix *net = c->public.family != AF_UNSPEC
				       ? &c->bridge->public
				       : &c->bridge->ula;
	const struct address *a;

	for (a = s->addresses; a < END_OF(s->addresses, s->naddresses); a++)
		if (a->nsid == c->container->nsid &&
		    a->index == c->container->inner && !address_is_static(a) &&
		    prefix_holds(net, &a->prefix) &&
		    !addr_equal(&a->prefix, own))
			return true;
	return false;
}

/* Whether our route would be a useless second one beside that from this host's
 * router advertisement. */
static bool
is_spare(const struct snapshot *s, const struct model_container *c,
    enum family family)
{
	const struct container *in = c->container;

	return family == FAMILY_IPV6 && in->has_other &&
	       leads_home(s, in, &in->other) && !has_twin(s, c);
}

static struct prefix
link_local_of(const struct snapshot *s, int index)
{
	static const struct prefix none;
	const struct address *a;

	for (a = s->addresses; a < END_OF(s->addresses, s->naddresses); a++)
		if (a->nsid == NSID_SELF && a->index == index &&
		    a->prefix.family == AF_INET6 &&
		    addr_is_link_local(&a->prefix) &&
		    (a->flags & IFA_F_DADFAILED) == 0)
			return prefix_addr(&a->prefix);
	return none;
}

/* This host on the container's link: the address in the prefix of its first one
 * or, where it has none there (bridge … prefix … proxy), the link-local one; or
 * none. */
static struct prefix
gateway_of(const struct snapshot *s, const struct model_container *c,
    enum family family)
{
	struct model_addrs own = model_bridge_given(c->bridge, family);
	struct model_addrs all = model_container_given(c, family);
	size_t i;

	for (i = 0; i < own.n; i++)
		if (prefix_holds(&own.v[i], &all.v[0]))
			return prefix_addr(&own.v[i]);
	return link_local_of(s, c->bridge->link->index);
}

static struct route
wanted_route(const struct snapshot *s, const struct model_container *c,
    enum family family)
{
	struct prefix gateway = gateway_of(s, c, family);
	struct route route = route_ours(c->container->inner, &gateway);

	if (family == FAMILY_IPV6 && has_twin(s, c))
		route.source = prefix_addr(source_of(c));
	return route;
}

/* Whether another interface of the namespace asks for the route it has. */
static bool
is_wanted_route(const struct model *m, const struct snapshot *s,
    const struct container *in, enum family family)
{
	const struct model_container *c;
	struct route wanted;

	for (c = m->containers; c < END_OF(m->containers, m->ncontainers);
	     c++) {
		if (!is_given(c, family) || !is_running(c->container) ||
		    c->container->nsid != in->nsid)
			continue;
		wanted = wanted_route(s, c, family);
		if (route_equal(default_of(in, family), &wanted) &&
		    !is_spare(s, c, family))
			return true;
	}
	return false;
}

static bool
has_route_step(
    const struct plan *p, enum step_number kind, int nsid, enum family family)
{
	const struct step *s;

	for (s = p->v; s < END_OF(p->v, p->n); s++)
		if (s->kind == kind && s->container != NULL &&
		    s->container->nsid == nsid &&
		    s->route.gateway.family == family_numbers[family])
			return true;
	return false;
}

/* A default route that somebody else gave the container, by hand or by router
 * advertisement, stays without ours beside it, unless ours is needed to set the
 * source address; and none is added where there may be one among too many to
 * read. An unwanted one of ours is about to be removed. */
static bool
needs_route(const struct plan *p, const struct model *m,
    const struct snapshot *s, const struct model_container *c,
    enum family family)
{
	const struct container *in = c->container;

	if (has_route_step(p, STEP_ROUTE_ADD, in->nsid, family))
		return false;
	if (default_of(in, family) == NULL)
		return !in->routes_cut[family];
	if (is_own_route(in, family))
		return !is_spare(s, c, family) &&
		       (!is_wanted_route(m, s, in, family) ||
			   has_route_step(
			       p, STEP_ROUTE_REMOVE, in->nsid, family));
	return family == FAMILY_IPV6 && has_twin(s, c) &&
	       leads_home(s, in, &in->route);
}

/* Whether it has an IPv4 address of somebody else and lacks the given one. */
static bool
has_foreign(const struct plan *p, const struct container *c,
    const struct address *want, const struct snapshot *s)
{
	const struct address *a;

	if (snapshot_address_bare(s, c->nsid, c->inner, &want->prefix) != NULL)
		return false;
	for (a = s->addresses; a < END_OF(s->addresses, s->naddresses); a++)
		if (a->nsid == c->nsid && a->index == c->inner &&
		    a->prefix.family == AF_INET &&
		    !addr_is_link_local(&a->prefix) &&
		    !plan_takes_address(p, c, a))
			return true;
	return false;
}

/* On an interface that is down the kernel accepts no route, nobody hears the
 * advertisement, and addresses are lost when it goes down again. */
static bool
takes_address(const struct model_container *c, enum family family)
{
	const struct container *in = c->container;

	return is_given(c, family) && is_running(in) && !in->inner_down &&
	       (family == FAMILY_IPV4 || !in->no_ipv6);
}

/* False if it is not given what it should have. */
static bool
plan_inner(struct plan *p, const struct model_container *c, enum family family,
    const struct snapshot *snapshot)
{
	const char *name = c->st->v[CONTAINER_NAME].text;
	struct model_addrs all = inner_addresses(c, family);
	struct address address;
	size_t i;

	for (i = 0; i < all.n; i++) {
		address = address_ours(c->container->inner, &all.v[i]);
		if (family == FAMILY_IPV4 &&
		    has_foreign(p, c->container, &address, snapshot))
			return false;
		if (needs_address(p, c->container, name, &address, snapshot))
			plan_address(
			    p, STEP_ADDRESS_ADD, c->container, name, &address);
	}
	return true;
}

static void
plan_container(struct plan *p, const struct model *m,
    const struct model_container *c, enum family family,
    const struct snapshot *snapshot)
{
	struct route route;

	if (!plan_inner(p, c, family, snapshot) ||
	    !needs_route(p, m, snapshot, c, family))
		return;
	route = wanted_route(snapshot, c, family);
	if (route.gateway.family != AF_UNSPEC)
		plan_route(p, STEP_ROUTE_ADD, c->container,
		    c->st->v[CONTAINER_NAME].text, &route);
}

void
plan_containers(
    struct plan *p, const struct model *m, const struct snapshot *snapshot)
{
	const struct model_container *c;
	enum family f;

	for (c = m->containers; c < END_OF(m->containers, m->ncontainers); c++)
		for (f = 0; f < FAMILY_COUNT; f++)
			if (takes_address(c, f))
				plan_container(p, m, c, f, snapshot);
}

/* Removals: ours, and no longer wanted */

/* If the kernel does not report the owner, the journal decides. */
static bool
is_own(const struct journal *j, const struct container *c, char *name,
    const struct address *a)
{
	struct owned owned = { .inside = c != NULL,
		.name = name,
		.prefix = a->prefix,
		.at = link_id_of(c, a->index) };

	return a->proto == NET_PROTO ||
	       (a->proto == 0 && journal_has(j, &owned));
}

static bool
has_prefix_of(struct model_addrs all, const struct prefix *p)
{
	size_t i = 0;

	while (i < all.n && !prefix_equal(&all.v[i], p))
		i++;
	return i < all.n;
}

static bool
is_wanted_on_host(
    const struct model *m, const struct link *l, const struct address *a)
{
	enum family family = addr_family(&a->prefix);
	const struct model_uplink *u;
	const struct model_bridge *b;

	for (u = m->uplinks; u < END_OF(m->uplinks, m->nuplinks); u++)
		if (strcmp(u->link->name, l->name) == 0 &&
		    prefix_equal(&u->gives[family], &a->prefix))
			return true;
	for (b = m->bridges; b < END_OF(m->bridges, m->nbridges); b++)
		if (strcmp(b->link->name, l->name) == 0 &&
		    has_prefix_of(model_bridge_given(b, family), &a->prefix))
			return true;
	return false;
}

/* While a container cannot be identified, it keeps what it has. */
static bool
is_wanted_inside(
    const struct model *m, const struct container *in, const struct address *a)
{
	enum family family = addr_family(&a->prefix);
	const struct model_container *c;

	for (c = m->containers; c < END_OF(m->containers, m->ncontainers);
	     c++) {
		if (has_prefix_of(inner_addresses(c, family), &a->prefix) &&
		    (c->container == in ||
			(c->container == NULL &&
			    (!container_is_identified(in) ||
				container_is_called(
				    in, c->st->v[CONTAINER_NAME].text)))))
			return true;
	}
	return false;
}

/* An address in there that is to go. */
static bool
is_unwanted(const struct model *m, const struct journal *j,
    const struct container *c, const struct address *a)
{
	return a->nsid == c->nsid && a->index == c->inner &&
	       is_own(j, c, c->name, a) && !is_wanted_inside(m, c, a);
}

/* Undoing the removal marks the object as ours, however we knew that. */
static void
plan_removal(struct plan *p, const struct container *c, const char *name,
    const struct address *a)
{
	struct address ours = *a;

	ours.proto = NET_PROTO;
	plan_address(p, STEP_ADDRESS_REMOVE, c, name, &ours);
}

static void
remove_inside(struct plan *p, const struct model *m,
    const struct snapshot *snapshot, const struct journal *j,
    const struct container *c)
{
	const struct address *a;

	for (a = snapshot->addresses;
	     a < END_OF(snapshot->addresses, snapshot->naddresses); a++)
		if (is_unwanted(m, j, c, a))
			plan_removal(p, c, c->name, a);
}

static bool
is_inner(const struct snapshot *s, int index)
{
	size_t i;

	for (i = 0; i < s->ncontainers; i++)
		if (s->containers[i].nsid == NSID_SELF &&
		    s->containers[i].inner == index)
			return true;
	return false;
}

static void
remove_host(struct plan *p, const struct model *m,
    const struct snapshot *snapshot, const struct journal *j, struct link *l)
{
	const struct address *a;

	for (a = snapshot->addresses;
	     a < END_OF(snapshot->addresses, snapshot->naddresses); a++)
		if (a->nsid == NSID_SELF && a->index == l->index &&
		    is_own(j, NULL, l->name, a) && !is_wanted_on_host(m, l, a))
			plan_removal(p, NULL, l->name, a);
}

/* The last IPv4 address of an interface takes all routes by it along
 * (fib_inetaddr_event() in net/ipv4/fib_frontend.c). */
static bool
goes_along(const struct model *m, const struct snapshot *s,
    const struct journal *j, const struct container *c, enum family family)
{
	const struct address *a;

	for (a = s->addresses; a < END_OF(s->addresses, s->naddresses); a++)
		if (a->prefix.family == AF_INET && is_unwanted(m, j, c, a))
			return family == FAMILY_IPV4;
	return false;
}

static void
remove_route(struct plan *p, const struct model *m, const struct snapshot *s,
    const struct journal *j, const struct container *c)
{
	enum family f;

	for (f = 0; f < FAMILY_COUNT; f++)
		if (is_own_route(c, f) && default_of(c, f)->index == c->inner &&
		    (!is_wanted_route(m, s, c, f) || goes_along(m, s, j, c, f)))
			plan_route(
			    p, STEP_ROUTE_REMOVE, c, c->name, default_of(c, f));
}

/* Routes go before the addresses they depend on. */
void
plan_removals(struct plan *p, const struct model *m,
    const struct snapshot *snapshot, const struct journal *j)
{
	const struct container *c;
	size_t i;

	for (i = 0; i < snapshot->ncontainers; i++) {
		c = &snapshot->containers[i];
		if (is_running(c) && container_is_identified(c))
			remove_route(p, m, snapshot, j, c);
	}
	for (i = 0; i < snapshot->ncontainers; i++)
		if (is_running(&snapshot->containers[i]))
			remove_inside(
			    p, m, snapshot, j, &snapshot->containers[i]);
	for (i = 0; i < snapshot->nlinks; i++)
		if (!is_inner(snapshot, snapshot->links[i].index))
			remove_host(p, m, snapshot, j, &snapshot->links[i]);
}
