/* Stale connections: live ones that the current rules would not let through. */
#include "config.h"

#include "core/reach/stale.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/kernel/container.h"
#include "core/plan/judge.h"
#include "core/plan/model_family.h"

const struct stale_reason stale_reasons[STALE_KINDS] = {
	[STALE_GONE] = { N_("gone"), N_("no forward leads there any more") },
	[STALE_MOVED] = { N_("moved"), N_("its forward leads elsewhere now") },
	[STALE_REFUSED] = { N_("refused"),
	    N_("the rules would refuse it now") },
	[STALE_TAKEN] = { N_("taken"), N_("it would be forwarded now") },
	[STALE_SOURCE] = { N_("source"),
	    N_("it would leave under another address now") },
};

/* Behind which link */

static void
add_way(struct stale *s, const struct snapshot *now,
    const struct prefix *prefix, int index)
{
	const struct link *l = snapshot_link_at(now, index);

	if (l == NULL)
		return;
	s->ways = xgrow(s->ways, s->nways, sizeof(*s->ways));
	s->ways[s->nways++] = (struct stale_way){ *prefix, l->name };
}

static void
add_address(struct prefixes *to, const struct prefix *addr)
{
	to->v = xgrow(to->v, to->n, sizeof(*to->v));
	to->v[to->n++] = prefix_addr(addr);
}

/* A commit may have given the bridge its addresses after the snapshot. */
static void
add_bridge(struct stale *s, const struct model_bridge *b, enum family family)
{
	const struct model_addrs all = model_bridge_addrs(b, family);
	size_t i;

	for (i = 0; b->link != NULL && i < all.n; i++) {
		s->ways = xgrow(s->ways, s->nways, sizeof(*s->ways));
		s->ways[s->nways++] =
		    (struct stale_way){ all.v[i], b->link->name };
		add_address(&s->own, &all.v[i]);
	}
}

static void
add_family(struct stale *s, const struct snapshot *now, enum family family)
{
	const struct routes inward =
	    snapshot_inward(now, family_numbers[family]);
	const struct link *uplink =
	    snapshot_uplink(now, family_numbers[family]);
	const struct model *m = s->model;
	size_t i;

	s->uplinks[family] = uplink != NULL ? uplink->name : NULL;
	for (i = 0; i < inward.n; i++)
		add_way(s, now, &inward.v[i].to, inward.v[i].index);
	for (i = 0; i < m->nbridges; i++)
		add_bridge(s, &m->bridges[i], family);
}

static void
add_addresses(
    struct stale *s, const struct snapshot *now, const struct container *c)
{
	const struct address *a;

	for (a = now->addresses; a < END_OF(now->addresses, now->naddresses);
	     a++)
		if (a->nsid == c->nsid && a->nsid != NSID_SELF)
			add_address(&s->published, &a->prefix);
}

/* Containers whose runtime publishes ports itself. */
static void
add_published(struct stale *s, const struct snapshot *now)
{
	const struct container *c;

	for (c = now->containers; c < END_OF(now->containers, now->ncontainers);
	     c++)
		if (container_runtime_lends(c->runtime))
			add_addresses(s, now, c);
}

static const char *
way_to(const struct stale *s, const struct prefix *addr)
{
	const struct stale_way *w, *best = NULL;

	for (w = s->ways; w < END_OF(s->ways, s->nways); w++)
		if (prefix_holds(&w->prefix, addr) &&
		    (best == NULL || w->prefix.len > best->prefix.len))
			best = w;
	return best != NULL ? best->link : s->uplinks[addr_family(addr)];
}

void
stale_begin(struct stale *s, const struct model *m, const struct snapshot *now)
{
	const struct address *a;
	enum family family;
	size_t i;

	*s = (struct stale){ .model = m };
	for (i = 0; i < m->nforwards; i++)
		port_index_add(&s->ports, m->forwards[i].st, &m->forwards[i]);
	port_index_sort(&s->ports);
	for (a = now->addresses; a < END_OF(now->addresses, now->naddresses);
	     a++)
		if (a->nsid == NSID_SELF) {
			add_way(s, now, &a->prefix, a->index);
			add_address(&s->own, &a->prefix);
		}
	add_published(s, now);
	for (family = 0; family < FAMILY_COUNT; family++)
		add_family(s, now, family);
}

void
stale_end(struct stale *s)
{
	port_index_free(&s->ports);
	free(s->ways);
	free(s->own.v);
	free(s->published.v);
	memset(s, 0, sizeof(*s));
}

/* Owners */

static bool
is_among(const struct prefixes *among, const struct prefix *addr)
{
	size_t i;

	for (i = 0; i < among->n; i++)
		if (addr_equal(&among->v[i], addr))
			return true;
	return false;
}

/* What was translated goes on where the address is only deprecated since. */
static bool
is_on(const struct model_forward *f, const struct flow *flow)
{
	size_t n = flow->translated ? f->nheld : f->non, i;

	for (i = 0; i < n; i++)
		if (addr_equal(&f->on[i], &flow->original.dst))
			return true;
	return false;
}

