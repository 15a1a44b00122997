/* Lookups in a snapshot. */
#include "config.h"

#include "core/kernel/snapshot.h"

#include <limits.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/shell.h"
#include "core/base/util.h"

#define METRIC_OURS 512
#define METRIC_LAST UINT32_MAX
#define INDEX_GAP 1000
#define LOOPBACK 1	  /* LOOPBACK_IFINDEX, include/net/flow.h */
#define PROTO_KERNEL_RA 2 /* IFAPROT_KERNEL_RA; headers have it since 5.18 */

const struct conf confs[CONF_COUNT] = {
	[CONF_FORWARDING] = { "conf", "forwarding" },
	[CONF_ACCEPT_RA] = { "conf", "accept_ra" },
	[CONF_AUTOCONF] = { "conf", "autoconf" },
	[CONF_DISABLE] = { "conf", "disable_ipv6" },
	[CONF_PROXY] = { "conf", "proxy_ndp" },
	[CONF_PROXY_DELAY] = { "neigh", "proxy_delay" },
};

/* Kinds of links that have a guest at their other end. */
static const char *const guest_kinds[] = { "veth", "tun" };

/* Those that privacy extensions make are gone in a day or two (RFC 8981). */
#define NOT_LASTING (IFA_F_DEPRECATED | IFA_F_DADFAILED | IFA_F_TEMPORARY)

static void
free_names(struct container *c)
{
	size_t i;

	for (i = 0; i < c->nnames; i++)
		free(c->names[i].name);
	free(c->names);
}

void
snapshot_free(struct snapshot *s)
{
	size_t i;

	for (i = 0; i < s->ncontainers; i++) {
		free_names(&s->containers[i]);
		free(s->containers[i].netns);
	}
	free(s->containers);
	free(s->links);
	free(s->addresses);
	free(s->routes);
	free(s->routes4);
	free(s->proxies);
	memset(s, 0, sizeof(*s));
}

struct link_id
link_id_of(const struct container *c, int index)
{
	return (struct link_id){ .netns = c != NULL ? c->inode : 0,
		.port = c != NULL ? c->port : 0,
		.index = index };
}

bool
link_id_equal(const struct link_id *a, const struct link_id *b)
{
	return a->netns == b->netns && a->port == b->port &&
	       a->index == b->index;
}

struct address
address_ours(int index, const struct prefix *p)
{
	return (struct address){ .nsid = NSID_SELF,
		.index = index,
		.prefix = *p,
		.valid = UINT32_MAX,
		.preferred = UINT32_MAX,
		.proto = NET_PROTO };
}

struct route
route_ours(int index, const struct prefix *gateway)
{
	return (struct route){ .gateway = *gateway,
		.index = index,
		.protocol = NET_PROTO,
		.metric = METRIC_OURS };
}

struct route
route_unreachable(const struct prefix *to)
{
	return (struct route){ .to = *to,
		.index = LOOPBACK,
		.protocol = NET_PROTO,
		.unreachable = true,
		.metric = METRIC_LAST };
}

struct proxy
proxy_ours(int index, const struct prefix *addr)
{
	return (struct proxy){
		.index = index, .addr = *addr, .protocol = NET_PROTO
	};
}

bool
address_is_static(const struct address *a)
{
	return (a->flags & IFA_F_PERMANENT) != 0;
}

/* An optimistic address is used before the detection has ended (RFC 4429); of
 * IPv4 the bit of temporary ones says secondary. The worst comes first. */
enum address_state
address_state(const struct address *a)
{
	uint32_t flags = a->flags;

	if ((flags & IFA_F_OPTIMISTIC) != 0)
		flags &= ~(uint32_t)IFA_F_TENTATIVE;
	if (a->prefix.family == AF_INET)
		flags &= ~(uint32_t)IFA_F_TEMPORARY;
	return (flags & IFA_F_DADFAILED) != 0	 ? ADDRESS_DUPLICATE
	       : (flags & IFA_F_TENTATIVE) != 0	 ? ADDRESS_TENTATIVE
	       : (flags & IFA_F_TEMPORARY) != 0	 ? ADDRESS_TEMPORARY
	       : (flags & IFA_F_DEPRECATED) != 0 ? ADDRESS_DEPRECATED
						 : ADDRESS_STABLE;
}

