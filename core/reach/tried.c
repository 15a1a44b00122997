/* What a packet met on its way through this host. */
#include "config.h"

#include "core/reach/tried.h"

#include <netinet/in.h> /* first: the kernel's headers give way to it */

#include <endian.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter_ipv6.h>
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>

#include "core/kernel/net.h"
#include "core/plan/fixed.h"
#include "core/plan/judge.h"

/* A packet on its way, and where from what is known of it comes. */
struct view {
	const struct trial *trial;
	const char *link;
	const struct hooks *hooks;
	const struct model *m;
	struct packet packet; /* as seki's rules see it now */
};

static const struct {
	uint8_t number;
	enum packet_proto proto;
	uint8_t type;
} protos[] = {
	{ IPPROTO_UDP, PACKET_UDP, 0 },
	{ IPPROTO_ICMP, PACKET_ICMP, ICMP_ECHO },
	{ IPPROTO_ICMPV6, PACKET_ICMPV6, ICMP6_ECHO_REQUEST },
	{ IPPROTO_TCP, PACKET_TCP, 0 },
};

static void
begin(struct view *v, const struct trial *t, const char *link)
{
	size_t i = 0;

	while (i < NITEMS(protos) - 1 && protos[i].number != t->proto)
		i++;
	v->trial = t;
	v->link = link;
	v->packet = (struct packet){ .chain = CHAIN_INPUT,
		.proto = protos[i].proto,
		.from = t->from,
		.to = t->to,
		.port = t->dport,
		.sport = t->sport,
		.type = protos[i].type,
		.in = link,
		.answered = true };
}

/* The statement that sent the packet where it is going. */
static const struct statement *
translate(struct view *v)
{
	if (v->m == NULL || !judge_translate(v->m, &v->packet))
		return NULL;
	return v->packet.forward != NULL ? v->packet.forward->st : NULL;
}

/* Which statement of seki decides so; a limit may have done either. */
static const struct statement *
decider(const struct view *v, bool passes)
{
	const struct statement *by = NULL;
	struct packet p = v->packet;

	if (v->m == NULL)
		return NULL;
	p.doubt_passes = passes;
	return (judge(v->m, &p, &by) == VERDICT_ALLOW) == passes ? by : NULL;
}

/* Where no statement of seki drops it. */
static const char *
dropper(const struct view *v)
{
	const struct fixed *f =
	    v->m != NULL ? judge_fixed(v->m, &v->packet) : NULL;

	return f != NULL && judge(v->m, &v->packet, NULL) != VERDICT_ALLOW
		   ? f->text
		   : NULL;
}

/* Rows */

static struct tried_row *
add_row(struct tried *t)
{
	t->v = xgrow(t->v, t->n, sizeof(*t->v));
	memset(&t->v[t->n], 0, sizeof(*t->v));
	return &t->v[t->n++];
}

static bool
is_of(const struct rule_chain *c, const struct trace_step *s)
{
	return !c->legacy && c->family == s->family &&
	       strcmp(c->table, s->table) == 0 &&
	       strcmp(c->name, s->chain) == 0;
}

static void
place_own(struct tried_row *r, const struct hooks *all)
{
	size_t i;

	for (i = 0; i < all->nown; i++)
		if (strcmp(all->own[i].name, r->chain) == 0) {
			r->place = all->own[i].place;
			r->nat = all->own[i].nat;
		}
}

static void
place_row(
    struct tried_row *r, const struct trace_step *s, const struct hooks *all)
{
	const struct hook *h;

	r->place = HOOK_COUNT;
	r->own = s->family == NFPROTO_INET && strcmp(s->table, NET_TABLE) == 0;
	if (r->own) {
		place_own(r, all);
		return;
	}
	for (h = all->v; h < END_OF(all->v, all->n); h++)
		if (is_of(&all->tables.chains[h->chain], s)) {
			r->hook = h;
			r->place = h->place;
		}
}