static enum packet_proto
proto_of(const struct flow *f)
{
	return f->proto == IPPROTO_TCP	    ? PACKET_TCP
	       : f->proto == IPPROTO_UDP    ? PACKET_UDP
	       : f->proto == IPPROTO_ICMPV6 ? PACKET_ICMPV6
	       : f->proto == IPPROTO_ICMP   ? PACKET_ICMP
					    : PACKET_OTHER;
}

/* Its first packet, as if it came now. */
static struct packet
first_packet(const struct stale *s, const struct flow *f)
{
	const struct flow_way *way = &f->original;
	struct packet p = {
		.chain = CHAIN_OUTPUT,
		.proto = proto_of(f),
		.from = way->src,
		.to = way->dst,
		.port = way->dport,
		.sport = way->sport,
		.type = f->type,
		.answered = true, /* it was let in by the way it came */
		.doubt_passes = true,
	};

	if (is_among(&s->own, &way->src))
		return p;
	p.chain = CHAIN_INPUT;
	p.in = way_to(s, &way->src);
	return p;
}

/* Of the rest this host keeps something, and others translate something. */
static bool
is_left(const struct stale *s, const struct model_forward *forward,
    const struct flow *f)
{
	struct packet p = first_packet(s, f);

	return !judge_keeps(s->model, &p) &&
	       (addr_equal(&f->reply.src, &forward->target) ||
		   !is_among(&s->published, &f->reply.src));
}

static const struct model_forward *
find_forward(const struct stale *s, const struct flow *f)
{
	const struct port_claim *c = NULL;
	const struct model_forward *forward;

	while ((c = port_index_next(
		    &s->ports, f->proto, f->original.dport, c)) != NULL) {
		forward = c->owner;
		if (is_on(forward, f) && (!c->rest || is_left(s, forward, f)))
			return forward;
	}
	return NULL;
}

bool
stale_takes(const struct stale *s, const struct flow *f)
{
	const struct port_claim *c = NULL;

	while ((c = port_index_next(
		    &s->ports, f->proto, f->original.dport, c)) != NULL)
		if (!c->rest && is_on(c->owner, f))
			return true;
	return false;
}

static bool
leads_to(const struct model_bridge *b, const struct prefix *addr)
{
	const struct model_addrs own = model_bridge_addrs(b, addr_family(addr));
	size_t i = 0;

	while (i < own.n && !prefix_holds(&own.v[i], addr))
		i++;
	return i < own.n;
}

/* Whether only the prefix changed. */
static bool
keeps_host_part(const struct model_bridge *b, const struct flow *f)
{
	struct prefix inside = prefix_moved(&f->original.dst, &b->ula);

	return addr_equal(&inside, &f->reply.src);
}

/* A connection to an address of this host, or one with the same host part, that
 * went to a bridge of the config was translated by a former config; any other
 * may be the work of another table, and so is a ping to this host: no forward
 * takes it. */
static bool
is_orphan(const struct stale *s, const struct flow *f)
{
	bool own = !flow_is_icmp(f) && is_among(&s->own, &f->original.dst);
	const struct model *m = s->model;
	const struct model_bridge *b;

	if (is_among(&s->published, &f->reply.src))
		return false;
	for (b = m->bridges; b < END_OF(m->bridges, m->nbridges); b++)
		if (leads_to(b, &f->reply.src))
			return own || keeps_host_part(b, f);
	return false;
}

/* Its first packet as rules would translate it now; false if they would not. */
static bool
hand_over(const struct stale *s, const struct flow *f, struct packet *p)
{
	const struct model_forward *forward = find_forward(s, f);

	*p = first_packet(s, f);
	if (forward != NULL) {
		judge_hand_over(s->model, forward, p);
		return true;
	}
	p->out = p->chain == CHAIN_OUTPUT ? way_to(s, &p->to) : NULL;
	return judge_map(s->model, p);
}

static bool
leads_there(const struct packet *p, const struct flow *f)
{
	return addr_equal(&p->to, &f->reply.src) && p->port == f->reply.sport;
}

/* Whether a forward claims the original destination, whatever it was translated
 * to. */
static bool
is_claimed(const struct stale *s, const struct flow *f)
{
	struct packet p;

	return hand_over(s, f, &p);
}

bool
stale_translates(const struct stale *s, const struct flow *f)
{
	struct packet p;

	return hand_over(s, f, &p) && leads_there(&p, f);
}

/* What stays on one bridge is not routed. */
static bool
goes_round(const struct packet *p)
{
	return p->in != NULL && strcmp(p->in, p->out) == 0;
}

