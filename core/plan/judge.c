/* What becomes of a new connection. */
#include "config.h"

#include "core/plan/judge.h"

#include <string.h>

#include "core/base/util.h"
#include "core/lang/type_addr.h"
#include "core/plan/fixed.h"
#include "core/plan/model_family.h"
#include "core/plan/model_known.h"
#include "core/plan/model_translate.h"
#include "core/plan/stage.h"

enum match { MATCH_NO, MATCH_MAYBE, MATCH_YES };

/* One end of a packet, to be compared with one WHO. */
struct end {
	const struct model *m;
	const struct who *who;
	const struct model_end *end; /* in the packet's family */
	const struct prefix *addr;
	const char *link;
};

static enum match
match_any(const struct end *e UNUSED)
{
	return MATCH_YES;
}

static enum match
match_prefixes(const struct end *e)
{
	return prefixes_hold(&e->end->in, e->addr) ? MATCH_YES : MATCH_NO;
}

static enum match
match_link(const struct end *e, const char *name)
{
	if (e->link == NULL)
		return MATCH_MAYBE;
	return strcmp(e->link, name) == 0 ? MATCH_YES : MATCH_NO;
}

/* A multicast group is no container. */
static bool
is_unknown(const struct end *e)
{
	return !addr_is_multicast(e->addr) &&
	       !model_knows(e->m, e->end->bridge, e->addr, &e->end->given);
}

static bool
is_given(const struct model_end *end, const struct prefix *addr)
{
	size_t i = 0;

	while (i < end->given.n && !prefix_holds(&end->given.v[i], addr))
		i++;
	return i < end->given.n;
}

static enum match
match_container(const struct end *e)
{
	const struct model_end *c = e->end;
	bool given = is_given(c, e->addr);

	if (!given && !(c->unknown && is_unknown(e)))
		return MATCH_NO;
	if (c->bridge == NULL || (given && c->unknown))
		return MATCH_YES;
	return match_link(e, c->bridge);
}

static enum match
match_bridge(const struct end *e)
{
	return match_link(e, e->who->name);
}

static enum match
match_uplink(const struct end *e)
{
	size_t i;

	if (e->link == NULL)
		return MATCH_MAYBE;
	for (i = 0; i < e->m->nuplinks; i++)
		if (strcmp(e->m->uplinks[i].link->name, e->link) == 0)
			return MATCH_YES;
	return MATCH_NO;
}

static enum match
match_end(const struct model *m, const struct value *v,
    const struct model_end *end, const struct prefix *addr, const char *link)
{
	static enum match (*const kinds[])(const struct end *) = {
		[WHO_ANY] = match_any,
		[WHO_PREFIXES] = match_prefixes,
		[WHO_CONTAINER] = match_container,
		[WHO_BRIDGE] = match_bridge,
		[WHO_UPLINK] = match_uplink,
	};
	const struct end e = { m, &v->who, end, addr, link };

	return v->set ? kinds[v->who.kind](&e) : MATCH_YES;
}

static bool
match_proto(const struct value *v, enum packet_proto proto)
{
	static const unsigned protos[] = {
		[PROTO_TCP] = 1u << PACKET_TCP,
		[PROTO_UDP] = 1u << PACKET_UDP,
		[PROTO_TCP_UDP] = 1u << PACKET_TCP | 1u << PACKET_UDP,
		[PROTO_ANY] = ~0u,
		[PROTO_ICMPV6] = 1u << PACKET_ICMPV6,
		[PROTO_ICMP] = 1u << PACKET_ICMP,
	};

	return !v->set || (protos[v->choice] >> proto & 1) != 0;
}

static const struct range *
find_range(const struct ports *ports, uint16_t port)
{
	size_t i;

	for (i = 0; i < ports->n; i++)
		if (ports->v[i].lo <= port && port <= ports->v[i].hi)
			return &ports->v[i];
	return NULL;
}

