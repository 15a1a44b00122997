/* Resolves links, uplinks and their public addresses. */
#include "config.h"

#include "core/base/intl.h"
#include "core/plan/model_family.h"
#include "core/plan/model_parts.h"

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct link *
add_absent(struct model_build *b, const char *name)
{
	struct link *l = xcalloc(1, sizeof(*l));

	snprintf(l->name, sizeof(l->name), "%s", name);
	l->peer_nsid = NSID_SELF;
	*GROW(b->m->absent, b->m->nabsent) = l;
	return l;
}

static struct link *
find_absent(const struct model_build *b, const char *name)
{
	size_t i = 0;

	while (i < b->m->nabsent && strcmp(b->m->absent[i]->name, name) != 0)
		i++;
	return i < b->m->nabsent ? b->m->absent[i] : NULL;
}

/* Stands for a missing link that may come, with index 0. The reason is reported
 * once. */
static const struct link *
stand_in(struct model_build *b, const char *name, const char *fmt)
{
	const struct link *l = find_absent(b, name);

	if (l != NULL)
		return l;
	l = add_absent(b, name);
	model_note(b, xasprintf(_(fmt), l->name));
	return l;
}

static size_t
count_made(const struct model *m)
{
	size_t i, n = 0;

	for (i = 0; i < m->nabsent; i++)
		n += m->absent[i]->index != 0;
	return n;
}

/* As it is once the plan has made it. */
static void
add_bridge(struct model_build *b, const char *name)
{
	const struct snapshot *s = b->snapshot;
	int index = snapshot_bridge_index(s, count_made(b->m));
	struct link *l = add_absent(b, name);

	l->index = index;
	snprintf(l->kind, sizeof(l->kind), "bridge");
	l->up = true;
	l->has_mac = true;
	mac_bytes(snapshot_bridge_mac(s, name), l->mac);
	l->has_conf = s->has_ipv6;
}

void
model_create_bridge(struct model_build *b, const struct statement *st)
{
	const char *name = st->v[BRIDGE_IFACE].text;

	if (st->v[BRIDGE_CREATE].set &&
	    snapshot_link(b->snapshot, name) == NULL)
		add_bridge(b, name);
}

static const struct link *
find_link(struct model_build *b, const struct statement *st, size_t value,
    const char *name)
{
	const struct link *l = snapshot_link(b->snapshot, name);
	struct buf known = { 0 };
	size_t i;

	if (l == NULL)
		l = find_absent(b, name);
	if (l != NULL || b->lenient)
		return l != NULL ? l : stand_in(b, name, N_("%s is not there"));
	for (i = 0; i < b->snapshot->nlinks; i++) {
		buf_add(&known, known.len > 0 ? ", " : "");
		words_print(&known, b->snapshot->links[i].name, "");
	}
	err_set(b->e, ERR_UNSAFE, "there is no interface %s", name);
	if (st->kind == ST_BRIDGE)
		err_hint(b->e,
		    "have it made: bridge %s create; known interfaces: %s",
		    name, buf_text(&known));
	else
		err_hint(b->e, "known interfaces: %s", buf_text(&known));
	buf_free(&known);
	model_blame(b, st, value);
	return NULL;
}

const struct link *
model_find_bridge(struct model_build *b, const struct statement *st,
    size_t value, const char *name)
{
	const struct link *l = find_link(b, st, value, name);

	if (l == NULL || l->index == 0 || link_is_bridge(l))
		return l;
	if (b->lenient)
		return stand_in(b, name, N_("%s is not a bridge"));
	err_set(b->e, ERR_UNSAFE, "%s is not a bridge", name);
	err_hint(b->e, "seki show bridges lists them");
	model_blame(b, st, value);
	return NULL;
}

/* A name that is not safe in nft syntax cannot be a bridge of ours. */
static bool
is_plain_name(const char *name)
{
	for (; *name != '\0'; name++)
		if (*name <= ' ' || *name > '~' || strchr("\"*\\", *name))
			return false;
	return true;
}

