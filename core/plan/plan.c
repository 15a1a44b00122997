/* The steps that lead from the kernel's state to a model, each with its undo.
 * Their order matters: the uplink keeps its default route only when accept_ra
 * is set before forwarding; addresses come before the routes through them; the
 * ruleset is last, for it is one transaction and needs no undo when it fails.
 */
#include "config.h"

#include "core/plan/plan.h"

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/util.h"
#include "core/kernel/net.h"
#include "core/plan/model_family.h"
#include "core/plan/role.h"
#include "core/plan/ruleset_diff.h"

#define METRIC_CONNECTED 256 /* IP6_RT_PRIO_ADDRCONF, of connected routes */

/* Sysctls */

static void
plan_sysctl(struct plan *p, enum step_number kind, const struct link *l,
    enum conf_number conf, int before, int after)
{
	struct step *s = plan_add(p, kind, l != NULL ? l->name : "all");

	s->at.index = l != NULL ? l->index : 0;
	s->conf = conf;
	s->before = before;
	s->after = after;
}

/* all/forwarding also sets the default of future interfaces, and every existing
 * one: settings that differed are restored after it. */
static void
plan_host(
    struct plan *p, const struct role_conf *r, const struct snapshot *snapshot)
{
	const struct link *l;
	struct step *s;
	int all = snapshot->forwarding, next = snapshot->forwarding_next;

	if (all == r->want)
		return;
	if (next != all) {
		s = plan_add(p, STEP_KEEP, "default");
		s->conf = r->conf;
		s->before = s->after = next;
	}
	for (l = snapshot->links; l < END_OF(snapshot->links, snapshot->nlinks);
	     l++)
		if (l->has_conf && l->conf[r->conf] != all)
			plan_sysctl(p, STEP_KEEP, l, r->conf, l->conf[r->conf],
			    l->conf[r->conf]);
	plan_sysctl(p, STEP_SYSCTL, NULL, r->conf, all, r->want);
}

static void
plan_role(struct plan *p, const struct role_conf *r, const struct model *m,
    const struct snapshot *snapshot)
{
	const struct link *l;
	int value;

	for (l = snapshot->links; l < END_OF(snapshot->links, snapshot->nlinks);
	     l++) {
		value = l->conf[r->conf];
		if (!l->has_conf || value == r->want ||
		    (r->only && value != r->from) ||
		    role_of(m, snapshot, l) != r->role ||
		    (r->applies != NULL && !r->applies(snapshot, l)))
			continue;
		plan_sysctl(p, STEP_SYSCTL, l, r->conf, value, r->want);
	}
}

/* Whether packets of IPv4 are to pass this host. Those of containers do so
 * where their bridge masquerades. */
static bool
forwards_ipv4(const struct model *m)
{
	size_t i;

	for (i = 0; i < m->nforwards; i++)
		if (m->forwards[i].family == FAMILY_IPV4)
			return true;
	for (i = 0; i < m->nbridges; i++)
		if (m->bridges[i].masquerade &&
		    m->bridges[i].ipv4.family != AF_UNSPEC)
			return true;
	return false;
}

static void
plan_ipv4(
    struct plan *p, const struct model *m, const struct snapshot *snapshot)
{
	struct step *s;

	if (snapshot->forwarding4 != 0 || !forwards_ipv4(m))
		return;
	s = plan_add(p, STEP_IPV4_FORWARDING, "all");
	s->before = 0;
	s->after = 1;
}

static void
plan_roles(struct plan *p, const struct model *m,
    const struct snapshot *snapshot, bool of_host)
{
	const struct role_conf *r;

	if (!model_forwards(m) || !snapshot->has_ipv6)
		return;
	for (r = role_confs; r < role_confs + role_nconfs; r++)
		if (of_host && r->role == LINK_ALL)
			plan_host(p, r, snapshot);
		else if (!of_host && r->role != LINK_ALL)
			plan_role(p, r, m, snapshot);
}

/* Addresses and routes */

static void
plan_address(struct plan *p, enum step_number kind, const struct container *c,
    const char *name, const struct address *a)
{
	struct step *s = plan_add(p, kind, name);

	s->container = c;
	s->at = link_id_of(c, a->index);
	s->address = *a;
}

