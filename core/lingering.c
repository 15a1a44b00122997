/* Live connections once the rules have changed under them. */
#include "config.h"

#include "core/lingering.h"

#include <netinet/in.h>

#include "core/flow.h"
#include "core/intl.h"
#include "core/listener.h"
#include "core/model.h"
#include "core/stale.h"

/* One config, resolved. */
struct side {
	struct model model;
	struct stale stale;
};

struct settling {
	struct net *net;
	struct side before, now;
	struct listeners waiting; /* programs of this host */
	struct lingering count;
};

static bool
side_begin(
    struct side *side, const struct config *c, const struct snapshot *s)
{
	struct err ignored;

	if (model_build_lenient(&side->model, c, s, &ignored) != 0)
		return false;
	stale_begin(&side->stale, &side->model, s);
	return true;
}

static void
side_end(struct side *side)
{
	stale_end(&side->stale);
	model_free(&side->model);
}

static bool
end_flow(struct settling *s, const struct flow *f)
{
	struct err ignored;
	bool gone = false;

	net_flow_delete(s->net, f, &gone, &ignored);
	s->count.ended += gone;
	return gone;
}

static void
settle_translated(struct settling *s)
{
	struct flow_list flows;
	const struct flow *f;
	struct err ignored;

	if (net_flows(s->net, &flows, &ignored) != 0)
		return;
	for (f = flows.v; f < END_OF(flows.v, flows.n); f++) {
		if (f->over || stale_judge(&s->now.stale, f) == NULL)
			continue;
		if (f->proto != IPPROTO_UDP ||
		    !stale_translates(&s->before.stale, f) || !end_flow(s, f))
			s->count.left++;
	}
	flow_list_free(&flows);
}

/* Where conntrack has seen a flow before its forward was there, every packet
 * of it goes on to this host. */
static bool
is_passed_by(void *arg, const struct flow *f)
{
	const struct settling *s = arg;

	return f->proto == IPPROTO_UDP && !f->translated &&
	       stale_claims(&s->now.stale, f) &&
	       listeners_find(&s->waiting, f->proto, f->original.dport) ==
		   NULL;
}

static bool
has_udp(const struct model *m)
{
	size_t i;

	for (i = 0; i < m->nforwards; i++)
		if (m->forwards[i].st->v[FORWARD_PROTO].choice != PROTO_TCP)
			return true;
	return false;
}

static void
settle_direct(struct settling *s)
{
	struct flow_list flows = { 0 };
	struct err ignored;
	size_t i;

	if (has_udp(&s->now.model) &&
	    net_listeners(s->net, NULL, &s->waiting, &ignored) == 0 &&
	    !s->waiting.cut &&
	    net_flows_direct(s->net, is_passed_by, s, &flows, &ignored) == 0)
		for (i = 0; i < flows.n; i++)
			end_flow(s, &flows.v[i]);
	flow_list_free(&flows);
	listeners_free(&s->waiting);
}

struct lingering
lingering_settle(
    struct host *h, const struct config *before, const struct config *now)
{
	struct settling s = { .net = h->net };

	side_begin(&s.before, before, &h->snapshot);
	if (side_begin(&s.now, now, &h->snapshot)) {
		settle_translated(&s);
		settle_direct(&s);
	}
	side_end(&s.before);
	side_end(&s.now);
	return s.count;
}

void
lingering_tell(const struct lingering *l, struct buf *notes)
{
	if (l->ended > 0)
		buf_printf(notes,
		    ngettext("note: %u flow of UDP was ended, so that its next "
			     "packet goes by these rules\n",
			"note: %u flows of UDP were ended, so that their next "
			"packets go by these rules\n",
			l->ended),
		    l->ended);
	if (l->left == 0)
		return;
	buf_printf(notes,
	    ngettext("note: %u connection goes on that these rules would not "
		     "let through\n",
		"note: %u connections go on that these rules would not let "
		"through\n",
		l->left),
	    l->left);
	buf_add(notes,
	    _("  seki show connections tells which, seki end ends one\n"));
}
