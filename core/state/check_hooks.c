/* Reasons in the base chains of others, here and in containers. */
#include "config.h"

#include "core/state/check_parts.h"

#include <netinet/in.h> /* first: the kernel's headers give way to it */

#include <endian.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter_ipv6.h>
#include <netinet/icmp6.h>
#include <netinet/tcp.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/reach/sockets.h"
#include "core/reach/too_big.h"

/* Packets that a forward depends on: a client's first one and the first reply,
 * and before those, in IPv6, the neighbour discovery of bridge and uplink. */
enum traveller {
	REQUEST = 1 << 0,
	ANSWER = 1 << 1,
	SEARCH = 1 << 2, /* neighbour solicitation, */
	FOUND = 1 << 3,	 /* and advertisement */
	NEIGHBOURS = SEARCH | FOUND
};

enum wire { NOWHERE, UPLINK, BRIDGE, PORT, INNER, WIRES };

/* Where which of them traverse hooks. */
static const struct pass {
	enum hook_place place;
	enum wire in, out;
	unsigned who;
} passes[] = {
	{ HOOK_INGRESS, UPLINK, NOWHERE, REQUEST | NEIGHBOURS },
	{ HOOK_PREROUTING, UPLINK, NOWHERE, REQUEST | NEIGHBOURS },
	{ HOOK_FORWARD, UPLINK, BRIDGE, REQUEST },
	{ HOOK_POSTROUTING, UPLINK, BRIDGE, REQUEST },
	{ HOOK_EGRESS, NOWHERE, BRIDGE, REQUEST | NEIGHBOURS },
	{ HOOK_BRIDGE_OUTPUT, NOWHERE, PORT, REQUEST | NEIGHBOURS },
	{ HOOK_BRIDGE_POSTROUTING, NOWHERE, PORT, REQUEST | NEIGHBOURS },
	{ HOOK_EGRESS, NOWHERE, PORT, REQUEST | NEIGHBOURS },
	{ HOOK_INGRESS, PORT, NOWHERE, ANSWER | NEIGHBOURS },
	{ HOOK_BRIDGE_PREROUTING, PORT, NOWHERE, ANSWER | NEIGHBOURS },
	{ HOOK_BRIDGE_INPUT, PORT, NOWHERE, ANSWER | NEIGHBOURS },
	{ HOOK_INGRESS, BRIDGE, NOWHERE, ANSWER | NEIGHBOURS },
	{ HOOK_PREROUTING, BRIDGE, NOWHERE, ANSWER | NEIGHBOURS },
	{ HOOK_INPUT, BRIDGE, NOWHERE, NEIGHBOURS },
	{ HOOK_INPUT, UPLINK, NOWHERE, NEIGHBOURS },
	{ HOOK_OUTPUT, NOWHERE, BRIDGE, NEIGHBOURS },
	{ HOOK_OUTPUT, NOWHERE, UPLINK, NEIGHBOURS },
	{ HOOK_POSTROUTING, NOWHERE, BRIDGE, NEIGHBOURS },
	{ HOOK_FORWARD, BRIDGE, UPLINK, ANSWER },
	{ HOOK_POSTROUTING, BRIDGE, UPLINK, ANSWER },
	{ HOOK_POSTROUTING, NOWHERE, UPLINK, NEIGHBOURS },
	{ HOOK_EGRESS, NOWHERE, UPLINK, ANSWER | NEIGHBOURS },
};

/* The same in its container. */
static const struct pass inner_passes[] = {
	{ HOOK_INGRESS, INNER, NOWHERE, REQUEST | NEIGHBOURS },
	{ HOOK_PREROUTING, INNER, NOWHERE, REQUEST | NEIGHBOURS },
	{ HOOK_INPUT, INNER, NOWHERE, REQUEST | NEIGHBOURS },
	{ HOOK_OUTPUT, NOWHERE, INNER, ANSWER | NEIGHBOURS },
	{ HOOK_POSTROUTING, NOWHERE, INNER, ANSWER | NEIGHBOURS },
	{ HOOK_EGRESS, NOWHERE, INNER, ANSWER | NEIGHBOURS },
};

