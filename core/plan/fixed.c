/* Rules that precede all policies: what nobody should break by accident is
 * always let through, and forged packets never are. Conntrack calls a reply
 * established only if it comes from where the request went. Replies to
 * multicast requests, and unsolicited messages, therefore are in this table:
 * without them the host loses its address or its routers minutes after a commit
 * that looked fine. */
#include "config.h"

#include "core/plan/fixed.h"

#include <string.h>

#include "core/base/intl.h"
#include "core/plan/judge_parts.h"
#include "core/plan/model_family.h"
#include "core/plan/model_translate.h"

#define IN (1u << CHAIN_INPUT)
#define THROUGH (1u << CHAIN_FORWARD)
#define OUT (1u << CHAIN_OUTPUT)

#define LINK_LOCAL                                                             \
	{                                                                      \
		.family = AF_INET6, .len = 10, .bytes = { 0xfe, 0x80 }         \
	}

/* The kernel itself checks the hop limit of 255 of neighbour discovery
 * (ndisc_rcv), and source and hop limit of MLD queries (igmp6_event_query). MLD
 * has a hop-by-hop header before its ICMPv6, which nft's "icmpv6 type" skips
 * and "ip6 nexthdr" does not. */
const struct fixed fixed_rows[] = {
	{ .chains = THROUGH,
	    .kind = FIXED_CLAMP,
	    .text = N_("lower the MSS of TCP to the path's MTU"),
	    .why = N_("Behind a tunnel whose Packet Too Big is lost a "
		      "connection would open and then move nothing "
		      "(RFC 4459); it is never raised.") },
	{ .chains = IN | OUT,
	    .kind = FIXED_LOOPBACK,
	    .text = N_("allow loopback"),
	    .why = N_("Programs of this host talk to each other. A call of "
		      "one's own forward is none of that: it leaves.") },
	{ .chains = THROUGH,
	    .kind = FIXED_BRIDGED,
	    .text = N_("allow what stays on one bridge"),
	    .why = N_("With br_netfilter it comes by here, although nothing "
		      "is routed. A forward that is called from its own bridge "
		      "is judged like any other, and so is what an uplink that "
		      "is a bridge brings for the MAC of this host.") },
	{ .chains = IN | THROUGH,
	    .kind = FIXED_FORGED,
	    .counter = "forged",
	    .text = N_("drop what containers send under foreign addresses"),
	    .why = N_("IPv6 has no filter of its own for them (RFC 2827): a "
		      "container could speak to the Internet, or to this "
		      "host, in anybody's name. Its own are those that the "
		      "kernel has a route to by its bridge; answers may come "
		      "by another one. What is behind a bridge but reached "
		      "by another link needs a route by the bridge, too.") },
	/* Conntrack knows nothing of it, or takes it for invalid. */
	{ .chains = THROUGH,
	    .kind = FIXED_STRAY,
	    .text = N_("drop what is for a translated prefix and was not "
		       "translated"),
	    .why = N_("It would go back to the router that sent it here, and "
		      "come again (RFC 7084, WPD-5).") },
	{ .chains = THROUGH,
	    .kind = FIXED_BACK,
	    .text = N_("refuse what is for a public prefix and would leave "
		       "again"),
	    .why = N_("While its bridge is down, the default route leads back "
		      "to the router that sent it here, and it would come "
		      "again (RFC 7084, WPD-5).") },
	{ .chains = IN | THROUGH | OUT,
	    .kind = FIXED_KNOWN,
	    .text = N_("allow established and related"),
	    .why = N_("Only the first packet of a connection is judged.") },
	{ .chains = THROUGH,
	    .kind = FIXED_RELAYED,
	    .counter = "relayed",
	    .text = N_("drop what came by an uplink and would leave by one"),
	    .why = N_("Everybody on its link could use this host as a router, "
		      "and a router that sends it back would have it again "
		      "and again. An allow forward that names both ends, by "
		      "uplink or by addresses, lets it go on, unless its "
		      "source is behind a bridge or this host itself: that is "
		      "forged.") },
	{ .chains = IN | OUT,
	    .kind = FIXED_PACKET,
	    .family = AF_INET6,
	    .proto = PACKET_ICMPV6,
	    .types = { 1, 2, 3, 4, 128, 129, 130, 131, 132, 133, 135, 136, 141,
		142, 143, 148, 149, 151, 152, 153 },
	    .text = N_("allow icmpv6 that IPv6 needs"),
	    .why = N_("Errors, echo, neighbour discovery, multicast listeners "
		      "and routers must not be dropped (RFC 4890, 4.4.1).") },
	{ .chains = IN,
	    .kind = FIXED_PACKET,
	    .side = SIDE_OUTSIDE,
	    .family = AF_INET6,
	    .proto = PACKET_ICMPV6,
	    .types = { 134 },
	    .text = N_("allow router advertisements, but from containers"),
	    .why = N_("The host's address and route may live by them "
		      "(RFC 4861, 6.3.4); a container is no router.") },
	{ .chains = OUT,
	    .kind = FIXED_PACKET,
	    .family = AF_INET6,
	    .proto = PACKET_ICMPV6,
	    .types = { 134 },
	    .text = N_("allow router advertisements"),
	    .why = N_("Containers may live by those of this host.") },
	/* No RFC says from which port or address a server or relay answers (RFC
	 * 8415, 7.2 only says where each listens), but the destination is the
	 * link-local address that the client asked from (13.1, 18.3.10), which
	 * no router forwards. */
	{ .chains = IN,
	    .kind = FIXED_PACKET,
	    .side = SIDE_OUTSIDE,
	    .family = AF_INET6,
	    .proto = PACKET_UDP,
	    .dport = 546,
	    .to = LINK_LOCAL,
	    .text = N_("allow DHCPv6 answers to this host"),
	    .why = N_("The question went to a multicast group, so the answer "
		      "counts as new, and without it the lease runs out "
		      "(RFC 8415, 18.3.10).") },
	/* To ff02::1:2, or to a server that accepts unicast. */
	{ .chains = OUT,
	    .kind = FIXED_PACKET,
	    .side = SIDE_OUTSIDE,
	    .family = AF_INET6,
	    .proto = PACKET_UDP,
	    .sport = 546,
	    .dport = 547,
	    .text = N_("allow DHCPv6 questions of this host"),
	    .why = N_("It asks for its address and to keep it "
		      "(RFC 8415, 18.2).") },
	{ .chains = OUT,
	    .kind = FIXED_PACKET,
	    .side = SIDE_BRIDGES,
	    .family = AF_INET6,
	    .proto = PACKET_UDP,
	    .sport = 547,
	    .dport = 546,
	    .to = LINK_LOCAL,
	    .text = N_("allow DHCPv6 answers to containers"),
	    .why = N_("A question that was let in is answered from another "
		      "address than it was sent to (RFC 8415, 18.3.10).") },
	{ .chains = THROUGH,
	    .kind = FIXED_PACKET,
	    .family = AF_INET6,
	    .proto = PACKET_ICMPV6,
	    .types = { 1, 2, 3, 4, 128, 129 },
	    .text = N_("allow icmpv6 errors and echo"),
	    .why = N_("Transit traffic that must not be dropped "
		      "(RFC 4890, 4.3.1).") },
	/* An answer to a ping has type 0, and is established. */
	{ .chains = IN | THROUGH | OUT,
	    .kind = FIXED_PACKET,
	    .family = AF_INET,
	    .proto = PACKET_ICMP,
	    .types = { 3, 8, 11, 12 },
	    .text = N_("allow icmp errors and echo"),
	    .why = N_("Path MTU discovery and ping live by them (RFC 1191; "
		      "RFC 1812, 4.3).") },
	{ .chains = IN,
	    .kind = FIXED_PACKET,
	    .side = SIDE_OUTSIDE,
	    .family = AF_INET,
	    .proto = PACKET_UDP,
	    .sport = 67,
	    .dport = 68,
	    .keeps = true,
	    .text = N_("allow DHCP answers to this host"),
	    .why = N_("The question was a broadcast, so the answer counts as "
		      "new, and without it the lease runs out "
		      "(RFC 2131, 4.1).") },
	{ .chains = OUT,
	    .kind = FIXED_PACKET,
	    .side = SIDE_OUTSIDE,
	    .family = AF_INET,
	    .proto = PACKET_UDP,
	    .sport = 68,
	    .dport = 67,
	    .text = N_("allow DHCP questions of this host"),
	    .why = N_("It asks for its address and to keep it "
		      "(RFC 2131, 4.4).") },
	{ .chains = OUT,
	    .kind = FIXED_PACKET,
	    .side = SIDE_BRIDGES,
	    .family = AF_INET,
	    .proto = PACKET_UDP,
	    .sport = 67,
	    .dport = 68,
	    .text = N_("allow DHCP answers to containers"),
	    .why = N_("A broadcast that was let in is answered from another "
		      "address than it was sent to (RFC 2131, 4.1).") },
};
const size_t fixed_count = NITEMS(fixed_rows);