static void
begin_row(struct tried *t, const struct trace_step *s, const struct hooks *all)
{
	const struct rule_chain of = { .family = s->family };
	struct tried_row *r = add_row(t);

	r->family = hook_family(&of);
	r->table = s->table;
	r->chain = r->at = s->chain;
	place_row(r, s, all);
	t->out = s->out;
	if (s->to.family == AF_UNSPEC)
		return;
	t->to = s->to;
	t->port = s->dport;
}

static bool
judges(const struct tried_row *r)
{
	return r->own && !r->nat &&
	       (r->place == HOOK_INPUT || r->place == HOOK_FORWARD);
}

/* What ends the way through a chain. */
static void
take_step(struct tried_row *r, const struct trace_step *s)
{
	const int verdict =
	    s->verdict < 0 ? s->verdict : s->verdict & NF_VERDICT_MASK;

	r->at = s->chain;
	r->rule = s->kind == TRACE_POLICY ? 0 : s->rule;
	if (verdict == NF_DROP)
		r->effect = TRIED_DROPS;
	else if (verdict == NF_QUEUE)
		r->effect = TRIED_QUEUES;
	else if (judges(r))
		r->effect = TRIED_ACCEPTS;
}

/* The chain that was met before the packet was another: of the kinds of chains
 * that translate, the kernel asks no other once one has. */
static void
note_translation(struct tried *t, struct view *v, const struct trace_step *s)
{
	struct tried_row *r;

	if (t->n == 0 || s->to.family == AF_UNSPEC ||
	    (addr_equal(&t->to, &s->to) && t->port == s->dport))
		return;
	r = &t->v[t->n - 1];
	r->effect = TRIED_TRANSLATES;
	r->to = s->to;
	r->port = s->dport;
	if (r->own)
		r->by = translate(v);
	v->packet.to = s->to;
	v->packet.port = s->dport;
}

static void
judge_row(struct tried_row *r, struct view *v, const struct snapshot *s,
    const struct trace_step *first)
{
	const struct link *out =
	    s != NULL ? snapshot_link_at(s, first->out) : NULL;

	if (!judges(r))
		return;
	v->packet.chain = r->place == HOOK_INPUT ? CHAIN_INPUT : CHAIN_FORWARD;
	v->packet.out = out != NULL ? out->name : NULL;
	r->by = decider(v, r->effect != TRIED_DROPS);
	if (r->effect == TRIED_DROPS && r->by == NULL)
		r->fixed = dropper(v);
}

/* iptables-legacy */

static void
describe(struct sample *to, const struct view *v, const struct tried *t)
{
	const uint32_t state = 1 << (IP_CT_NEW + 1);
	const uint16_t ports[2] = { htobe16(v->trial->sport),
		htobe16(t->port) };
	const uint8_t flags = TH_SYN;
	enum family f = addr_family(&v->trial->to);

	memset(to, 0, sizeof(*to));
	sample_add(
	    to, FACT_CT, NFT_CT_STATE * OPERAND_MAX, &state, sizeof(state));
	sample_add_name(to, NFT_META_IIFNAME, v->link);
	if (v->packet.out != NULL)
		sample_add_name(to, NFT_META_OIFNAME, v->packet.out);
	if (v->packet.forward != NULL)
		sample_add_bits(to, FACT_CT, NFT_CT_STATUS * OPERAND_MAX,
		    IPS_DST_NAT, IPS_DST_NAT);
	sample_add_from(to, &v->trial->from);
	sample_add_to(to, &t->to);
	sample_add_proto(to, f, v->trial->proto);
	if (v->trial->dport != 0)
		sample_add(to, FACT_TRANSPORT, 0, ports, sizeof(ports));
	if (v->trial->proto == IPPROTO_TCP)
		sample_add(to, FACT_TRANSPORT, 13, &flags, 1);
}