bool
address_is_on(const struct address *a, const struct link *l, uint8_t family)
{
	return a->nsid == NSID_SELF && a->index == l->index &&
	       a->prefix.family == family && a->scope == RT_SCOPE_UNIVERSE;
}

bool
route_equal(const struct route *a, const struct route *b)
{
	return a->index == b->index && a->metric == b->metric &&
	       a->unreachable == b->unreachable &&
	       prefix_equal(&a->to, &b->to) &&
	       addr_equal(&a->gateway, &b->gateway) &&
	       addr_equal(&a->source, &b->source);
}

bool
link_is_bridge(const struct link *l)
{
	return strcmp(l->kind, "bridge") == 0;
}

bool
link_has_no_ipv6(const struct link *l)
{
	return !l->has_conf || l->conf[CONF_DISABLE] != 0;
}

bool
link_takes_packets(const struct link *master)
{
	static const char *const kinds[] = { "bridge", "bond", "team" };
	size_t i;

	for (i = 0; i < NITEMS(kinds); i++)
		if (strcmp(master->kind, kinds[i]) == 0)
			return true;
	return false;
}

bool
link_is_guest_port(const struct link *l)
{
	size_t i;

	for (i = 0; i < NITEMS(guest_kinds); i++)
		if (strcmp(l->kind, guest_kinds[i]) == 0)
			return l->master != 0;
	return false;
}

bool
link_is_inward(const struct snapshot *s, const struct link *bridge)
{
	const struct link *l;

	for (l = s->links; l < END_OF(s->links, s->nlinks); l++)
		if (l->master == bridge->index && !link_is_guest_port(l))
			return false;
	return link_is_bridge(bridge);
}

bool
link_has_ports(const struct snapshot *s, const struct link *bridge)
{
	const struct link *l;

	for (l = s->links; l < END_OF(s->links, s->nlinks); l++)
		if (l->master == bridge->index)
			return true;
	return false;
}

/* Administered locally, and of one interface (IEEE 802, 8.2.2). */
uint64_t
snapshot_bridge_mac(const struct snapshot *s, const char *name)
{
	uint64_t mac =
	    hash_text(hash_bytes(HASH_START, &s->host, sizeof(s->host)), name);

	return ((mac ^ mac >> 48) & 0xfcffffffffffu) | 0x020000000000u;
}

/* The kernel numbers links one by one: among numbers nearby another new link
 * may be first. */
int
snapshot_bridge_index(const struct snapshot *s, size_t nth)
{
	int highest = s->nlinks > 0 ? s->links[s->nlinks - 1].index : 0;
	int index = INDEX_GAP;

	if (highest < INT_MAX / 2)
		return highest + INDEX_GAP * (int)(nth + 1);
	while (snapshot_link_at(s, index) != NULL || nth-- > 0)
		index++;
	return index;
}

const struct link *
snapshot_bridge_made(const struct snapshot *s, int index, uint64_t mac)
{
	const struct link *l = snapshot_link_at(s, index);

	return l != NULL && link_is_bridge(l) && l->has_mac &&
		       mac_number(l->mac) == mac
		   ? l
		   : NULL;
}

const struct link *
snapshot_link(const struct snapshot *s, const char *name)
{
	size_t i;

	for (i = 0; i < s->nlinks; i++)
		if (strcmp(s->links[i].name, name) == 0)
			return &s->links[i];
	return NULL;
}

static int
by_index(const void *key, const void *item)
{
	int index = *(const int *)key;
	const struct link *l = item;

	return (index > l->index) - (index < l->index);
}