struct fixed_scope
fixed_scope(const struct model *m)
{
	return (struct fixed_scope){ .has_fib = m->snapshot->has_fib,
		.ipv4 = m->ipv4,
		.translates = model_translates(m),
		.routes = model_routes(m) };
}

bool
fixed_in(
    const struct fixed *f, enum chain chain, const struct fixed_scope *scope)
{
	return (f->chains >> chain & 1) != 0 &&
	       (f->family != AF_INET || scope->ipv4) &&
	       (f->kind != FIXED_FORGED || scope->has_fib) &&
	       (f->kind != FIXED_STRAY || scope->translates) &&
	       (f->kind != FIXED_BACK || scope->routes || scope->translates);
}

static const struct model_bridge *
bridge_of(const struct model *m, const char *link)
{
	size_t i;

	for (i = 0; i < m->nbridges; i++)
		if (strcmp(m->bridges[i].link->name, link) == 0)
			return &m->bridges[i];
	return NULL;
}

static bool
is_uplink(const struct model *m, const char *link)
{
	size_t i = 0;

	while (i < m->nuplinks && strcmp(m->uplinks[i].link->name, link) != 0)
		i++;
	return i < m->nuplinks;
}

/* Containers may be behind an uplink that is a bridge. */
static bool
is_outer(const struct model *m, const char *link)
{
	return link != NULL && is_uplink(m, link) && bridge_of(m, link) == NULL;
}

