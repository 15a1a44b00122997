/* Reasons in our own rules. */
#include "config.h"

#include "core/state/check_parts.h"

#include <netinet/in.h>

#include "core/base/intl.h"
#include "core/plan/judge.h"

/* Policies of ours */

struct asking {
	const struct check_subject *s;
	struct packet packet;
	bool open;
};

static void
ask_from(void *arg, const struct prefix *from)
{
	struct asking *a = arg;
	struct packet p = a->packet;

	p.from = *from;
	a->open = a->open || judge(a->s->model, &p, NULL) == VERDICT_ALLOW;
}

/* Whether anybody gets through by the forward. */
static bool
asks(const struct check_subject *s, enum packet_proto proto, uint16_t port)
{
	const struct prefix anybody = {
		.family = family_numbers[s->forward->family]
	};
	struct asking a = { .s = s,
		.packet = { .chain = CHAIN_INPUT,
		    .proto = proto,
		    .from = anybody,
		    .to = s->forward->on[0],
		    .port = port,
		    .doubt_passes = true } };

	if (s->model->nuplinks > 0)
		a.packet.in = s->model->uplinks[0].link->name;
	judge_hand_over(s->model, s->forward, &a.packet);
	ask_from(&a, &anybody);
	judge_sources(s->model, &a.packet, ask_from, &a);
	return a.open;
}

/* Of the rest, only what a policy allows before another one denies all. */
static bool
is_let_through(const struct check_subject *s, const struct model_policy *p)
{
	const struct value *v = p->st->v;
	uint16_t port = v[POLICY_PORTS].set ? v[POLICY_PORTS].ports.v[0].lo : 1;

	return p->st->kind == ST_ALLOW &&
	       v[POLICY_CHAIN].choice == CHAIN_FORWARD &&
	       (asks(s, PACKET_TCP, port) || asks(s, PACKET_UDP, port));
}

static bool
rest_shut(const struct check_subject *s)
{
	const struct model *m = s->model;
	size_t i;

	if (asks(s, PACKET_OTHER, 0))
		return false;
	for (i = 0; i < m->npolicies; i++)
		if (is_let_through(s, &m->policies[i]))
			return false;
	return true;
}

/* Judges the first port of each range. */
static bool
shut(const struct check_subject *s, struct buf *what UNUSED)
{
	const struct ports *p = &s->forward->st->v[FORWARD_PORTS].ports;
	size_t i;

	if (statement_takes_rest(s->forward->st))
		return s->forward->non > 0 && rest_shut(s);
	for (i = 0; s->forward->non > 0 && i < p->n; i++)
		if ((check_has_proto(s->forward, PROTO_TCP) &&
			asks(s, PACKET_TCP, p->v[i].lo)) ||
		    (check_has_proto(s->forward, PROTO_UDP) &&
			asks(s, PACKET_UDP, p->v[i].lo)))
			return false;
	return s->forward->non > 0 && p->n > 0;
}

static const struct check rows[] = {
	{ "policy", LIGHT_ACCEPT, CHECK_BROKEN, shut,
	    N_("a policy of the forward chain shuts it for everybody"), false,
	    NULL, NULL },
};
const struct check_group check_rules = { rows, NITEMS(rows) };