static void
plan_route(struct plan *p, enum step_number kind, const struct container *c,
    const char *name, const struct route *r)
{
	struct step *s = plan_add(p, kind, name);

	s->container = c;
	s->at = link_id_of(c, r->index);
	s->route = *r;
}

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

static void
plan_bridges_unlearn(
    struct plan *p, const struct model *m, const struct snapshot *snapshot)
{
	const struct link *l;

	for (l = snapshot->links; l < END_OF(snapshot->links, snapshot->nlinks);
	     l++)
		if (role_of(m, snapshot, l) == LINK_BRIDGE)
			unlearn(p, l, snapshot);
}

/* An address with another length is in the way, since the kernel has each
 * address once; so is one that failed duplicate address detection. */
static bool
needs_address(struct plan *p, const struct container *c, const char *name,
    const struct address *want, const struct snapshot *snapshot)
{
	const struct address *a;
	size_t i;

	a = snapshot_address_bare(snapshot, c != NULL ? c->nsid : NSID_SELF,
	    want->index, &want->prefix);
	if (a == NULL)
		return true;
	if (prefix_equal(&a->prefix, &want->prefix) &&
	    (a->flags & IFA_F_DADFAILED) == 0)
		return false;
	for (i = 0; i < p->n; i++)
		if (p->v[i].kind == STEP_ADDRESS_REMOVE &&
		    p->v[i].container == c && p->v[i].at.index == a->index &&
		    prefix_equal(&p->v[i].address.prefix, &a->prefix))
			return true;
	plan_address(p, STEP_ADDRESS_REMOVE, c, name, a);
	return true;
}

/* The kernel adds that route with the address, but somebody may have deleted it
 * since. */
static void
plan_connected(struct plan *p, const struct model_bridge *b,
    const struct prefix *own, const struct snapshot *snapshot)
{
	struct route route = { .to = prefix_network(own),
		.index = b->link->index,
		.protocol = RTPROT_KERNEL,
		.metric = METRIC_CONNECTED };
	size_t i;

	if (!b->link->up)
		return;
	for (i = 0; i < snapshot->ninward; i++)
		if (snapshot->inward[i].index == route.index &&
		    prefix_equal(&snapshot->inward[i].to, &route.to))
			return;
	plan_route(p, STEP_ROUTE_ADD, NULL, b->link->name, &route);
}