bool
fixed_tells_routed(const struct model *m, const struct link *bridge)
{
	return bridge->has_mac && is_outer(m, bridge->name);
}

static bool
has_outer(const struct model *m)
{
	size_t i = 0;

	while (i < m->nuplinks && !is_outer(m, m->uplinks[i].link->name))
		i++;
	return i < m->nuplinks;
}

bool
fixed_holds(const struct fixed *f, enum chain chain, const struct model *m)
{
	const struct fixed_scope scope = fixed_scope(m);

	return fixed_in(f, chain, &scope) &&
	       (f->kind != FIXED_FORGED || m->nbridges > 0) &&
	       (f->kind != FIXED_RELAYED || has_outer(m));
}

char *
fixed_counter(const struct fixed *f, enum chain chain)
{
	return f->counter != NULL ? xasprintf("%s-%s", f->counter,
					type_chain.choices[chain].word)
				  : NULL;
}

/* For the judge */

static const char *
side_of(const struct packet *p)
{
	return p->chain == CHAIN_INPUT ? p->in : p->out;
}

static bool
matches_side(
    const struct fixed *f, const struct model *m, const struct packet *p)
{
	const char *link = side_of(p);

	if (f->side == SIDE_ANY)
		return true;
	if (link == NULL)
		return p->doubt_passes;
	return (bridge_of(m, link) != NULL) == (f->side == SIDE_BRIDGES);
}

static bool
matches_packet(
    const struct fixed *f, const struct model *m, const struct packet *p)
{
	if (p->proto != f->proto || p->to.family != f->family ||
	    !matches_side(f, m, p))
		return false;
	if (f->types[0] != 0)
		return p->type != 0 &&
		       memchr(f->types, p->type, sizeof(f->types)) != NULL;
	return (f->sport == 0 || p->sport == f->sport) && p->port == f->dport &&
	       (f->to.family == AF_UNSPEC || prefix_holds(&f->to, &p->to));
}

static bool
matches_loopback(const struct fixed *f UNUSED, const struct model *m UNUSED,
    const struct packet *p)
{
	const char *link = side_of(p);

	return link != NULL && strcmp(link, "lo") == 0 &&
	       (p->chain == CHAIN_INPUT || p->forward == NULL);
}

static bool
matches_bridged(
    const struct fixed *f UNUSED, const struct model *m, const struct packet *p)
{
	size_t i;

	if (p->forward != NULL || p->mapped || p->in == NULL ||
	    p->out == NULL || strcmp(p->in, p->out) != 0)
		return false;
	for (i = 0; i < m->nhost_bridges; i++)
		if (strcmp(m->host_bridges[i]->name, p->in) == 0)
			return !fixed_tells_routed(m, m->host_bridges[i]);
	return false;
}