/* One port of a forward, or the rest, of which neither protocol nor ports are
 * known. */
struct question {
	const struct check_subject *s;
	const struct link *wires[WIRES]; /* NULL: not known which */
	const struct hooks *all;
	const struct hook *only; /* NULL: of all of them */
	const struct pass *passes;
	size_t npasses;
	bool inside; /* where nothing is translated any more */
	bool rest;
	struct hook_want want; /* all that is asked together */
	uint8_t proto;
	uint16_t port, inner;
};

/* State of a packet at a hook. */
struct standing {
	const struct question *q;
	const struct pass *pass;
	const struct hook *hook;
	enum traveller who;
	bool stranger;	   /* its client is somebody on the Internet */
	struct mark *mark; /* that it has by now */
};

static void
add_wire(struct sample *to, const struct link *l, unsigned name, unsigned index)
{
	if (l == NULL)
		return;
	sample_add_name(to, name, l->name);
	sample_add(
	    to, FACT_META, index * OPERAND_MAX, &l->index, sizeof(l->index));
}

/* Whether the packet is past that place and priority; hooks of one priority
 * have no defined order. */
static bool
is_behind(const struct standing *at, enum hook_place place, int priority)
{
	return at->hook->place > place ||
	       (at->hook->place == place && at->hook->priority > priority);
}

static bool
is_before(const struct standing *at, enum hook_place place, int priority)
{
	return at->hook->place < place ||
	       (at->hook->place == place && at->hook->priority < priority);
}

/* Source ports of clients are unknown, but high. */
#define CLIENT_PORT 50000

/* Replies get the public address when they leave, requests the inner one when
 * they arrive. */
static void
add_translated(struct sample *to, const struct standing *at)
{
	const struct model_forward *f = at->q->s->forward;
	bool request = at->who == REQUEST;
	enum hook_place place = request ? HOOK_PREROUTING : HOOK_POSTROUTING;
	int priority = request ? NF_IP6_PRI_NAT_DST : NF_IP6_PRI_NAT_SRC;
	bool before = is_before(at, place, priority);
	bool behind = is_behind(at, place, priority);
	bool inner = at->q->inside || (request ? behind : before);
	bool outer = !at->q->inside && (request ? before : behind);
	void (*add)(struct sample *, const struct prefix *) =
	    request ? sample_add_to : sample_add_from;
	unsigned port = request ? 2 : 0;
	const uint16_t client = htobe16(CLIENT_PORT);
	const uint16_t number = htobe16(inner ? at->q->inner : at->q->port);

	if (at->stranger)
		(request ? sample_add_from : sample_add_to)(
		    to, &addr_worlds[f->family]);
	if (inner)
		add(to, &f->target);
	else if (outer && f->non == 1)
		add(to, &f->on[0]);
	if (at->q->rest)
		return;
	sample_add(to, FACT_TRANSPORT, 2 - port, &client, sizeof(client));
	if (inner || outer || at->q->inner == at->q->port)
		sample_add(to, FACT_TRANSPORT, port, &number, sizeof(number));
}

/* Conntrack state (NF_CT_STATE_BIT and the like); neighbour discovery is not
 * tracked (nf_conntrack_icmpv6.c). Unknown before conntrack. */
static void
add_state(struct sample *to, const struct standing *at)
{
	enum hook_place place =
	    at->pass->in == NOWHERE ? HOOK_OUTPUT : HOOK_PREROUTING;
	const uint32_t state = at->who == REQUEST ? 1 << (IP_CT_NEW + 1)
			       : at->who == ANSWER
				   ? 1 << (IP_CT_ESTABLISHED + 1)
				   : 1 << 6;
	const uint8_t direction = at->who == ANSWER;

	if (at->hook->place < HOOK_PREROUTING ||
	    at->hook->place > HOOK_POSTROUTING ||
	    !is_behind(at, place, NF_IP6_PRI_CONNTRACK))
		return;
	sample_add(
	    to, FACT_CT, NFT_CT_STATE * OPERAND_MAX, &state, sizeof(state));
	if ((at->who & NEIGHBOURS) != 0 || at->q->inside)
		return;
	sample_add(to, FACT_CT, NFT_CT_DIRECTION * OPERAND_MAX, &direction, 1);
	if (at->who == ANSWER ||
	    is_behind(at, HOOK_PREROUTING, NF_IP6_PRI_NAT_DST))
		sample_add_bits(to, FACT_CT, NFT_CT_STATUS * OPERAND_MAX,
		    IPS_DST_NAT, IPS_DST_NAT);
}