static bool
is_nat_done(const struct hook *h)
{
	return h->place > HOOK_PREROUTING ||
	       (h->place == HOOK_PREROUTING &&
		   h->priority > NF_IP6_PRI_NAT_DST);
}

/* A row of what drops it, by reading the rules of a hook. */
static bool
add_drop(struct tried *t, const struct view *v, const struct hook *h)
{
	const enum family f = addr_family(&v->trial->to);
	const struct rule_chain *c = &v->hooks->tables.chains[h->chain];
	struct sample sample;
	struct course course;

	describe(&sample, v, t);
	course = hook_run(v->hooks, h, f, &sample);
	if (course.dropped && course.doubt && !c->legacy && t->doubt == NULL)
		t->doubt = h;
	if (!course.dropped || (course.doubt && !c->legacy))
		return false;
	*add_row(t) = (struct tried_row){ .place = h->place,
		.effect = TRIED_DROPS,
		.hook = h,
		.judged = true,
		.family = hook_family(c),
		.table = c->table,
		.chain = c->name,
		.at = course.at->name };
	return true;
}

/* The rules of iptables-legacy are not traced, but can be read. */
static bool
find_legacy(struct tried *t, const struct view *v)
{
	enum hook_place last = t->n > 0 ? t->v[t->n - 1].place : HOOK_INGRESS;
	enum family f = addr_family(&v->trial->to);
	const struct hook *h;

	for (h = v->hooks->v; h < END_OF(v->hooks->v, v->hooks->n); h++)
		if (v->hooks->tables.chains[h->chain].legacy &&
		    h->place >= last && hook_sees(v->hooks, h, f) &&
		    add_drop(t, v, h))
			return true;
	return false;
}

/* What it became is not traced where it is lost at once. */
static void
assume_translation(struct tried *t, struct view *v)
{
	struct tried_row *r = t->n > 0 ? &t->v[t->n - 1] : NULL;

	if (r == NULL || !r->nat || r->place != HOOK_PREROUTING ||
	    r->rule == 0 || r->effect != TRIED_LEAVES)
		return;
	r->by = translate(v);
	if (addr_equal(&v->packet.to, &t->to) && v->packet.port == t->port)
		return;
	r->effect = TRIED_TRANSLATES;
	r->to = t->to = v->packet.to;
	r->port = t->port = v->packet.port;
}

/* The whole */

static enum tried_end
find_end(struct tried *t, struct view *v)
{
	const struct tried_row *last = t->n > 0 ? &t->v[t->n - 1] : NULL;

	if (t->trace.received)
		return TRIED_RECEIVED;
	if (t->trace.left) {
		t->out = t->trace.out;
		return TRIED_LEFT;
	}
	if (!t->trace.seen)
		return TRIED_UNSEEN;
	if (last != NULL && last->effect == TRIED_DROPS)
		return TRIED_DROPPED;
	if (last != NULL && last->effect == TRIED_QUEUES)
		return TRIED_QUEUED;
	assume_translation(t, v);
	return find_legacy(t, v) ? TRIED_DROPPED : TRIED_LOST;
}

static void
read_steps(struct tried *t, struct view *v)
{
	const struct snapshot *s = v->m != NULL ? v->m->snapshot : NULL;
	const struct trace_step *step = t->trace.v, *first = NULL;

	for (; step < END_OF(t->trace.v, t->trace.n); step++) {
		if (step->first) {
			if (first != NULL)
				judge_row(&t->v[t->n - 1], v, s, first);
			note_translation(t, v, step);
			begin_row(t, step, v->hooks);
			first = step;
		}
		if (first != NULL)
			take_step(&t->v[t->n - 1], step);
	}
	if (first != NULL)
		judge_row(&t->v[t->n - 1], v, s, first);
}