/* A host without an address sends from :: (RFC 4862, 5.4), or 0.0.0.0
 * (RFC 2131, 4.1). */
static const struct prefix unspecified[FAMILY_COUNT] = {
	[FAMILY_IPV6] = { .family = AF_INET6, .len = 128 },
	[FAMILY_IPV4] = { .family = AF_INET, .len = 32 },
};

/* A prefix is more than its first address. */
static bool
is_just(const struct prefix *from, const struct prefix *addr)
{
	return prefix_is_bare(from) && addr_equal(from, addr);
}

static bool
is_own(const struct model *m, const struct prefix *from)
{
	size_t i;

	for (i = 0; i < m->nbridges; i++)
		if (is_just(from, &m->bridges[i].ula) ||
		    is_just(from, &m->bridges[i].public) ||
		    is_just(from, &m->bridges[i].ipv4))
			return true;
	for (i = 0; i < m->naddresses; i++)
		if (is_just(from, &m->addresses[i]))
			return true;
	return false;
}

static bool
leads_to(const struct model_bridge *bridge, struct routes routes,
    const struct prefix *from)
{
	const struct route *r;

	for (r = routes.v; r < END_OF(routes.v, routes.n); r++)
		if (r->index == bridge->link->index &&
		    (r->to.len == 0 || prefix_overlaps(&r->to, from)))
			return true;
	return false;
}

/* Whether the kernel routes some of them back over the bridge. */
static bool
is_behind(const struct model_bridge *b, const struct snapshot *s,
    const struct prefix *from)
{
	return leads_to(b, snapshot_routes(s, from->family), from) ||
	       leads_to(b, snapshot_inward(s, from->family), from);
}

/* The route to each container's address comes with the commit. */
static bool
is_answered_for(const struct model *m, const struct model_bridge *b,
    const struct prefix *from)
{
	const struct model_container *c;

	if (b->proxied.family == AF_UNSPEC)
		return false;
	for (c = m->containers; c < END_OF(m->containers, m->ncontainers); c++)
		if (c->bridge == b && prefix_overlaps(&c->public, from))
			return true;
	return false;
}

static bool
matches_forged(
    const struct fixed *f UNUSED, const struct model *m, const struct packet *p)
{
	const struct model_bridge *bridge =
	    p->in != NULL ? bridge_of(m, p->in) : NULL;
	enum family family = addr_family(&p->from);
	struct model_addrs own;
	size_t i;

	if (bridge == NULL || p->answered || addr_is_link_local(&p->from) ||
	    addr_equal(&p->from, &unspecified[family]))
		return false;
	own = model_bridge_addrs(bridge, family);
	for (i = 0; i < own.n; i++)
		if (prefix_overlaps(&own.v[i], &p->from))
			return is_just(&p->from, &own.v[i]);
	return is_own(m, &p->from) ||
	       (!is_answered_for(m, bridge, &p->from) &&
		   !is_behind(bridge, m->snapshot, &p->from));
}

static bool
matches_stray(
    const struct fixed *f UNUSED, const struct model *m, const struct packet *p)
{
	struct prefix inside;

	return model_translated(m, &p->to, &inside) != NULL;
}

/* Of what is translated, after that. */
static bool
is_behind_public(const struct model_bridge *b, const struct prefix *to)
{
	return prefix_holds(&b->public, to) ||
	       (b->translate.n > 0 && prefix_holds(&b->ula, to));
}

static bool
matches_back(
    const struct fixed *f UNUSED, const struct model *m, const struct packet *p)
{
	size_t i = 0;

	if (p->out == NULL || !is_uplink(m, p->out))
		return false;
	while (i < m->nbridges && !is_behind_public(&m->bridges[i], &p->to))
		i++;
	return i < m->nbridges;
}

static bool
is_on(const struct model_bridge *b, const struct prefix *from)
{
	struct model_addrs own = model_bridge_addrs(b, addr_family(from));
	size_t i = 0;

	while (i < own.n && !prefix_overlaps(&own.v[i], from))
		i++;
	return i < own.n;
}

/* Of this host, or behind one of its bridges. */
static bool
is_from_inside(const struct model *m, const struct prefix *from)
{
	const struct model_bridge *b = m->bridges;

	if (!m->snapshot->has_fib)
		return false;
	while (b < END_OF(m->bridges, m->nbridges) && !is_on(b, from) &&
	       !is_answered_for(m, b, from) && !is_behind(b, m->snapshot, from))
		b++;
	return b < END_OF(m->bridges, m->nbridges) || is_own(m, from);
}