/* Our own chain is one before that of others (core/plan/ruleset_build.c). */
static bool
is_first_to_translate(const struct standing *at)
{
	return at->who == REQUEST && !at->q->inside &&
	       is_before(at, HOOK_PREROUTING, NF_IP6_PRI_NAT_DST - 1);
}

static void
describe(struct sample *to, const struct standing *at)
{
	const uint8_t type =
	    at->who == SEARCH ? ND_NEIGHBOR_SOLICIT : ND_NEIGHBOR_ADVERT;
	const uint8_t flags = at->who == ANSWER ? TH_SYN | TH_ACK : TH_SYN;
	bool neighbours = (at->who & NEIGHBOURS) != 0;
	const uint8_t proto = neighbours ? IPPROTO_ICMPV6 : at->q->proto;

	memset(to, 0, sizeof(*to));
	to->mark = *at->mark;
	if (neighbours || !at->q->rest)
		sample_add_proto(to, at->q->s->forward->family, proto);
	add_wire(
	    to, at->q->wires[at->pass->in], NFT_META_IIFNAME, NFT_META_IIF);
	add_wire(
	    to, at->q->wires[at->pass->out], NFT_META_OIFNAME, NFT_META_OIF);
	add_state(to, at);
	if (neighbours)
		sample_add(to, FACT_TRANSPORT, 0, &type, 1);
	else
		add_translated(to, at);
	if (at->hook->place == HOOK_FORWARD)
		sample_add_to_here(to, false);
	else if (is_first_to_translate(at))
		sample_add_to_here(to, true);
	if (proto == IPPROTO_TCP && !at->q->rest)
		sample_add(to, FACT_TRANSPORT, 13, &flags, 1);
}

static const struct {
	enum check_verdict verdict;
	const char *words;
} meetings[] = {
	[MAY_BE_DROPPED] = { CHECK_DEGRADED,
	    N_("%s drops what it has no rule for: %s") },
	[TRANSLATED] = { CHECK_DEGRADED,
	    N_("%s translates its packets before seki does, and sends them "
	       "where it wants: %s") },
	[NEIGHBOUR_DROPPED] = { CHECK_DEGRADED,
	    N_("%s drops neighbour discovery, so MACs are not found: %s") },
	[ANSWER_DROPPED] = { CHECK_BROKEN,
	    N_("%s drops the answers of its container: %s") },
	[UNTRACKED] = { CHECK_BROKEN,
	    N_("%s takes its packets out of connection tracking (notrack), "
	       "so that nothing translates them: %s") },
	[REQUEST_DROPPED] = { CHECK_BROKEN, N_("%s drops its packets: %s") },
};

static enum meeting
meet(const struct standing *at, struct course *course)
{
	struct sample sample;

	describe(&sample, at);
	*course =
	    hook_run(at->q->all, at->hook, at->q->s->forward->family, &sample);
	if ((at->who & NEIGHBOURS) != 0)
		return course->dropped && !course->doubt ? NEIGHBOUR_DROPPED
							 : MEETS_NOTHING;
	if (course->dropped && course->doubt)
		return MAY_BE_DROPPED;
	if (course->dropped)
		return at->who == REQUEST ? REQUEST_DROPPED : ANSWER_DROPPED;
	/* notrack does not affect a tracked packet (nft_notrack_eval). */
	if (course->untracked &&
	    is_before(at, HOOK_PREROUTING, NF_IP6_PRI_CONNTRACK))
		return UNTRACKED;
	if (course->translated && is_first_to_translate(at))
		return TRANSLATED;
	return MEETS_NOTHING;
}