const struct link *
snapshot_link_at(const struct snapshot *s, int index)
{
	if (s->nlinks == 0)
		return NULL;
	return bsearch(
	    &index, s->links, s->nlinks, sizeof(*s->links), by_index);
}

bool
container_is_identified(const struct container *c)
{
	return strcmp(c->runtime, RUNTIME_UNKNOWN) != 0;
}

bool
container_enter(const struct container *c, const char *command, struct buf *b)
{
	if (*command == '\0' || c->netns == NULL ||
	    !shell_add(b, "nsenter --net=%s ", c->netns))
		return false;
	buf_add(b, command);
	return true;
}

bool
container_is_called(const struct container *c, const char *name)
{
	size_t i;

	for (i = 0; i < c->nnames; i++)
		if (strcmp(c->names[i].name, name) == 0)
			return true;
	return strcmp(c->name, name) == 0;
}

static bool
is_called(const struct snapshot *s, const struct container *c, const char *name,
    const char *bridge)
{
	const struct link *l = snapshot_link_at(s, c->bridge);

	return container_is_called(c, name) &&
	       (bridge == NULL || (l != NULL && strcmp(l->name, bridge) == 0));
}

const struct container *
snapshot_container(
    const struct snapshot *s, const char *name, const char *bridge)
{
	const struct container *c, *stopped = NULL;
	size_t i;

	for (i = 0; i < s->ncontainers; i++) {
		c = &s->containers[i];
		if (!is_called(s, c, name, bridge))
			continue;
		if (c->state == CONTAINER_UP)
			return c;
		if (stopped == NULL)
			stopped = c;
	}
	return stopped;
}

bool
snapshot_is_ambiguous(
    const struct snapshot *s, const char *name, const char *bridge)
{
	const struct container *first = snapshot_container(s, name, bridge);
	const struct container *c;
	size_t i;

	for (i = 0; first != NULL && i < s->ncontainers; i++) {
		c = &s->containers[i];
		if (c->state == CONTAINER_UP && c->nsid != first->nsid &&
		    is_called(s, c, name, bridge))
			return true;
	}
	return false;
}

const struct container *
snapshot_container_at(const struct snapshot *s, const struct link_id *at)
{
	const struct container *c;
	struct link_id id;

	for (c = s->containers; c < END_OF(s->containers, s->ncontainers);
	     c++) {
		id = link_id_of(c, c->inner);
		if (c->inner != 0 && link_id_equal(&id, at))
			return c;
	}
	return NULL;
}

const struct container *
snapshot_container_with(const struct snapshot *s, const struct prefix *addr)
{
	const struct address *a = s->addresses;
	const struct container *c = s->containers;

	while (a < END_OF(s->addresses, s->naddresses) &&
	       (a->nsid == NSID_SELF || !addr_equal(&a->prefix, addr)))
		a++;
	if (a == END_OF(s->addresses, s->naddresses))
		return NULL;
	while (c < END_OF(s->containers, s->ncontainers) && c->nsid != a->nsid)
		c++;
	return c < END_OF(s->containers, s->ncontainers) ? c : NULL;
}

const struct address *
snapshot_own(const struct snapshot *s, const struct prefix *addr)
{
	const struct address *a;

	for (a = s->addresses; a < END_OF(s->addresses, s->naddresses); a++)
		if (a->nsid == NSID_SELF && addr_equal(&a->prefix, addr))
			return a;
	return NULL;
}

const struct address *
snapshot_address(
    const struct snapshot *s, int nsid, int index, const struct prefix *prefix)
{
	const struct address *a;

	a = snapshot_address_bare(s, nsid, index, prefix);
	return a != NULL && prefix_equal(&a->prefix, prefix) ? a : NULL;
}

/* The kernel has each address at most once on an interface. */
const struct address *
snapshot_address_bare(
    const struct snapshot *s, int nsid, int index, const struct prefix *prefix)
{
	const struct address *a;

	for (a = s->addresses; a < END_OF(s->addresses, s->naddresses); a++)
		if (a->nsid == nsid && a->index == index &&
		    addr_equal(&a->prefix, prefix))
			return a;
	return NULL;
}