/* All parts but the source. */
static enum match
match_rest(const struct model *m, const struct model_policy *p,
    const struct packet *packet)
{
	const struct value *v = p->st->v;
	enum family f = addr_family(&packet->to);

	if (!p->holds[f] || v[POLICY_CHAIN].choice != (unsigned)packet->chain ||
	    !match_proto(&v[POLICY_PROTO], packet->proto) ||
	    (v[POLICY_PORTS].set &&
		find_range(&v[POLICY_PORTS].ports, packet->port) == NULL))
		return MATCH_NO;
	return match_end(m, &v[POLICY_TO], &p->to[f], &packet->to, packet->out);
}

static enum match
match_policy(const struct model *m, const struct model_policy *p,
    const struct packet *packet)
{
	const struct value *v = p->st->v;
	enum match from, rest = match_rest(m, p, packet);

	if (rest == MATCH_NO)
		return MATCH_NO;
	from = match_end(m, &v[POLICY_FROM],
	    &p->from[addr_family(&packet->from)], &packet->from, packet->in);
	if (from == MATCH_YES && v[POLICY_LIMIT].set)
		from = MATCH_MAYBE;
	return from < rest ? from : rest;
}

/* Stages: each returns whether it decides, and fills in verdict and
 * statement. */

struct ruling {
	enum verdict verdict;
	const struct statement *by;
};

static bool
decide_fixed(
    const struct model *m, const struct packet *packet, struct ruling *r)
{
	const struct fixed_scope scope = fixed_scope(m);
	size_t i;

	for (i = 0; i < fixed_count; i++)
		if (fixed_decides(
			&fixed_rows[i], m, &scope, packet, &r->verdict))
			return true;
	return false;
}

static bool
decide_policies(
    const struct model *m, const struct packet *packet, struct ruling *r)
{
	const struct model_policy *p;
	enum match match;
	bool passes;

	for (p = m->policies; p < END_OF(m->policies, m->npolicies); p++) {
		match = match_policy(m, p, packet);
		passes = p->st->kind == ST_ALLOW;
		if (match == MATCH_NO ||
		    (match == MATCH_MAYBE && passes != packet->doubt_passes))
			continue;
		*r = (struct ruling){ statement_verdict(p->st), p->st };
		return true;
	}
	return false;
}

/* A forward's own terms hang on the original destination, so they say nothing
 * about what was not translated. They do not allow this host to send, and
 * leave what they refuse to a default that refuses by itself. */
static bool
decide_terms(
    const struct model *m, const struct packet *packet, struct ruling *r)
{
	const struct value *from;

	if (packet->forward == NULL)
		return false;
	from = &packet->forward->st->v[FORWARD_FROM];
	r->by = packet->forward->st;
	r->verdict = !from->set || prefixes_hold(&from->prefixes, &packet->from)
			 ? VERDICT_ALLOW
			 : VERDICT_DENY;
	return r->verdict == VERDICT_ALLOW
		   ? packet->chain != CHAIN_OUTPUT
		   : m->defaults[packet->chain] == VERDICT_ALLOW;
}

static bool
decide_default(
    const struct model *m, const struct packet *packet, struct ruling *r)
{
	r->by = m->stated[packet->chain];
	r->verdict = m->defaults[packet->chain];
	return true;
}

static void
decide(const struct model *m, const struct packet *packet, struct ruling *r)
{
	static bool (*const stages[STAGE_COUNT])(
	    const struct model *, const struct packet *, struct ruling *) = {
		[STAGE_FIXED] = decide_fixed,
		[STAGE_POLICIES] = decide_policies,
		[STAGE_TERMS] = decide_terms,
		[STAGE_DEFAULT] = decide_default,
	};
	size_t i = 0;

	while (i < STAGE_COUNT && !stages[stage_order[i]](m, packet, r))
		i++;
}

enum verdict
judge(const struct model *m, const struct packet *packet,
    const struct statement **by)
{
	struct ruling r = { VERDICT_ALLOW, NULL };

	if (m->ipv4 || packet->to.family != AF_INET)
		decide(m, packet, &r);
	if (by != NULL)
		*by = r.by;
	return r.verdict;
}

/* Translation */