/* Who is not known may be let through where nobody else is: by a rule that
 * drops all clients but some. */
static enum meeting
meet_somebody(struct standing *at, struct course *course)
{
	enum meeting m = meet(at, course);
	struct course other;

	if (m != MEETS_NOTHING || !course->open || at->who > ANSWER)
		return m;
	at->stranger = true;
	m = meet(at, &other);
	at->stranger = false;
	if (m < ANSWER_DROPPED)
		return MEETS_NOTHING;
	*course = other;
	return MAY_BE_DROPPED;
}

static bool
is_bound(const struct standing *at)
{
	enum wire wire = at->pass->in != NOWHERE ? at->pass->in : at->pass->out;
	const struct link *l = at->q->wires[wire];

	return hook_is_on(at->hook, l != NULL ? l->name : NULL);
}

static void
ask(struct standing *at, struct obstacle *worst)
{
	const struct hooks *all = at->q->all;
	enum family family = at->q->s->forward->family;
	struct course course;
	enum meeting m;

	if (at->hook->place != at->pass->place ||
	    (at->hook->harmless && !at->hook->nat && !at->hook->marks) ||
	    !hook_sees(all, at->hook, family) || !is_bound(at) ||
	    (family == FAMILY_IPV4 && (at->who & NEIGHBOURS) != 0) ||
	    (at->pass->who & at->who) == 0 ||
	    (at->hook->nat && at->who != REQUEST))
		return;
	m = meet_somebody(at, &course);
	*at->mark = course.mark;
	if (m > worst->meeting)
		*worst = (struct obstacle){ .meeting = m,
			.hook = at->hook,
			.at = course.at,
			.want = at->q->want };
}

static struct obstacle
ask_all(const struct question *q)
{
	static const enum traveller travellers[] = { REQUEST, ANSWER, SEARCH,
		FOUND };
	const bool one = q->only != NULL;
	const struct hook *first = one ? q->only : q->all->v;
	const struct hook *end =
	    one ? q->only + 1 : END_OF(q->all->v, q->all->n);
	struct standing at = { .q = q };
	struct mark marks[NITEMS(travellers)] = { 0 };
	struct obstacle worst = { 0 };
	size_t i, k;

	/* What other hooks did before that one is not known. */
	for (k = 0; q->only == NULL && k < NITEMS(travellers); k++)
		marks[k] = mark_none;
	for (i = 0; i < q->npasses; i++) {
		at.pass = &q->passes[i];
		for (at.hook = first; at.hook < end; at.hook++) {
			for (k = 0; k < NITEMS(travellers); k++) {
				at.who = travellers[k];
				at.mark = &marks[k];
				ask(&at, &worst);
			}
		}
	}
	return worst;
}

/* The worst result for the ports of a forward, and whether all share it. */
struct opinion {
	struct obstacle worst;
	enum check_verdict best;
	unsigned asked;
};

static void
ask_port(struct question *q, unsigned port, struct opinion *o)
{
	struct obstacle w;

	q->port = (uint16_t)port;
	q->inner = (uint16_t)check_port_inside(q->s->forward, port);
	w = ask_all(q);
	if (o->asked++ == 0 || meetings[w.meeting].verdict < o->best)
		o->best = meetings[w.meeting].verdict;
	if (w.meeting > o->worst.meeting)
		o->worst = w;
}

/* The ends of a range stand for all of it. */
static void
ask_ports(struct question *q, uint8_t proto, struct opinion *o)
{
	const struct ports *p = &q->s->forward->st->v[FORWARD_PORTS].ports;
	size_t i;

	q->proto = proto;
	q->want.protocol = proto == IPPROTO_TCP ? "tcp" : "udp";
	for (i = 0; i < p->n; i++) {
		q->want.lo = check_port_inside(q->s->forward, p->v[i].lo);
		q->want.hi = check_port_inside(q->s->forward, p->v[i].hi);
		ask_port(q, p->v[i].lo, o);
		if (p->v[i].hi != p->v[i].lo)
			ask_port(q, p->v[i].hi, o);
	}
}