const struct address *
snapshot_address_in(
    const struct snapshot *s, int nsid, int index, const struct prefix *in)
{
	const struct address *a, *learned = NULL;

	for (a = s->addresses; a < END_OF(s->addresses, s->naddresses); a++) {
		if (a->nsid != nsid || a->index != index ||
		    (a->flags & NOT_LASTING) != 0 ||
		    !prefix_holds(in, &a->prefix))
			continue;
		if (address_is_static(a))
			return a;
		if (learned == NULL)
			learned = a;
	}
	return learned;
}

int
snapshot_conf_all(const struct snapshot *s, enum conf_number conf)
{
	return conf == CONF_PROXY ? s->proxy : s->forwarding;
}

const struct proxy *
snapshot_proxy(const struct snapshot *s, int index, const struct prefix *addr)
{
	const struct proxy *p;

	for (p = s->proxies; p < END_OF(s->proxies, s->nproxies); p++)
		if (p->index == index && addr_equal(&p->addr, addr))
			return p;
	return NULL;
}

bool
snapshot_tells_owners(const struct snapshot *s)
{
	size_t i;

	for (i = 0; i < s->naddresses; i++)
		if (s->addresses[i].proto != 0)
			return true;
	return false;
}

bool
snapshot_address_by_ra(const struct snapshot *s, const struct address *a)
{
	if (a->proto != 0 || snapshot_tells_owners(s))
		return a->proto == PROTO_KERNEL_RA;
	return (a->flags & IFA_F_MANAGETEMPADDR) != 0;
}

/* The kernel's own route for an advertised on-link prefix looks like that of an
 * address, but expires (addrconf_prefix_rcv()). */
bool
route_by_ra(const struct route *r)
{
	return r->protocol == RTPROT_RA ||
	       (r->protocol == RTPROT_KERNEL && r->expires != 0);
}

struct prefix
snapshot_ipv4(const struct snapshot *s, int nsid, int index)
{
	static const struct prefix none;
	const struct address *a;

	for (a = s->addresses; a < END_OF(s->addresses, s->naddresses); a++)
		if (a->nsid == nsid && a->index == index &&
		    a->prefix.family == AF_INET &&
		    !addr_is_link_local(&a->prefix))
			return a->prefix;
	return none;
}

const struct address *
snapshot_public(const struct snapshot *s, const struct link *l, uint8_t family)
{
	const struct address *a;

	for (a = s->addresses; a < END_OF(s->addresses, s->naddresses); a++)
		if (address_is_on(a, l, family) && addr_is_global(&a->prefix) &&
		    address_state(a) == ADDRESS_STABLE)
			return a;
	return NULL;
}

struct routes
snapshot_routes(const struct snapshot *s, uint8_t family)
{
	return family == AF_INET ? (struct routes){ s->routes4, s->nroutes4 }
				 : (struct routes){ s->routes, s->nroutes };
}

struct routes
snapshot_inward(const struct snapshot *s, uint8_t family)
{
	return family == AF_INET ? (struct routes){ s->inward4, s->ninward4 }
				 : (struct routes){ s->inward, s->ninward };
}

bool
container_cuts_routes(const struct container *c)
{
	return c->routes_cut[FAMILY_IPV6] || c->routes_cut[FAMILY_IPV4];
}

const struct route *
container_default(const struct container *c, uint8_t family)
{
	if (family == AF_INET)
		return c->has_default4 ? &c->route4 : NULL;
	return c->has_default ? &c->route : NULL;
}

const struct link *
snapshot_uplink(const struct snapshot *s, uint8_t family)
{
	struct routes routes = snapshot_routes(s, family);
	const struct link *l;
	size_t i;

	for (i = 0; i < routes.n; i++) {
		l = snapshot_link_at(s, routes.v[i].index);
		if (l != NULL && !link_is_inward(s, l))
			return l;
	}
	return NULL;
}
