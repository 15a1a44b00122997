/* What becomes of a new connection. */
#include "config.h"

#include "core/plan/judge.h"

#include <string.h>

#include "core/base/util.h"
#include "core/lang/type_addr.h"
#include "core/plan/fixed.h"
#include "core/plan/judge_parts.h"
#include "core/plan/model_family.h"
#include "core/plan/model_translate.h"
#include "core/plan/stage.h"

/* Stages: each returns whether it decides, and fills in verdict and
 * statement. */

struct ruling {
	enum verdict verdict;
	const struct statement *by;
};

static const struct fixed *
find_row(
    const struct model *m, const struct packet *packet, enum verdict *verdict)
{
	const struct fixed_scope scope = fixed_scope(m);
	size_t i = 0;

	while (i < fixed_count &&
	       !fixed_decides(&fixed_rows[i], m, &scope, packet, verdict))
		i++;
	return i < fixed_count ? &fixed_rows[i] : NULL;
}

static bool
decide_fixed(
    const struct model *m, const struct packet *packet, struct ruling *r)
{
	return find_row(m, packet, &r->verdict) != NULL;
}

static bool
decide_policies(
    const struct model *m, const struct packet *packet, struct ruling *r)
{
	const struct model_policy *p;
	enum match match;
	bool passes;

	for (p = m->policies; p < END_OF(m->policies, m->npolicies); p++) {
		match = judge_match_policy(m, p, packet);
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

const struct fixed *
judge_fixed(const struct model *m, const struct packet *packet)
{
	enum verdict ignored;

	return m->ipv4 || packet->to.family != AF_INET
		   ? find_row(m, packet, &ignored)
		   : NULL;
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
		: !judge_match_proto(&v[FORWARD_PROTO], packet->proto) ||
		      judge_find_range(&v[FORWARD_PORTS].ports, packet->port) ==
			  NULL)
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

static bool
keeps(const struct model *m, const struct model_policy *p,
    const struct packet *packet)
{
	return statement_keeps(p->st) && judge_applies(m, p, packet);
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
	    judge_find_range(&f->st->v[FORWARD_PORTS].ports, packet->port);
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
		if (!from->set || judge_match_rest(m, p, packet) == MATCH_NO)
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