static void
plan_bridge(struct plan *p, const struct model_bridge *b,
    const struct snapshot *snapshot)
{
	struct model_addrs own = model_bridge_addrs(b, FAMILY_IPV6);
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

static void
plan_bridges(
    struct plan *p, const struct model *m, const struct snapshot *snapshot)
{
	const struct model_bridge *b;

	for (b = m->bridges; b < END_OF(m->bridges, m->nbridges); b++)
		if (b->link->index != 0 && !link_has_no_ipv6(b->link))
			plan_bridge(p, b, snapshot);
}

static bool
is_running(const struct container *c)
{
	return c != NULL && c->state == CONTAINER_UP && c->inner != 0;
}

/* The container's addresses with the lengths of the bridge's prefixes, so that
 * neighbours and gateway are on-link. */
static struct model_addrs
inner_addresses(const struct model_container *c)
{
	struct model_addrs all = model_container_addrs(c, FAMILY_IPV6);
	size_t i;

	for (i = 0; i < all.n; i++)
		all.v[i].len = addr_is_ula(&all.v[i]) ? c->bridge->ula.len
						      : c->bridge->public.len;
	return all;
}

static bool
is_given(const struct model_container *c)
{
	return c->ula.family != AF_UNSPEC || c->public.family != AF_UNSPEC;
}

static bool
is_own_route(const struct container *c)
{
	return c->has_default && c->route.protocol == NET_PROTO;
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

/* Whether our address would be a useless second one beside that from this
 * host's router advertisement. */
static bool
is_spare(const struct snapshot *s, const struct model_container *c)
{
	const struct container *in = c->container;

	return in->has_other && leads_home(s, in, &in->other) &&
	       !has_twin(s, c);
}

static struct route
wanted_route(const struct snapshot *s, const struct model_container *c)
{
	bool private = c->ula.family != AF_UNSPEC;
	struct prefix gateway =
	    prefix_addr(private ? &c->bridge->ula : &c->bridge->public);
	struct route route = route_ours(c->container->inner, &gateway);

	if (has_twin(s, c))
		route.source = prefix_addr(source_of(c));
	return route;
}

/* Whether another interface of the namespace asks for the route it has. */
static bool
is_wanted_route(
    const struct model *m, const struct snapshot *s, const struct container *in)
{
	const struct model_container *c;
	struct route wanted;

	for (c = m->containers; c < END_OF(m->containers, m->ncontainers);
	     c++) {
		if (!is_given(c) || !is_running(c->container) ||
		    c->container->nsid != in->nsid)
			continue;
		wanted = wanted_route(s, c);
		if (route_equal(&in->route, &wanted) && !is_spare(s, c))
			return true;
	}
	return false;
}

static bool
has_route_step(const struct plan *p, int nsid)
{
	const struct step *s;

	for (s = p->v; s < END_OF(p->v, p->n); s++)
		if (s->kind == STEP_ROUTE_ADD && s->container != NULL &&
		    s->container->nsid == nsid)
			return true;
	return false;
}

/* A default route that somebody else gave the container, by hand or by router
 * advertisement, stays without ours beside it, unless ours is needed to set the
 * source address. An unwanted one of ours is about to be removed. */
static bool
needs_route(const struct plan *p, const struct model *m,
    const struct snapshot *s, const struct model_container *c)
{
	const struct container *in = c->container;

	if (has_route_step(p, in->nsid))
		return false;
	if (!in->has_default)
		return true;
	if (is_own_route(in))
		return !is_spare(s, c) && !is_wanted_route(m, s, in);
	return has_twin(s, c) && leads_home(s, in, &in->route);
}

/* On an interface that is down the kernel accepts no route, nobody hears the
 * advertisement, and addresses are lost when it goes down again. */
static bool
takes_address(const struct container *c)
{
	return is_running(c) && !c->no_ipv6 && !c->inner_down;
}

static void
plan_inner(struct plan *p, const struct model_container *c,
    const struct snapshot *snapshot)
{
	const char *name = c->st->v[CONTAINER_NAME].text;
	struct model_addrs all = inner_addresses(c);
	struct address address;
	size_t i;

	for (i = 0; i < all.n; i++) {
		address = address_ours(c->container->inner, &all.v[i]);
		if (needs_address(p, c->container, name, &address, snapshot))
			plan_address(
			    p, STEP_ADDRESS_ADD, c->container, name, &address);
	}
}

static void
plan_containers(
    struct plan *p, const struct model *m, const struct snapshot *snapshot)
{
	const struct model_container *c;
	struct route route;

	for (c = m->containers; c < END_OF(m->containers, m->ncontainers);
	     c++) {
		if (!is_given(c) || !takes_address(c->container))
			continue;
		plan_inner(p, c, snapshot);
		route = wanted_route(snapshot, c);
		if (needs_route(p, m, snapshot, c))
			plan_route(p, STEP_ROUTE_ADD, c->container,
			    c->st->v[CONTAINER_NAME].text, &route);
	}
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
is_wanted_on_host(
    const struct model *m, const struct link *l, const struct address *a)
{
	const struct model_bridge *b;

	for (b = m->bridges; b < END_OF(m->bridges, m->nbridges); b++)
		if (strcmp(b->link->name, l->name) == 0 &&
		    (prefix_equal(&b->ula, &a->prefix) ||
			prefix_equal(&b->public, &a->prefix)))
			return true;
	return false;
}

static bool
gives(const struct model_container *c, const struct prefix *addr)
{
	struct model_addrs all = inner_addresses(c);
	size_t i = 0;

	while (i < all.n && !prefix_equal(&all.v[i], addr))
		i++;
	return i < all.n;
}

/* While a container cannot be identified, it keeps what it has. */
static bool
is_wanted_inside(
    const struct model *m, const struct container *in, const struct address *a)
{
	const struct model_container *c;

	for (c = m->containers; c < END_OF(m->containers, m->ncontainers);
	     c++) {
		if (gives(c, &a->prefix) &&
		    (c->container == in ||
			(c->container == NULL &&
			    (!container_is_identified(in) ||
				container_is_called(
				    in, c->st->v[CONTAINER_NAME].text)))))
			return true;
	}
	return false;
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
		if (a->nsid == c->nsid && a->index == c->inner &&
		    is_own(j, c, c->name, a) && !is_wanted_inside(m, c, a))
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

/* Routes go before the addresses they depend on. */
static void
plan_removals(struct plan *p, const struct model *m,
    const struct snapshot *snapshot, const struct journal *j)
{
	const struct container *c;
	size_t i;

	for (i = 0; i < snapshot->ncontainers; i++) {
		c = &snapshot->containers[i];
		if (is_running(c) && container_is_identified(c) &&
		    is_own_route(c) && c->route.index == c->inner &&
		    !is_wanted_route(m, snapshot, c))
			plan_route(p, STEP_ROUTE_REMOVE, c, c->name, &c->route);
	}
	for (i = 0; i < snapshot->ncontainers; i++)
		if (is_running(&snapshot->containers[i]))
			remove_inside(
			    p, m, snapshot, j, &snapshot->containers[i]);
	for (i = 0; i < snapshot->nlinks; i++)
		if (!is_inner(snapshot, snapshot->links[i].index))
			remove_host(p, m, snapshot, j, &snapshot->links[i]);
}

/* The ruleset */

static void
add_rules(struct plan *p, const struct ruleset *want, bool present, char *text)
{
	struct step *s = plan_add(p, STEP_RULESET, NET_TABLE);

	s->before = present;
	s->after = want->present;
	s->text = text;
}

static void
plan_change(struct plan *p, const struct ruleset *want,
    const struct ruleset *have, const char *first)
{
	struct buf text = { 0 };

	buf_add(&text, first);
	ruleset_transaction(want, have, &text);
	if (text.len > 0)
		add_rules(p, want, have->present, buf_take(&text));
	buf_free(&text);
}

void
plan_rules(
    struct plan *p, const struct ruleset *want, const struct ruleset *have)
{
	plan_change(p, want, have, "");
}

/* No chain has that many rules, so none is taken for correct. */
static void
distrust(struct ruleset *have)
{
	struct ruleset_chain *c;

	for (c = have->chains; c < END_OF(have->chains, have->nchains); c++)
		c->count = SIZE_MAX;
}

void
plan_rewrite(struct plan *p, const struct ruleset *want, struct ruleset *have)
{
	distrust(have);
	plan_change(p, want, have, RULESET_ADD);
}

void
plan_anew(struct plan *p, const struct ruleset *want)
{
	struct buf text = { 0 };

	ruleset_transaction_anew(want, &text);
	add_rules(p, want, true, buf_take(&text));
	p->v[p->n - 1].settled = true;
}

static struct ruleset *
take(struct ruleset *from)
{
	struct ruleset *r = xcalloc(1, sizeof(*r));

	*r = *from;
	memset(from, 0, sizeof(*from));
	return r;
}

void
plan_take_rules(struct plan *p, struct ruleset *want, struct ruleset *have)
{
	struct step *s = p->n > 0 ? &p->v[p->n - 1] : NULL;

	if (s == NULL || s->kind != STEP_RULESET)
		return;
	s->want = take(want);
	if (have != NULL)
		s->have = take(have);
}

void
plan_links(struct plan *p, const struct model *m,
    const struct snapshot *snapshot, const struct journal *j)
{
	memset(p, 0, sizeof(*p));
	plan_roles(p, m, snapshot, false);
	plan_bridges_unlearn(p, m, snapshot);
	plan_roles(p, m, snapshot, true);
	plan_ipv4(p, m, snapshot);
	plan_removals(p, m, snapshot, j);
	plan_bridges(p, m, snapshot);
	plan_containers(p, m, snapshot);
}

bool
plan_has_rules(const struct plan *p)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		if (p->v[i].kind == STEP_RULESET)
			return true;
	return false;
}

void
plan_print(const struct plan *p, struct buf *b)
{
	const struct step *s;

	for (s = p->v; s < END_OF(p->v, p->n); s++) {
		if (step_kinds[s->kind].print == NULL)
			continue;
		buf_add(b, "  ");
		step_kinds[s->kind].print(s, b);
		buf_add(b, "\n");
	}
}