/* The same by the prefix of a bridge; false if it leads to no container. */
static bool
pass_on(const struct stale *s, const struct flow *f, struct packet *p)
{
	enum chain chain;

	if (f->translated)
		return hand_over(s, f, p) && p->mapped &&
		       p->chain != CHAIN_INPUT;
	*p = first_packet(s, f);
	chain = p->chain;
	if (!judge_route(s->model, p) || p->chain == CHAIN_INPUT ||
	    goes_round(p))
		return false;
	if (chain == CHAIN_OUTPUT)
		p->chain = chain;
	return true;
}

bool
stale_reaches(
    const struct stale *s, const struct flow *f, struct stale_ruling *r)
{
	struct packet p;

	if (flow_is_icmp(f) || !pass_on(s, f, &p))
		return false;
	r->chain = p.chain;
	judge(s->model, &p, &r->by);
	return true;
}

/* Whether one of ICMP is let through depends on its type. */
static bool
is_refused(const struct stale *s, const struct flow *f, const struct packet *p,
    const struct statement **by)
{
	return (!flow_is_icmp(f) || f->type != 0) &&
	       judge(s->model, p, by) != VERDICT_ALLOW;
}

const struct stale_reason *
stale_judge(const struct stale *s, const struct flow *f)
{
	struct packet p;

	if (f->related)
		return NULL;
	if (!hand_over(s, f, &p))
		return is_orphan(s, f) ? &stale_reasons[STALE_GONE] : NULL;
	if (!leads_there(&p, f))
		return &stale_reasons[STALE_MOVED];
	return is_refused(s, f, &p, NULL) ? &stale_reasons[STALE_REFUSED]
					  : NULL;
}

/* A link-local address may be on any link, and a multicast group is local and
 * remote at once. */
static bool
is_plain(const struct prefix *addr)
{
	return !addr_is_link_local(addr) && !addr_is_multicast(addr);
}

/* As what is routed goes. */
static void
route(const struct stale *s, const struct flow *f, struct packet *p)
{
	const struct prefix *to = &f->original.dst;

	if (pass_on(s, f, p))
		return;
	*p = first_packet(s, f);
	if (is_among(&s->own, to)) {
		p->out = p->chain == CHAIN_OUTPUT ? "lo" : NULL;
		return;
	}
	p->out = way_to(s, to);
	if (p->chain != CHAIN_OUTPUT)
		p->chain = CHAIN_FORWARD;
}

const struct stale_reason *
stale_judge_direct(const struct stale *s, const struct flow *f)
{
	const struct flow_way *way = &f->original;
	struct packet p;

	if (f->related || !is_plain(&way->src) || !is_plain(&way->dst))
		return NULL;
	if (is_claimed(s, f))
		return &stale_reasons[STALE_TAKEN];
	route(s, f, &p);
	return is_refused(s, f, &p, NULL) ? &stale_reasons[STALE_REFUSED]
					  : NULL;
}

bool
stale_refuses(
    const struct stale *s, const struct flow *f, struct stale_ruling *r)
{
	struct packet p;

	if (f->related || (f->translated && !hand_over(s, f, &p)))
		return false;
	if (!f->translated)
		route(s, f, &p);
	r->chain = p.chain;
	return is_refused(s, f, &p, &r->by);
}

/* Under which address it leaves */

static const struct model_uplink *
uplink_to(const struct stale *s, const struct prefix *addr)
{
	const char *out = way_to(s, addr);
	const struct model *m = s->model;
	const struct model_uplink *u = m->uplinks;

	while (u < END_OF(m->uplinks, m->nuplinks) &&
	       (out == NULL || strcmp(u->link->name, out) != 0))
		u++;
	return u < END_OF(m->uplinks, m->nuplinks) ? u : NULL;
}

/* The bridge whose private addresses these are, as rules know them. */
static const struct model_bridge *
bridge_of(const struct stale *s, const struct prefix *addr)
{
	const struct model *m = s->model;
	const struct model_bridge *b;
	const struct prefix *net;

	for (b = m->bridges; b < END_OF(m->bridges, m->nbridges); b++) {
		net = addr->family == AF_INET6 ? &b->ula : &b->ipv4;
		if (net->family == addr->family && prefix_holds(net, addr))
			return b;
	}
	return NULL;
}

bool
stale_leaves(const struct stale *s, const struct flow *f)
{
	const struct prefix *from = &f->original.src, *as = &f->reply.dst;
	const struct model_uplink *u = uplink_to(s, &f->original.dst);
	const struct model_bridge *b = bridge_of(s, from);
	const struct prefix *stated;
	struct prefix moved;

	if (f->translated || u == NULL || b == NULL || is_among(&s->own, from))
		return true;
	if (from->family == AF_INET6 && b->translate.n > 0) {
		moved = prefix_moved(from, &b->translate.v[0]);
		return addr_equal(as, &moved);
	}
	if (!b->masquerade)
		return addr_equal(as, from);
	stated = from->family == AF_INET6 ? &u->source : &u->source4;
	return stated->family != AF_UNSPEC ? addr_equal(as, stated)
					   : is_among(&s->own, as);
}
