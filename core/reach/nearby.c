/* Cache of gateways, routes by bridges, fixed neighbour entries and locked
 * ports. */
#include "config.h"

#include "core/reach/nearby.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/util.h"
#include "core/kernel/net_blame.h"
#include "core/lang/option.h"

struct reading {
	struct nearby *to;
	struct net *net;
	const struct snapshot *now;
	const struct config *config;
	bool ipv4;
};

void
nearby_free(struct nearby *n)
{
	free(n->gateways);
	free(n->bridges);
	free(n->uplinks);
	free(n->fixed);
	free(n->locked);
	memset(n, 0, sizeof(*n));
}

/* ---- gateways */

static bool
has_gateway(const struct nearby *n, const struct route *r)
{
	size_t i;

	for (i = 0; i < n->ngateways; i++)
		if (n->gateways[i].index == r->index &&
		    addr_equal(&n->gateways[i].addr, &r->gateway))
			return true;
	return false;
}

static void
read_gateways(struct reading *r, uint8_t family)
{
	struct routes all = snapshot_routes(r->now, family);
	struct nearby *n = r->to;
	struct neighbour neighbour;
	const struct route *one;
	struct gateway *new;

	for (one = all.v; one < END_OF(all.v, all.n); one++) {
		if (one->gateway.family == AF_UNSPEC || has_gateway(n, one))
			continue;
		net_neighbour(r->net, &one->gateway, one->index, &neighbour);
		n->gateways =
		    xgrow(n->gateways, n->ngateways, sizeof(*n->gateways));
		new = &n->gateways[n->ngateways++];
		memset(new, 0, sizeof(*new)); /* they are compared whole */
		new->addr = one->gateway;
		new->index = one->index;
		new->silent = neighbour.silent;
	}
}

/* ---- ways */

static void
add_way(struct reading *r, struct nearby_way **v, size_t *n, int index,
    const struct prefix *to)
{
	*v = xgrow(*v, *n, sizeof(**v));
	memset(&(*v)[*n], 0, sizeof(**v));
	(*v)[*n].index = index;
	net_way(r->net, to, r->to->uplink, &(*v)[*n].way);
	++*n;
}

/* The last address but one stands for all of a prefix: that of a broadcast is
 * behind it. False where there is none. */
static bool
pick(const struct prefix *of, struct prefix *out)
{
	unsigned bits = prefix_full(of), i;

	if (of->family == AF_UNSPEC || of->len + 2U > bits)
		return false;
	*out = prefix_addr(of);
	for (i = of->len; i < bits - 1; i++)
		out->bytes[i / 8] |= (uint8_t)(0x80 >> i % 8);
	out->bytes[bits / 8 - 1] &= 0xfe;
	return true;
}

/* While the bridge lacks its address, nothing leads there. */
static void
add_bridge(struct reading *r, const struct link *l, const struct prefix *of)
{
	struct prefix some;

	if (l->running && pick(of, &some) &&
	    snapshot_address_bare(r->now, NSID_SELF, l->index, of) != NULL)
		add_way(r, &r->to->bridges, &r->to->nbridges, l->index, &some);
}

/* By proxy there is a route for each container only. */
static void
read_bridge(struct reading *r, const struct statement *st)
{
	const struct value *v = st->v;
	const struct link *l = snapshot_link(r->now, v[BRIDGE_IFACE].text);
	struct prefix own;

	if (l == NULL)
		return;
	add_bridge(r, l, &v[BRIDGE_ULA].prefix);
	if (!v[BRIDGE_PROXY].set)
		add_bridge(r, l, &v[BRIDGE_PREFIX].prefix);
	own = snapshot_ipv4(r->now, NSID_SELF, l->index);
	if (r->ipv4)
		add_bridge(r, l, &own);
}

static void
read_uplink(struct reading *r, const struct link *l)
{
	struct prefix own = snapshot_ipv4(r->now, NSID_SELF, l->index);

	if (!r->ipv4 || own.family == AF_UNSPEC)
		return;
	own = prefix_addr(&own);
	add_way(r, &r->to->uplinks, &r->to->nuplinks, l->index, &own);
}

/* Goes through the stated links of a kind. */
static void
read_links(struct reading *r, enum statement_kind kind)
{
	const struct config *c = r->config;
	const struct statement *st;
	const struct link *l;
	size_t i;

	for (i = 0; i < c->n; i++) {
		st = c->v[i].st;
		if (st == NULL || st->kind != kind)
			continue;
		l = snapshot_link(r->now, st->v[0].text);
		if (kind == ST_BRIDGE) {
			read_bridge(r, st);
		} else if (l != NULL) {
			r->to->uplink = l->index;
			read_uplink(r, l);
		}
	}
}

static void
read_ways(struct reading *r)
{
	const struct link *l = snapshot_uplink(r->now, AF_INET6);

	read_links(r, ST_UPLINK);
	if (r->to->uplink == 0 && l != NULL)
		r->to->uplink = l->index;
	read_links(r, ST_BRIDGE);
}

/* ---- ports */

static void
read_ports(struct reading *r)
{
	const struct snapshot *s = r->now;
	const struct container *c = s->containers;
	struct nearby *n = r->to;
	const struct link *l;

	for (; c < END_OF(s->containers, s->ncontainers); c++) {
		l = snapshot_link_at(s, c->port);
		if (l == NULL || !l->locked || !c->has_mac)
			continue;
		n->locked = xgrow(n->locked, n->nlocked, sizeof(*n->locked));
		n->locked[n->nlocked++] = (struct locked_port){ l->index,
			net_station(r->net, l->index, c->mac) };
	}
}

/* ---- all of it */

static bool
is_same(const void *a, size_t n, const void *b, size_t m, size_t size)
{
	return n == m && (n == 0 || memcmp(a, b, n * size) == 0);
}

static bool
are_same(const struct nearby *a, const struct nearby *b)
{
	return is_same(a->gateways, a->ngateways, b->gateways, b->ngateways,
		   sizeof(*a->gateways)) &&
	       is_same(a->bridges, a->nbridges, b->bridges, b->nbridges,
		   sizeof(*a->bridges)) &&
	       is_same(a->uplinks, a->nuplinks, b->uplinks, b->nuplinks,
		   sizeof(*a->uplinks)) &&
	       is_same(a->fixed, a->nfixed, b->fixed, b->nfixed,
		   sizeof(*a->fixed)) &&
	       is_same(a->locked, a->nlocked, b->locked, b->nlocked,
		   sizeof(*a->locked)) &&
	       memcmp(a->bridged, b->bridged, sizeof(a->bridged)) == 0 &&
	       memcmp(a->sorted, b->sorted, sizeof(a->sorted)) == 0;
}

bool
nearby_update(struct nearby *n, struct net *net, const struct snapshot *s,
    const struct config *c, bool fresh)
{
	struct nearby old = *n;
	struct reading r = { n, net, s, c,
		config_option(c, OPTION_IPV4) == OPTION_ON };
	enum family f;
	bool same;

	if (!fresh && !reread_is_due(&old.again))
		return false;
	memset(n, 0, sizeof(*n));
	read_gateways(&r, AF_INET6);
	if (r.ipv4)
		read_gateways(&r, AF_INET);
	read_ways(&r);
	read_ports(&r);
	net_neighbours_fixed(net, &n->fixed, &n->nfixed);
	for (f = 0; f < FAMILY_COUNT; f++) {
		n->bridged[f] = net_bridged(f);
		n->sorted[f] = net_rules_sort(net, f);
	}
	same = are_same(n, &old);
	n->again = old.again;
	reread_note(&n->again, same);
	nearby_free(&old);
	return !same;
}
