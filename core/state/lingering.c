/* Live connections after a change of rules. */
#include "config.h"

#include "core/state/lingering.h"

#include <netinet/in.h>

#include "core/base/intl.h"
#include "core/kernel/flow.h"
#include "core/kernel/listener.h"
#include "core/kernel/net_flow.h"
#include "core/kernel/net_sock.h"
#include "core/plan/model_family.h"
#include "core/reach/stale.h"

#define NAMED_MAX 5

/* A config, which is resolved for the first connection. */
struct side {
	const struct config *config;
	const struct snapshot *snapshot;
	struct model model;
	struct stale stale;
	bool tried, known;
};

struct settling {
	struct net *net;
	uint8_t family; /* whose connections are looked at; AF_UNSPEC: both */
	struct side before, now;
	struct listeners waiting; /* programs of this host */
	bool asked, knows_waiting;
	struct lingering count;
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
delete_flow(struct net *net, const struct flow *f)
{
	struct err ignored;
	bool gone = false;

	net_flow_delete(net, f, &gone, &ignored);
	return gone;
}

static bool
end_flow(struct settling *s, const struct flow *f)
{
	bool gone = delete_flow(s->net, f);

	s->count.ended += gone;
	return gone;
}

static bool
was_translated(struct settling *s, const struct flow *f)
{
	return is_known(&s->before) && stale_translates(&s->before.stale, f);
}

/* Whether these rules are about it. */
static bool
is_ours(struct settling *s, const struct flow *f)
{
	return model_is_about(&s->now.model, addr_family(&f->original.src));
}

/* Whether no end tells its peers of it, so that it goes on for ever. */
static bool
is_endless(const struct flow *f)
{
	return f->proto != IPPROTO_TCP && f->proto != IPPROTO_SCTP &&
	       f->proto != IPPROTO_DCCP;
}

static void
print_flow(const struct flow *f, struct buf *b)
{
	char proto[FLOW_PROTO_MAX];

	buf_printf(b, "  %s ", flow_proto(f, proto));
	flow_end_print(f, &f->original.src, f->original.sport, b);
	buf_add(b, " > ");
	flow_end_print(f, &f->original.dst, f->original.dport, b);
	buf_add(b, "\n");
}

static void
name_flow(struct settling *s, const struct flow *f)
{
	if (s->count.direct++ < NAMED_MAX)
		print_flow(f, &s->count.named);
}

/* The address to which it was routed is no container's any more: routes tell
 * nothing, for the snapshot may be older than the commit. */
static bool
is_homeless(struct settling *s, const struct flow *f)
{
	struct stale_ruling ignored;

	return !f->translated && is_known(&s->before) &&
	       stale_reaches(&s->before.stale, f, &ignored) &&
	       !stale_reaches(&s->now.stale, f, &ignored);
}

/* What the config is about no more is not among the connections that are shown
 * later. */
static void
settle_translated(struct settling *s, const struct flow *f)
{
	if (is_endless(f) && was_translated(s, f) && end_flow(s, f))
		return;
	if (is_ours(s, f))
		s->count.left++;
	else
		name_flow(s, f);
}

/* Whether a program of this host waits for it; true if nobody can tell. */
static bool
is_awaited(struct settling *s, const struct flow *f)
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

/* If conntrack saw a flow before its forward existed, all its packets go on to
 * this host. */
static bool
is_passed_by(struct settling *s, const struct flow *f)
{
	return is_endless(f) && stale_claims(&s->now.stale, f) &&
	       !is_awaited(s, f);
}

/* Reports what these rules forbid and the former ones did not; unanswered
 * connections, as from scans, soon expire. */
static bool
is_told(struct settling *s, const struct flow *f)
{
	return f->assured &&
	       (!is_known(&s->before) ||
		   stale_judge_direct(&s->before.stale, f) == NULL);
}

/* What reaches a public address is shown later. */
static void
settle_routed(struct settling *s, const struct flow *f)
{
	if ((!is_endless(f) || !end_flow(s, f)) && f->assured)
		s->count.left++;
}

static void
settle_direct(struct settling *s, const struct flow *f)
{
	struct stale_ruling ignored;

	if (is_homeless(s, f))
		s->count.lost += delete_flow(s->net, f);
	else if (stale_reaches(&s->now.stale, f, &ignored))
		settle_routed(s, f);
	else if ((!is_passed_by(s, f) || !end_flow(s, f)) && is_told(s, f))
		name_flow(s, f);
}

/* These rules would not let it through, or it leads to nobody. */
static bool
is_concerned(void *arg, const struct flow *f)
{
	struct settling *s = arg;

	if (f->over || !is_known(&s->now))
		return false;
	if (!is_ours(s, f))
		return f->translated && was_translated(s, f);
	return (f->translated ? stale_judge(&s->now.stale, f)
			      : stale_judge_direct(&s->now.stale, f)) != NULL ||
	       is_homeless(s, f);
}

/* All in one dump: the kernel looks through its whole table for each. */
static void
settle(struct settling *s)
{
	struct flow_list flows;
	const struct flow *f;
	struct err ignored;

	if (net_flows_chosen(
		s->net, s->family, is_concerned, s, &flows, &ignored) != 0)
		return;
	for (f = flows.v; f < END_OF(flows.v, flows.n); f++)
		if (f->translated)
			settle_translated(s, f);
		else
			settle_direct(s, f);
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

struct lingering
lingering_settle(
    struct host *h, const struct config *before, const struct config *now)
{
	struct settling s = { .net = h->net,
		.family = family_of(before, now),
		.before = { .config = before, .snapshot = &h->snapshot },
		.now = { .config = now, .snapshot = &h->snapshot } };

	settle(&s);
	listeners_free(&s.waiting);
	side_end(&s.before);
	side_end(&s.now);
	return s.count;
}

static bool
is_one_of(void *arg, const struct flow *f)
{
	const struct prefix *ends[] = { &f->original.src, &f->original.dst,
		&f->reply.src, &f->reply.dst };
	const struct prefixes *all = arg;
	size_t i, k;

	for (i = 0; i < all->n; i++)
		for (k = 0; k < NITEMS(ends); k++)
			if (addr_equal(ends[k], &all->v[i]))
				return true;
	return false;
}

unsigned
lingering_end(struct host *h, const struct prefixes *all)
{
	struct prefixes wanted = *all;
	struct flow_list flows;
	struct err ignored;
	unsigned ended = 0;
	size_t i;

	if (net_flows_chosen(
		h->net, AF_UNSPEC, is_one_of, &wanted, &flows, &ignored) != 0)
		return 0;
	for (i = 0; i < flows.n; i++)
		ended += delete_flow(h->net, &flows.v[i]);
	flow_list_free(&flows);
	return ended;
}

void
lingering_free(struct lingering *l)
{
	buf_free(&l->named);
}

static void
tell_left(unsigned left, struct buf *notes)
{
	buf_printf(notes,
	    ngettext("note: %u connection goes on that these rules would not "
		     "let through\n",
		"note: %u connections go on that these rules would not let "
		"through\n",
		left),
	    left);
	buf_add(notes,
	    _("  seki show connections tells which, seki end ends one\n"));
}

static void
tell_direct(const struct lingering *l, struct buf *notes)
{
	buf_printf(notes,
	    ngettext("note: %u connection beside the forwards goes on that "
		     "these rules would not let through:\n",
		"note: %u connections beside the forwards go on that these "
		"rules would not let through:\n",
		l->direct),
	    l->direct);
	buf_add(notes, buf_text(&l->named));
	if (l->direct > NAMED_MAX)
		buf_printf(notes, _("  and %u more\n"), l->direct - NAMED_MAX);
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
	if (l->lost > 0)
		buf_printf(notes,
		    ngettext("note: %u connection was ended, to a public "
			     "address that no container has any more\n",
			"note: %u connections were ended, to public addresses "
			"that no container has any more\n",
			l->lost),
		    l->lost);
	if (l->left > 0)
		tell_left(l->left, notes);
	if (l->direct > 0)
		tell_direct(l, notes);
}