static bool
is_icmp(const struct packet *packet)
{
	return packet->proto == PACKET_ICMPV6 || packet->proto == PACKET_ICMP;
}

static bool
claims(const struct model_forward *f, const struct packet *packet)
{
	const struct value *v = f->st->v;
	size_t i;

	if (statement_takes_rest(f->st)
		? is_icmp(packet)
		: !match_proto(&v[FORWARD_PROTO], packet->proto) ||
		      find_range(&v[FORWARD_PORTS].ports, packet->port) == NULL)
		return false;
	for (i = 0; i < f->non; i++)
		if (addr_equal(&f->on[i], &packet->to))
			return true;
	return false;
}

static bool
is_of_ssh(const struct model *m, const struct packet *packet)
{
	const struct ssh_ports *ssh = &m->snapshot->ssh;
	size_t i;

	for (i = 0; packet->proto == PACKET_TCP && i < ssh->n; i++)
		if (ssh->v[i] == packet->port)
			return true;
	return false;
}

static bool
is_kept_by_row(const struct model *m, const struct packet *packet)
{
	const struct fixed_scope scope = fixed_scope(m);
	enum verdict ignored;
	size_t i;

	for (i = 0; i < fixed_count; i++)
		if (fixed_rows[i].keeps &&
		    fixed_decides(&fixed_rows[i], m, &scope, packet, &ignored))
			return true;
	return false;
}

/* Like match_policy, without its limit. */
static bool
keeps(const struct model *m, const struct model_policy *p,
    const struct packet *packet)
{
	enum match from, rest;

	if (!statement_keeps(p->st))
		return false;
	rest = match_rest(m, p, packet);
	from = match_end(m, &p->st->v[POLICY_FROM],
	    &p->from[addr_family(&packet->from)], &packet->from, packet->in);
	if (from < rest)
		rest = from;
	return rest == MATCH_YES ||
	       (rest == MATCH_MAYBE && packet->doubt_passes);
}

static bool
is_this_host(const struct model *m, const struct prefix *addr)
{
	const struct prefixes *own = &m->publics[addr_family(addr)];
	size_t i;

	for (i = 0; i < own->n; i++)
		if (addr_equal(&own->v[i], addr))
			return true;
	for (i = 0; i < m->nbridges; i++)
		if (addr_equal(&m->bridges[i].ula, addr) ||
		    addr_equal(&m->bridges[i].public, addr) ||
		    addr_equal(&m->bridges[i].ipv4, addr))
			return true;
	return false;
}

/* NULL if the target is on no bridge of the model. */
static const char *
link_to(const struct model *m, const struct model_forward *f)
{
	const struct model_bridge *b =
	    f->container != NULL ? f->container->bridge
				 : model_bridge_holding(m, &f->target);

	return b != NULL ? b->link->name : NULL;
}

void
judge_hand_over(
    const struct model *m, const struct model_forward *f, struct packet *packet)
{
	const struct range *r =
	    find_range(&f->st->v[FORWARD_PORTS].ports, packet->port);
	unsigned to_port = f->st->v[FORWARD_TO].target.port;

	if (to_port != 0)
		packet->port = (uint16_t)(to_port + (packet->port - r->lo));
	packet->to = f->target;
	packet->forward = f;
	if (packet->chain == CHAIN_OUTPUT) {
		packet->out = "lo";
		return;
	}
	packet->out = link_to(m, f);
	packet->chain =
	    is_this_host(m, &f->target) ? CHAIN_INPUT : CHAIN_FORWARD;
}

const struct model_forward *
judge_claim(const struct model *m, const struct packet *packet)
{
	const struct model_forward *f, *rest = NULL;

	for (f = m->forwards; f < END_OF(m->forwards, m->nforwards); f++) {
		if (!claims(f, packet))
			continue;
		if (!statement_takes_rest(f->st))
			return f;
		rest = f;
	}
	return rest;
}

