/* Live flows that go on although rules would not repeat it. */
#include "config.h"

#include "core/state/orphan.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/util.h"
#include "core/kernel/listener.h"
#include "core/kernel/net_flow.h"
#include "core/kernel/net_sock.h"
#include "core/plan/model_family.h"
#include "core/reach/stale.h"
#include "core/state/history.h"

/* A config, which is resolved for the first connection. */
struct side {
	const struct config *config;
	const struct snapshot *snapshot;
	struct model model;
	struct stale stale;
	bool tried, known;
};

struct search {
	struct net *net;
	uint8_t family; /* whose connections are looked at; AF_UNSPEC: both */
	struct side before, now;
	struct listeners waiting; /* programs of this host */
	bool asked, knows_waiting;
};

/* Whether it could be resolved. */
static bool
is_known(struct side *side)
{
	struct err ignored;

	if (side->tried)
		return side->known;
	side->tried = true;
	side->known = model_build_lenient(&side->model, side->config,
			  side->snapshot, &ignored) == 0;
	if (side->known)
		stale_begin(&side->stale, &side->model, side->snapshot);
	return side->known;
}

static void
side_end(struct side *side)
{
	stale_end(&side->stale);
	model_free(&side->model);
}

static bool
was_translated(struct search *s, const struct flow *f)
{
	return is_known(&s->before) && stale_translates(&s->before.stale, f);
}

/* Whether these rules are about it. */
static bool
is_ours(struct search *s, const struct flow *f)
{
	return model_is_about(&s->now.model, addr_family(&f->original.src));
}

static const struct stale_reason *
reason_of(const struct side *side, const struct flow *f)
{
	return f->translated ? stale_judge(&side->stale, f)
			     : stale_judge_direct(&side->stale, f);
}

/* Whether the rules of before would have let it through as it goes. */
static bool
is_fresh(struct search *s, const struct flow *f)
{
	if (!is_known(&s->before))
		return true;
	return reason_of(&s->before, f) == NULL &&
	       (!f->translated || stale_translates(&s->before.stale, f));
}

/* Whether a program of this host waits for it; true if nobody can tell. */
static bool
is_awaited(struct search *s, const struct flow *f)
{
	struct err ignored;

	if (!s->asked)
		s->knows_waiting =
		    net_listeners(s->net, NULL, &s->waiting, &ignored) == 0 &&
		    !s->waiting.cut;
	s->asked = true;
	return !s->knows_waiting ||
	       listeners_find(&s->waiting, f->proto, f->original.dport) != NULL;
}

/* A question that this host leaves without an answer, as of a scan: what is
 * refused now was nobody's before. */
static bool
is_idle(struct search *s, const struct flow *f)
{
	return !f->replied &&
	       snapshot_own(s->now.snapshot, &f->original.dst) != NULL &&
	       !is_awaited(s, f);
}

/* The address to which it was routed is no container's any more: routes tell
 * nothing, for the snapshot may be older than the commit. */
static bool
is_homeless(struct search *s, const struct flow *f)
{
	struct stale_ruling ignored;

	return !f->translated && is_known(&s->before) &&
	       stale_reaches(&s->before.stale, f, &ignored) &&
	       !stale_reaches(&s->now.stale, f, &ignored);
}

/* What is translated may be the work of another table. */
static bool
judge_translated(struct search *s, const struct flow *f, struct orphan *o)
{
	bool ours = is_ours(s, f), was = was_translated(s, f);

	if (!ours && !was)
		return false;
	o->why =
	    ours ? stale_judge(&s->now.stale, f) : &stale_reasons[STALE_GONE];
	if (o->why == NULL)
		return false;
	o->fate = was && flow_is_endless(f) ? FATE_ENDS : FATE_STAYS;
	o->fresh = !ours || is_fresh(s, f);
	o->beside = !ours;
	return true;
}

/* Unanswered connections, as from scans, soon expire; what a forward would
 * take goes on to this host as long as packets come. */
static bool
judge_direct(struct search *s, const struct flow *f, struct orphan *o)
{
	struct stale_ruling ignored;

	if (is_homeless(s, f)) {
		o->why = &stale_reasons[STALE_GONE];
		o->fate = FATE_LOST;
		o->fresh = true;
		return true;
	}
	o->why = stale_judge_direct(&s->now.stale, f);
	if (o->why == NULL)
		return false;
	o->fresh = is_fresh(s, f);
	o->beside = !stale_reaches(&s->now.stale, f, &ignored);
	if (!flow_is_endless(f))
		return f->assured;
	o->fate = FATE_ENDS;
	return o->why == &stale_reasons[STALE_TAKEN] || !is_idle(s, f);
}