void
tried_read(struct tried *t, struct trace *trace, const struct trial *trial,
    const char *link, const struct hooks *hooks, const struct model *m)
{
	struct view v = { .hooks = hooks, .m = m };

	*t = (struct tried){ .to = trial->to,
		.port = trial->dport,
		.refused = trace->refused,
		.trace = *trace };
	memset(trace, 0, sizeof(*trace));
	begin(&v, trial, link);
	read_steps(t, &v);
	t->end = find_end(t, &v);
}

static struct tried_row *
add_own(struct tried *t, enum hook_place place, const char *chain)
{
	struct tried_row *r = add_row(t);

	*r = (struct tried_row){ .place = place,
		.own = true,
		.judged = true,
		.family = "inet",
		.table = NET_TABLE,
		.chain = chain,
		.at = chain };
	return r;
}

/* What the packet meets of others, which was not sent. */
static bool
is_met(const struct view *v, const struct hook *h)
{
	static const bool arrives[HOOK_COUNT] = {
		[HOOK_INGRESS] = true, [HOOK_PREROUTING] = true
	};
	static const bool goes_on[HOOK_COUNT] = { [HOOK_FORWARD] = true,
		[HOOK_POSTROUTING] = true,
		[HOOK_EGRESS] = true };
	bool ends = v->packet.chain == CHAIN_INPUT;

	if (h->harmless || !hook_sees(v->hooks, h, addr_family(&v->trial->to)))
		return false;
	return (arrives[h->place] && hook_is_on(h, v->link)) ||
	       (ends && h->place == HOOK_INPUT) ||
	       (!ends && goes_on[h->place] && v->packet.out != NULL &&
		   hook_is_on(h, v->packet.out));
}

/* Before it is translated, or behind that. */
static bool
find_others(struct tried *t, const struct view *v, bool behind)
{
	const struct hook *h;

	if (v->hooks == NULL)
		return false;
	for (h = v->hooks->v; h < END_OF(v->hooks->v, v->hooks->n); h++)
		if (is_nat_done(h) == behind && is_met(v, h) &&
		    add_drop(t, v, h))
			return true;
	return false;
}

static void
hand_on(struct tried *t, struct view *v)
{
	const struct statement *by = translate(v);
	struct tried_row *r;

	if (addr_equal(&v->packet.to, &t->to) && v->packet.port == t->port) {
		judge_route(v->m, &v->packet);
		return;
	}
	r = add_own(t, HOOK_PREROUTING, "prerouting");
	r->effect = TRIED_TRANSLATES;
	r->to = t->to = v->packet.to;
	r->port = t->port = v->packet.port;
	r->by = by;
}

static void
judge_own(struct tried *t, const struct view *v)
{
	bool here = v->packet.chain == CHAIN_INPUT;
	struct tried_row *r = add_own(
	    t, here ? HOOK_INPUT : HOOK_FORWARD, here ? "input" : "forward");

	r->effect = judge(v->m, &v->packet, &r->by) == VERDICT_ALLOW
			? TRIED_ACCEPTS
			: TRIED_DROPS;
	if (r->effect == TRIED_DROPS && r->by == NULL)
		r->fixed = dropper(v);
	t->end = r->effect == TRIED_DROPS ? TRIED_DROPPED
		 : here			  ? TRIED_RECEIVED
					  : TRIED_LEFT;
}

void
tried_judge(struct tried *t, const struct trial *trial, const char *link,
    const struct hooks *hooks, const struct model *m)
{
	struct view v = { .hooks = hooks, .m = m };

	*t = (struct tried){
		.to = trial->to, .port = trial->dport, .end = TRIED_DROPPED
	};
	begin(&v, trial, link);
	if (find_others(t, &v, false))
		return;
	hand_on(t, &v);
	judge_own(t, &v);
	if (t->end != TRIED_DROPPED && find_others(t, &v, true))
		t->end = TRIED_DROPPED;
}

void
tried_free(struct tried *t)
{
	trace_free(&t->trace);
	free(t->v);
	memset(t, 0, sizeof(*t));
}