/* The worst for all of its ports. */
static struct obstacle
ask_forward(struct question *q)
{
	const struct model_forward *f = q->s->forward;
	struct opinion o = { 0 };

	q->rest = q->want.rest = statement_takes_rest(f->st);
	q->want.bridge = q->s->bridge != NULL ? q->s->bridge->name : NULL;
	if (q->rest)
		ask_port(q, 0, &o);
	if (check_has_proto(f, PROTO_TCP))
		ask_ports(q, IPPROTO_TCP, &o);
	if (check_has_proto(f, PROTO_UDP))
		ask_ports(q, IPPROTO_UDP, &o);
	o.worst.verdict = o.best == CHECK_BROKEN	     ? CHECK_BROKEN
			  : o.worst.meeting != MEETS_NOTHING ? CHECK_DEGRADED
							     : CHECK_OK;
	return o.worst;
}

static struct question
question_of(const struct check_subject *s)
{
	struct question q = { .s = s,
		.all = &s->host->hooks,
		.passes = passes,
		.npasses = NITEMS(passes),
		.wires = { [BRIDGE] = s->bridge, [PORT] = s->port } };

	if (s->model->nuplinks == 1)
		q.wires[UPLINK] = s->model->uplinks[0].link;
	return q;
}

struct obstacle
check_obstacle_at(const struct check_subject *s, const struct hook *only)
{
	struct question q = question_of(s);

	q.only = only;
	return ask_forward(&q);
}

struct obstacle
check_obstacle(const struct check_subject *s)
{
	return check_obstacle_at(s, NULL);
}

/* ---- marks */

static const uint8_t all_known[REGISTER_LEN] = { 0xff, 0xff, 0xff, 0xff };

static bool
are_marking(const struct hooks *all)
{
	const struct hook *h = all->v;

	while (h < END_OF(all->v, all->n) && !h->marks)
		h++;
	return h < END_OF(all->v, all->n);
}

/* Through what it meets before it is routed. */
static void
mark_by(struct standing *at)
{
	const struct hooks *all = at->q->all;
	struct obstacle ignored = { 0 };
	size_t i;

	for (i = 0; i < at->q->npasses; i++) {
		at->pass = &at->q->passes[i];
		for (at->hook = all->v; at->hook < END_OF(all->v, all->n);
		     at->hook++)
			if (at->pass->place <= HOOK_PREROUTING)
				ask(at, &ignored);
	}
}

bool
check_mark(const struct check_subject *s, bool answer, uint8_t proto,
    uint16_t port, uint32_t *to)
{
	struct question q = question_of(s);
	struct mark mark = mark_none;
	struct standing at = {
		.q = &q, .mark = &mark, .who = answer ? ANSWER : REQUEST
	};

	*to = 0;
	if (!are_marking(q.all))
		return true;
	q.rest = proto == 0;
	q.proto = proto;
	q.port = port;
	q.inner = (uint16_t)check_port_inside(s->forward, port);
	mark_by(&at);
	memcpy(to, mark.v, sizeof(*to));
	return memcmp(mark.known, all_known, sizeof(mark.known)) == 0;
}

/* One that translates may send packets anywhere. */
static bool
are_plain(const struct hooks *all, enum family f)
{
	const struct hook *h;

	for (h = all->v; h < END_OF(all->v, all->n); h++)
		if (h->translates[f])
			return false;
	return true;
}

struct obstacle
check_obstacle_inside(const struct check_subject *s)
{
	struct link inner = { 0 };
	struct question q = { .s = s,
		.passes = inner_passes,
		.npasses = NITEMS(inner_passes),
		.inside = true,
		.wires = { [INNER] = &inner } };

	if (!check_is_open(s))
		return (struct obstacle){ 0 };
	q.all = sockets_rules(&s->host->sockets, s->container->inode);
	if (q.all == NULL || q.all->n == 0 ||
	    !are_plain(q.all, s->forward->family))
		return (struct obstacle){ 0 };
	inner.index = s->container->inner;
	memcpy(inner.name, s->container->inner_name, sizeof(inner.name));
	return ask_forward(&q);
}