static bool
is_meant(const struct model *m, const struct packet *p)
{
	size_t i = 0;

	while (i < m->npolicies && !(statement_relays(m->policies[i].st) &&
				       judge_applies(m, &m->policies[i], p)))
		i++;
	return i < m->npolicies;
}

static bool
matches_relayed(
    const struct fixed *f UNUSED, const struct model *m, const struct packet *p)
{
	if (p->forward != NULL || p->mapped || !is_outer(m, p->in) ||
	    !is_outer(m, p->out))
		return false;
	return is_from_inside(m, &p->from) || !is_meant(m, p);
}

bool
fixed_decides(const struct fixed *f, const struct model *m,
    const struct fixed_scope *scope, const struct packet *p,
    enum verdict *verdict)
{
	static const struct {
		bool (*matches)(const struct fixed *, const struct model *,
		    const struct packet *);
		enum verdict verdict;
	} kinds[] = {
		[FIXED_LOOPBACK] = { matches_loopback, VERDICT_ALLOW },
		[FIXED_BRIDGED] = { matches_bridged, VERDICT_ALLOW },
		[FIXED_FORGED] = { matches_forged, VERDICT_DENY },
		[FIXED_STRAY] = { matches_stray, VERDICT_DENY },
		[FIXED_BACK] = { matches_back, VERDICT_REJECT },
		[FIXED_RELAYED] = { matches_relayed, VERDICT_DENY },
		[FIXED_PACKET] = { matches_packet, VERDICT_ALLOW },
	};

	*verdict = kinds[f->kind].verdict;
	return fixed_in(f, p->chain, scope) && kinds[f->kind].matches != NULL &&
	       kinds[f->kind].matches(f, m, p);
}

/* For nft */

void
fixed_print_bridges(const struct model *m, struct buf *b)
{
	size_t i;

	buf_add(b, "{ ");
	for (i = 0; i < m->nbridges; i++)
		buf_printf(
		    b, "%s\"%s\"", i > 0 ? ", " : "", m->bridges[i].link->name);
	buf_add(b, " } ");
}

void
fixed_print_outer(const struct model *m, struct buf *b)
{
	const struct model_uplink *u = m->uplinks;
	size_t n = 0;

	buf_add(b, "{ ");
	for (; u < END_OF(m->uplinks, m->nuplinks); u++)
		if (is_outer(m, u->link->name))
			buf_printf(
			    b, "%s\"%s\"", n++ > 0 ? ", " : "", u->link->name);
	buf_add(b, " } ");
}

static bool
match_side(const struct fixed *f, const struct model *m, enum chain chain,
    struct buf *b)
{
	if (f->side == SIDE_ANY || m->nbridges == 0)
		return f->side != SIDE_BRIDGES;
	buf_printf(b, "%s %s", chain == CHAIN_INPUT ? "iifname" : "oifname",
	    f->side == SIDE_OUTSIDE ? "!= " : "");
	fixed_print_bridges(m, b);
	return true;
}

static void
match_types(const struct fixed *f, struct buf *b)
{
	size_t i;

	buf_printf(b, "%s type { ", f->family == AF_INET ? "icmp" : "icmpv6");
	for (i = 0; i < FIXED_TYPES_MAX && f->types[i] != 0; i++) {
		buf_add(b, i > 0 ? ", " : "");
		buf_add_number(b, f->types[i]);
	}
	buf_add(b, " } ");
}

bool
fixed_match(const struct fixed *f, const struct model *m, enum chain chain,
    struct buf *b)
{
	char to[ADDR_TEXT_MAX];

	if (!match_side(f, m, chain, b))
		return false;
	if (f->to.family != AF_UNSPEC)
		buf_printf(b, "ip6 daddr %s ", prefix_text(&f->to, to));
	if (f->types[0] != 0)
		match_types(f, b);
	else if (m->ipv4 && f->to.family == AF_UNSPEC)
		buf_printf(b, "meta nfproto %s ",
		    f->family == AF_INET ? "ipv4" : "ipv6");
	if (f->sport != 0)
		buf_printf(b, "udp sport %u ", f->sport);
	if (f->dport != 0)
		buf_printf(b, "udp dport %u ", f->dport);
	return true;
}
