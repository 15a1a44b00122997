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

static bool
asks(const struct check_subject *s, enum packet_proto proto,
    const struct range *r)
{
	static const struct prefix anybody = { .family = AF_INET6 };
	struct asking a = { .s = s,
		.packet = { .chain = CHAIN_INPUT,
		    .proto = proto,
		    .from = anybody,
		    .to = s->forward->on[0],
		    .port = r->lo,
		    .doubt_passes = true } };

	if (s->model->nuplinks > 0)
		a.packet.in = s->model->uplinks[0].link->name;
	if (!judge_translate(s->model, &a.packet))
		return true;
	ask_from(&a, &anybody);
	judge_sources(s->model, &a.packet, ask_from, &a);
	return a.open;
}

/* Judges the first and last port of each range. */
static bool
shut(const struct check_subject *s, struct buf *what UNUSED)
{
	const struct ports *p = &s->forward->st->v[FORWARD_PORTS].ports;
	size_t i;

	for (i = 0; s->forward->non > 0 && i < p->n; i++)
		if ((check_has_proto(s->forward, PROTO_TCP) &&
			asks(s, PACKET_TCP, &p->v[i])) ||
		    (check_has_proto(s->forward, PROTO_UDP) &&
			asks(s, PACKET_UDP, &p->v[i])))
			return false;
	return s->forward->non > 0 && p->n > 0;
}

static const struct check rows[] = {
	{ "policy", CHECK_BROKEN, shut,
	    N_("a policy of the forward chain shuts it for everybody") },
};
const struct check_group check_rules = { rows, NITEMS(rows) };