static bool
stopped_by_other(
    const struct check_subject *s, enum check_verdict verdict, struct buf *what)
{
	const struct obstacle *o = s->obstacle;
	struct buf name = { 0 }, cure = { 0 };

	if (o->verdict != verdict)
		return false;
	hook_name(&s->host->hooks, o->hook, &name);
	hook_cure(&s->host->hooks, o->hook, o->at, &o->want, &cure);
	buf_printf(what, _(meetings[o->meeting].words), buf_text(&name),
	    buf_text(&cure));
	buf_free(&name);
	buf_free(&cure);
	return true;
}

static void
cure_obstacle(const struct check_subject *s, struct buf *b)
{
	const struct obstacle *o = s->obstacle;

	if (o->hook->cure != NULL)
		hook_cure(&s->host->hooks, o->hook, o->at, &o->want, b);
}

/* Its container's command is to be run in there. */
static bool
stopped_inside(
    const struct check_subject *s, enum check_verdict verdict, struct buf *what)
{
	const struct obstacle *o = s->inside;
	const struct hooks *all;

	if (o->verdict != verdict)
		return false;
	all = sockets_rules(&s->host->sockets, s->container->inode);
	hook_name(all, o->hook, what);
	return true;
}

/* ---- errors of a small MTU */

static bool
errors_lost(const struct check_subject *s, struct buf *what)
{
	if (s->too_big == NULL)
		return false;
	too_big_tell(&s->host->hooks, s->too_big, s->forward->family, what);
	return true;
}

static void
cure_errors(const struct check_subject *s, struct buf *b)
{
	too_big_cure(&s->host->hooks, s->too_big, s->forward->family, b);
}

/* The first hook inside that drops them; NULL. */
static const struct hook *
find_inside(const struct check_subject *s, const struct hooks *all)
{
	enum family f = s->forward->family;
	const struct hook *h;

	for (h = all->v; h < END_OF(all->v, all->n); h++)
		if (!h->all[f] && too_big_is_dropped_inside(
				      all, h, f, s->container->inner_name))
			return h;
	return NULL;
}

static bool
errors_lost_inside(const struct check_subject *s, struct buf *what)
{
	const struct hooks *all =
	    check_is_open(s)
		? sockets_rules(&s->host->sockets, s->container->inode)
		: NULL;
	const struct hook *h = all != NULL ? find_inside(s, all) : NULL;

	if (h == NULL)
		return false;
	too_big_tell(all, h, s->forward->family, what);
	return true;
}

static void
cure_errors_inside(const struct check_subject *s, struct buf *b)
{
	const struct hooks *all =
	    sockets_rules(&s->host->sockets, s->container->inode);
	struct buf command = { 0 };

	too_big_cure(all, find_inside(s, all), s->forward->family, &command);
	container_enter(s->container, buf_text(&command), b);
	buf_free(&command);
}

static const struct check rows[] = {
	{ "other-table", LIGHT_OTHERS, CHECK_BROKEN, NULL, "%s", false,
	    cure_obstacle, stopped_by_other },
	{ "other-rules", LIGHT_OTHERS, CHECK_DEGRADED, NULL, "%s", false,
	    cure_obstacle, stopped_by_other },
	{ "too-big", LIGHT_OTHERS, CHECK_DEGRADED, errors_lost, "%s", false,
	    cure_errors, NULL },
	{ "inside", LIGHT_LISTENS, CHECK_BROKEN, NULL,
	    N_("rules inside its container drop its packets: %s"), false, NULL,
	    stopped_inside },
	{ "inside-rules", LIGHT_LISTENS, CHECK_DEGRADED, NULL,
	    N_("rules inside its container may drop its packets: %s"), false,
	    NULL, stopped_inside },
	{ "too-big-inside", LIGHT_LISTENS, CHECK_DEGRADED, errors_lost_inside,
	    N_("inside its container: %s"), false, cure_errors_inside, NULL },
};
const struct check_group check_hooks = { rows, NITEMS(rows) };
