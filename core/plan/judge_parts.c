/* Which packets a policy is about. */
#include "config.h"

#include "core/plan/judge_parts.h"

#include <string.h>

#include "core/base/util.h"
#include "core/lang/type_addr.h"
#include "core/plan/model_known.h"

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

bool
judge_match_proto(const struct value *v, enum packet_proto proto)
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

const struct range *
judge_find_range(const struct ports *ports, uint16_t port)
{
	size_t i;

	for (i = 0; i < ports->n; i++)
		if (ports->v[i].lo <= port && port <= ports->v[i].hi)
			return &ports->v[i];
	return NULL;
}

enum match
judge_match_rest(const struct model *m, const struct model_policy *p,
    const struct packet *packet)
{
	const struct value *v = p->st->v;
	enum family f = addr_family(&packet->to);

	if (!p->holds[f] || v[POLICY_CHAIN].choice != (unsigned)packet->chain ||
	    !judge_match_proto(&v[POLICY_PROTO], packet->proto) ||
	    (v[POLICY_PORTS].set &&
		judge_find_range(&v[POLICY_PORTS].ports, packet->port) == NULL))
		return MATCH_NO;
	return match_end(m, &v[POLICY_TO], &p->to[f], &packet->to, packet->out);
}

static enum match
match_both(const struct model *m, const struct model_policy *p,
    const struct packet *packet)
{
	enum match from, rest = judge_match_rest(m, p, packet);

	if (rest == MATCH_NO)
		return MATCH_NO;
	from = match_end(m, &p->st->v[POLICY_FROM],
	    &p->from[addr_family(&packet->from)], &packet->from, packet->in);
	return from < rest ? from : rest;
}

enum match
judge_match_policy(const struct model *m, const struct model_policy *p,
    const struct packet *packet)
{
	enum match all = match_both(m, p, packet);

	return all == MATCH_YES && p->st->v[POLICY_LIMIT].set ? MATCH_MAYBE
							      : all;
}

bool
judge_applies(const struct model *m, const struct model_policy *p,
    const struct packet *packet)
{
	enum match all = match_both(m, p, packet);

	return all == MATCH_YES || (all == MATCH_MAYBE && packet->doubt_passes);
}