/* What this host sends comes by no link. */
bool
judge_keeps(const struct model *m, const struct packet *packet)
{
	struct packet p = *packet;
	size_t i;

	if (packet->chain == CHAIN_OUTPUT)
		p.in = "";
	p.chain = CHAIN_INPUT;
	if (is_icmp(&p) || is_of_ssh(m, &p) || is_kept_by_row(m, &p))
		return true;
	for (i = 0; i < m->npolicies; i++)
		if (keeps(m, &m->policies[i], &p))
			return true;
	return false;
}

/* The first address of a prefix is any router's, so ours, too (RFC 4291,
 * 2.6.1). */
bool
judge_map(const struct model *m, struct packet *packet)
{
	const struct model_bridge *b;
	struct prefix inside, net;

	b = model_translated(m, &packet->to, &inside);
	if (b == NULL)
		return false;
	net = prefix_network(&b->ula);
	packet->to = inside;
	packet->mapped = true;
	if (packet->chain == CHAIN_OUTPUT)
		return true;
	packet->out = b->link->name;
	packet->chain =
	    prefix_is_bare(&inside) &&
		    (is_this_host(m, &inside) || addr_equal(&net, &inside))
		? CHAIN_INPUT
		: CHAIN_FORWARD;
	return true;
}

/* Only those that the config gives are answered for. */
static const struct model_bridge *
proxied_to(const struct model *m, const struct prefix *addr)
{
	const struct model_container *c = m->containers;

	for (; c < END_OF(m->containers, m->ncontainers); c++)
		if (c->bridge->proxied.family != AF_UNSPEC &&
		    addr_equal(&c->public, addr))
			return c->bridge;
	return NULL;
}

static const struct model_bridge *
routed_to(const struct model *m, const struct prefix *addr)
{
	size_t i;

	for (i = 0; i < m->nbridges; i++)
		if (prefix_holds(&m->bridges[i].public, addr))
			return &m->bridges[i];
	return proxied_to(m, addr);
}

bool
judge_route(const struct model *m, struct packet *packet)
{
	const struct model_bridge *b = routed_to(m, &packet->to);
	struct prefix net;

	if (b == NULL)
		return false;
	net = prefix_network(&b->public);
	packet->out = b->link->name;
	packet->chain = prefix_is_bare(&packet->to) &&
				(addr_equal(&b->public, &packet->to) ||
				    addr_equal(&net, &packet->to))
			    ? CHAIN_INPUT
			    : CHAIN_FORWARD;
	return true;
}

bool
judge_translate(const struct model *m, struct packet *packet)
{
	const struct model_forward *f = judge_claim(m, packet);

	if (f == NULL ||
	    (statement_takes_rest(f->st) && judge_keeps(m, packet)))
		return judge_map(m, packet);
	judge_hand_over(m, f, packet);
	return true;
}

/* Unknown addresses on the bridge all get the same verdict. */
static void
add_known(const struct model *m, const struct model_end *end,
    void (*add)(void *arg, const struct prefix *), void *arg)
{
	size_t i;

	for (i = 0; i < end->given.n; i++)
		add(arg, &end->given.v[i]);
	for (i = 0; end->unknown && i < m->nknown; i++)
		if (strcmp(m->known[i].bridge, end->bridge) == 0)
			add(arg, &m->known[i].addr);
}

void
judge_sources(const struct model *m, const struct packet *packet,
    void (*add)(void *arg, const struct prefix *), void *arg)
{
	enum family f = addr_family(&packet->to);
	const struct prefixes *own = NULL;
	const struct model_policy *p;
	const struct model_end *end;
	const struct value *from;
	size_t i;

	for (p = m->policies; p < END_OF(m->policies, m->npolicies); p++) {
		from = &p->st->v[POLICY_FROM];
		end = &p->from[f];
		if (!from->set || match_rest(m, p, packet) == MATCH_NO)
			continue;
		if (from->who.kind == WHO_CONTAINER)
			add_known(m, end, add, arg);
		for (i = 0; i < end->in.n; i++)
			add(arg, &end->in.v[i]);
	}
	if (packet->forward != NULL)
		own = &packet->forward->st->v[FORWARD_FROM].prefixes;
	for (i = 0; own != NULL && i < own->n; i++)
		add(arg, &own->v[i]);
}