/* As its peer sends. */
static struct flow
turned(const struct flow *f)
{
	struct flow back = *f;

	back.original = f->reply;
	back.reply = f->original;
	return back;
}

/* What this host began goes on from the port of a forward, and its peer's
 * packets are answers that no forward takes: of a tunnel, say, that is a
 * container's now. A client's socket takes them rightly. */
static bool
judge_begun(struct search *s, const struct flow *f, struct orphan *o)
{
	const struct flow back = turned(f);

	if (f->proto != IPPROTO_UDP || f->related ||
	    !addr_equal(&f->original.src, &f->reply.dst) ||
	    snapshot_own(s->now.snapshot, &f->original.src) == NULL ||
	    !stale_takes(&s->now.stale, &back) ||
	    net_peer_has_socket(&f->reply))
		return false;
	o->why = &stale_reasons[STALE_TAKEN];
	o->fate = FATE_ENDS;
	o->fresh =
	    !is_known(&s->before) || !stale_takes(&s->before.stale, &back);
	o->beside = true;
	return true;
}

/* Others masquerade as well: only what these rules did is known to be ours. */
static bool
judge_source(struct search *s, const struct flow *f, struct orphan *o)
{
	if (f->related || stale_leaves(&s->now.stale, f) ||
	    !is_known(&s->before) || !stale_leaves(&s->before.stale, f))
		return false;
	o->why = &stale_reasons[STALE_SOURCE];
	o->fate = flow_is_endless(f) ? FATE_ENDS : FATE_STAYS;
	o->fresh = true;
	o->beside = true;
	return o->fate == FATE_ENDS || f->assured;
}

static bool
judge_flow(struct search *s, const struct flow *f, struct orphan *o)
{
	*o = (struct orphan){ .flow = *f };
	if (f->over || !is_known(&s->now))
		return false;
	if (f->translated)
		return judge_translated(s, f, o);
	return is_ours(s, f) &&
	       (judge_direct(s, f, o) || judge_begun(s, f, o) ||
		   judge_source(s, f, o));
}

static bool
is_orphan(void *arg, const struct flow *f)
{
	struct orphan ignored;

	return judge_flow(arg, f, &ignored);
}

/* All in one dump: the kernel looks through its whole table for each. */
static void
search(struct search *s, struct orphans *to)
{
	struct flow_list flows;
	struct err ignored;
	size_t i;

	if (net_flows_chosen(
		s->net, s->family, is_orphan, s, &flows, &ignored) != 0)
		return;
	to->v = xcalloc(flows.n + 1, sizeof(*to->v));
	for (i = 0; i < flows.n; i++)
		to->n += judge_flow(s, &flows.v[i], &to->v[to->n]);
	flow_list_free(&flows);
}

/* What is of IPv4 is nobody's business without a config that is about it. */
static uint8_t
family_of(const struct config *before, const struct config *now)
{
	return config_option(before, OPTION_IPV4) == OPTION_ON ||
		       config_option(now, OPTION_IPV4) == OPTION_ON
		   ? AF_UNSPEC
		   : AF_INET6;
}

void
orphans_find(const struct host *h, const struct config *before,
    const struct config *now, struct orphans *to)
{
	struct search s = { .net = h->net,
		.family = family_of(before, now),
		.before = { .config = before, .snapshot = &h->snapshot },
		.now = { .config = now, .snapshot = &h->snapshot } };

	memset(to, 0, sizeof(*to));
	search(&s, to);
	listeners_free(&s.waiting);
	side_end(&s.before);
	side_end(&s.now);
}

void
orphans_free(struct orphans *o)
{
	free(o->v);
	memset(o, 0, sizeof(*o));
}

/* Before a commit */

static int
compare(const void *a, const void *b)
{
	const struct flow *x = &((const struct orphan *)a)->flow;
	const struct flow *y = &((const struct orphan *)b)->flow;
	int d = x->original.dport - y->original.dport;

	if (d == 0)
		d = x->proto - y->proto;
	if (d == 0)
		d = prefix_compare(&x->original.src, &y->original.src);
	return d != 0 ? d : x->original.sport - y->original.sport;
}

void
orphans_expect(const struct host *h, struct orphans *to)
{
	struct config before = { 0 };
	size_t n = 0, i;

	memset(to, 0, sizeof(*to));
	if (history_committed(h, &before) == 0)
		orphans_find(h, &before, &h->candidate, to);
	config_free(&before);
	for (i = 0; i < to->n; i++)
		if (to->v[i].fresh || to->v[i].fate != FATE_STAYS)
			to->v[n++] = to->v[i];
	to->n = n;
	if (n > 0)
		qsort(to->v, n, sizeof(*to->v), compare);
}