static int
compare_names(const void *a, const void *b)
{
	const struct link *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

/* One that a commit gives to a bridge. */
static void
add_public_address(struct model *m, const struct prefix *own)
{
	size_t i = 0;

	if (own->family == AF_UNSPEC)
		return;
	while (i < m->naddresses && !addr_equal(&m->addresses[i], own))
		i++;
	if (i == m->naddresses)
		*GROW(m->addresses, m->naddresses) = prefix_addr(own);
}

static bool
is_stated(const struct model *m, const struct link *l)
{
	size_t i = 0;

	while (i < m->nbridges && m->bridges[i].link != l)
		i++;
	return i < m->nbridges;
}

/* One that seki has made, and a plan deletes: the rules are to be those of the
 * time after it. Nothing comes from it. */
static bool
is_about_to_go(const struct model_build *b, const struct link *l)
{
	const struct snapshot *s = b->snapshot;

	return !is_stated(b->m, l) && !link_has_ports(s, l) && l->has_mac &&
	       mac_number(l->mac) == snapshot_bridge_mac(s, l->name);
}

void
model_find_bridges(struct model_build *b)
{
	struct model *m = b->m;
	const struct link *l;
	size_t i;

	for (i = 0; i < b->snapshot->nlinks; i++) {
		l = &b->snapshot->links[i];
		if (link_is_bridge(l) && is_plain_name(l->name) &&
		    !is_about_to_go(b, l))
			*GROW(m->host_bridges, m->nhost_bridges) = l;
	}
	for (i = 0; i < m->nbridges; i++) {
		add_public_address(m, &m->bridges[i].public);
		if (snapshot_link_at(b->snapshot, m->bridges[i].link->index) ==
		    NULL)
			*GROW(m->host_bridges, m->nhost_bridges) =
			    m->bridges[i].link;
	}
	if (m->nhost_bridges > 1)
		qsort(m->host_bridges, m->nhost_bridges,
		    sizeof(*m->host_bridges), compare_names);
}

/* Uplinks and public addresses */

static void
add_public(struct model *m, const struct prefix *addr)
{
	struct prefixes *to = &m->publics[addr_family(addr)];

	*GROW(to->v, to->n) = prefix_addr(addr);
}

static void
add_publics(struct model_build *b, const struct link *l, enum family family,
    enum address_state state)
{
	const struct address *a;
	size_t i;

	for (i = 0; i < b->snapshot->naddresses; i++) {
		a = &b->snapshot->addresses[i];
		if (address_is_on(a, l, family_numbers[family]) &&
		    address_state(a) == state)
			add_public(b->m, &a->prefix);
	}
}

static bool
states_address(const struct model_uplink *u, enum family family)
{
	return u->st != NULL &&
	       statement_stated(u->st, UPLINK_ADDRESS, family) != NULL;
}

/* Connections to an address whose prefix the router deprecated go on
 * (RFC 4862, 5.5.4). */
static void
add_deprecated(struct model_build *b)
{
	struct model *m = b->m;
	enum family f;
	size_t i;

	for (f = 0; f < FAMILY_COUNT; f++) {
		m->nstable[f] = m->publics[f].n;
		for (i = 0; i < m->nuplinks && model_is_about(m, f); i++)
			if (!states_address(&m->uplinks[i], f))
				add_publics(b, m->uplinks[i].link, f,
				    ADDRESS_DEPRECATED);
	}
}

/* Packets to an address of this host are local on whatever link they arrive
 * (RFC 1122, 3.3.4.2: the weak model, which Linux has). */
static void
find_addresses(struct model_build *b)
{
	const struct address *a;
	size_t i;

	for (i = 0; i < b->snapshot->naddresses; i++) {
		a = &b->snapshot->addresses[i];
		if (a->nsid == NSID_SELF &&
		    (a->prefix.family == AF_INET6 || b->m->ipv4) &&
		    addr_is_global(&a->prefix) &&
		    (a->flags & IFA_F_DADFAILED) == 0)
			*GROW(b->m->addresses, b->m->naddresses) =
			    prefix_addr(&a->prefix);
	}
}

static int
refuse_address(struct model_build *b, const struct statement *st,
    const struct link *l, const struct prefix *stated)
{
	char text[ADDR_TEXT_MAX];

	err_set(b->e, ERR_UNSAFE, "%s does not have the address %s", l->name,
	    prefix_text(stated, text));
	if (b->lenient)
		return model_tolerate(b);
	err_hint(b->e,
	    "give it where this host keeps its network settings; or have seki "
	    "keep it: uplink %s address %s keep",
	    l->name, prefix_text(stated, text));
	return model_blame(b, st, UPLINK_ADDRESS);
}

/* The kernel has an address once. */
static bool
can_give_address(const struct model_build *b, const struct statement *st,
    const struct link *l, const struct prefix *stated)
{
	return st->v[UPLINK_KEEP].set && l->index != 0 &&
	       snapshot_address_bare(
		   b->snapshot, NSID_SELF, l->index, stated) == NULL;
}

static int
check_uplink_address(struct model_build *b, const struct statement *st,
    const struct link *l, enum family family)
{
	const struct prefix *stated =
	    statement_stated(st, UPLINK_ADDRESS, family);
	bool has;

	if (stated == NULL) {
		if (model_is_about(b->m, family))
			add_publics(b, l, family, ADDRESS_STABLE);
		return 0;
	}
	if (!model_is_about(b->m, family))
		return model_refuse_ipv4(b, st, UPLINK_ADDRESS);
	has =
	    snapshot_address(b->snapshot, NSID_SELF, l->index, stated) != NULL;
	has = has || can_give_address(b, st, l, stated);
	if (b->lenient || has)
		add_public(b->m, stated);
	return has || l->index == 0 ? 0 : refuse_address(b, st, l, stated);
}

/* A second default route beside one of others would have no effect, or take
 * their place. */
static bool
can_give_route(const struct statement *st, const struct routes *all)
{
	size_t i;

	for (i = 0; i < all->n; i++)
		if (all->v[i].protocol != NET_PROTO)
			return false;
	return st->v[UPLINK_KEEP].set;
}

static int
check_uplink_gateway(struct model_build *b, const struct statement *st,
    const struct link *l, enum family family)
{
	struct routes routes =
	    snapshot_routes(b->snapshot, family_numbers[family]);
	const struct prefix *stated =
	    statement_stated(st, UPLINK_GATEWAY, family);
	char text[ADDR_TEXT_MAX];
	size_t i;

	if (stated == NULL || l->index == 0)
		return 0;
	if (!model_is_about(b->m, family))
		return model_refuse_ipv4(b, st, UPLINK_GATEWAY);
	for (i = 0; i < routes.n; i++)
		if (routes.v[i].index == l->index &&
		    addr_equal(&routes.v[i].gateway, stated))
			return 0;
	if (can_give_route(st, &routes))
		return 0;
	err_set(b->e, ERR_UNSAFE, "%s has no default route via %s", l->name,
	    addr_text(stated, text));
	if (b->lenient)
		return model_tolerate(b);
	err_hint(b->e,
	    "give it where this host keeps its network settings; or have seki "
	    "keep it: uplink %s gateway %s keep",
	    l->name, addr_text(stated, text));
	return model_blame(b, st, UPLINK_GATEWAY);
}

/* Packets that arrive on a port belong to its bridge or bond. */
static int
check_uplink_port(
    struct model_build *b, const struct statement *st, const struct link *l)
{
	const struct link *master = snapshot_link_at(b->snapshot, l->master);

	if (l->master == 0 || master == NULL || !link_takes_packets(master))
		return 0;
	err_set(b->e, ERR_UNSAFE, "%s is a port of %s, which has its packets",
	    l->name, master->name);
	if (b->lenient)
		return model_tolerate(b);
	err_hint(b->e, "name that one: uplink %s", master->name);
	return model_blame(b, st, UPLINK_IFACE);
}

static bool
leads_out(const struct snapshot *s, const struct link *l)
{
	const struct route *r;

	for (r = s->routes; r < END_OF(s->routes, s->nroutes); r++)
		if (r->index == l->index)
			return true;
	return !link_is_inward(s, l);
}

/* A bridge can be an uplink, too, if it has a way out: a network card is its
 * port, or a guest is the router. */
static int
check_uplink_bridge(
    struct model_build *b, const struct statement *st, const struct link *l)
{
	if (config_bridge(b->config, l->name) == NULL ||
	    leads_out(b->snapshot, l))
		return 0;
	err_set(b->e, ERR_UNSAFE,
	    "%s is the bridge of containers, and no uplink: nothing else is "
	    "behind it",
	    l->name);
	if (b->lenient)
		return model_tolerate(b);
	err_hint(b->e, "seki show uplinks lists what leads out");
	return model_blame(b, st, UPLINK_IFACE);
}

static void
keep_stated(const struct model *m, struct model_uplink *u)
{
	const struct prefix *stated;
	enum family f;

	for (f = 0; f < FAMILY_COUNT; f++) {
		if (!model_is_about(m, f))
			continue;
		stated = statement_stated(u->st, UPLINK_ADDRESS, f);
		if (stated != NULL)
			u->gives[f] = *stated;
		stated = statement_stated(u->st, UPLINK_GATEWAY, f);
		if (stated != NULL)
			u->gateways[f] = *stated;
	}
}

int
model_build_uplink(struct model_build *b, const struct statement *st)
{
	const struct link *l;
	enum family f;

	l = find_link(b, st, UPLINK_IFACE, st->v[UPLINK_IFACE].text);
	if (l == NULL || check_uplink_port(b, st, l) != 0 ||
	    check_uplink_bridge(b, st, l) != 0)
		return -1;
	*GROW(b->m->uplinks, b->m->nuplinks) =
	    (struct model_uplink){ .st = st, .link = l };
	for (f = 0; f < FAMILY_COUNT; f++)
		if (check_uplink_address(b, st, l, f) != 0 ||
		    check_uplink_gateway(b, st, l, f) != 0)
			return -1;
	if (st->v[UPLINK_KEEP].set)
		keep_stated(b->m, &b->m->uplinks[b->m->nuplinks - 1]);
	return 0;
}

static void
find_uplink(struct model_build *b, enum family family)
{
	const struct link *l =
	    snapshot_uplink(b->snapshot, family_numbers[family]);
	size_t i = 0;

	if (l == NULL)
		return;
	while (i < b->m->nuplinks && b->m->uplinks[i].link != l)
		i++;
	if (i == b->m->nuplinks)
		*GROW(b->m->uplinks, b->m->nuplinks) =
		    (struct model_uplink){ .link = l };
	add_publics(b, l, family, ADDRESS_STABLE);
}

static void
find_given(struct model_build *b)
{
	const struct model_uplink *u = b->m->uplinks;
	enum family f;

	for (; u < END_OF(b->m->uplinks, b->m->nuplinks); u++)
		for (f = 0; f < FAMILY_COUNT; f++)
			add_public_address(b->m, &u->gives[f]);
}

/* Without an uplink statement the default routes tell. */
void
model_find_uplink(struct model_build *b)
{
	find_addresses(b);
	find_given(b);
	if (b->m->nuplinks == 0) {
		find_uplink(b, FAMILY_IPV6);
		if (b->m->ipv4)
			find_uplink(b, FAMILY_IPV4);
	}
	add_deprecated(b);
}

int
model_need_uplink(
    struct model_build *b, const struct statement *st, size_t value)
{
	if (b->m->nuplinks > 0)
		return 0;
	b->away = true;
	err_set(b->e, ERR_UNSAFE,
	    "there is no uplink: this host has no IPv6 default route");
	err_hint(b->e, "name it: uplink IFACE");
	return model_blame(b, st, value);
}
