/* Live connections after a change of rules. */
#include "config.h"

#include "core/state/lingering.h"

#include <netinet/in.h>
#include <unistd.h>

#include "core/base/intl.h"
#include "core/kernel/flow.h"
#include "core/kernel/net_flow.h"
#include "core/kernel/ssh.h"
#include "core/state/ending.h"
#include "core/state/history.h"
#include "core/state/orphan.h"
#include "core/state/orphan_note.h"

#define NAMED_MAX 5

struct settling {
	struct host *host;
	const struct lingering_wish *wish;
	struct ssh ssh[SSH_SESSIONS_MAX];
	size_t nssh;
	struct orphan_notes before, now; /* of what goes on */
	struct lingering count;
};

static bool
delete_flow(struct net *net, const struct flow *f)
{
	struct err ignored;
	bool gone = false;

	net_flow_delete(net, f, &gone, &ignored);
	return gone;
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
name_flow(struct lingering *l, const struct flow *f)
{
	if (l->direct++ < NAMED_MAX)
		print_flow(f, &l->named);
}

/* Whether it is a session that this process runs in. */
static bool
is_session(const struct settling *s, const struct flow *f)
{
	size_t i = 0;

	while (i < s->nssh &&
	       !(f->proto == IPPROTO_TCP &&
		   addr_equal(&s->ssh[i].client, &f->original.src) &&
		   s->ssh[i].client_port == f->original.sport))
		i++;
	return i < s->nssh;
}

/* Whether it was to be ended, and is. */
static bool
end_orphan(struct settling *s, const struct orphan *o)
{
	struct ending ending;
	struct err ignored;

	if (o->fate != FATE_STAYS)
		return delete_flow(s->host->net, &o->flow);
	if (!s->wish->all || !o->fresh || is_session(s, &o->flow))
		return false;
	return ending_carry_out(s->host, &o->flow, &ending, &ignored) == 0 &&
	       (ending.closed || ending.forgotten);
}

/* Of what was left by an earlier commit its number stays; what other tables
 * have translated was left by none. */
static void
note_orphan(struct settling *s, const struct orphan *o)
{
	const struct orphan_note *old =
	    orphan_notes_find(&s->before, o->flow.id);
	struct orphan_note note = { .id = o->flow.id, .beside = o->beside };

	if (old != NULL)
		note.number = old->number;
	else if (o->fresh)
		note.number = s->wish->number != 0 ? s->wish->number
						   : history_newest(s->host);
	if (note.number != 0)
		orphan_notes_add(&s->now, &note);
}

static void
leave(struct settling *s, const struct orphan *o)
{
	note_orphan(s, o);
	if (!o->beside)
		s->count.left++;
	else if (o->fresh)
		name_flow(&s->count, &o->flow);
}

static void
settle_one(struct settling *s, const struct orphan *o)
{
	unsigned *const ended[FATE_COUNT] = {
		[FATE_STAYS] = &s->count.closed,
		[FATE_ENDS] = &s->count.ended,
		[FATE_LOST] = &s->count.lost,
	};

	if (end_orphan(s, o))
		++*ended[o->fate];
	else if (o->fate != FATE_LOST)
		leave(s, o);
}

struct lingering
lingering_settle(struct host *h, const struct config *before,
    const struct config *now, const struct lingering_wish *wish)
{
	struct settling s = { .host = h, .wish = wish };
	struct orphans orphans;
	struct err ignored;
	size_t i;

	if (wish->all)
		s.nssh = ssh_find(getpid(), s.ssh);
	orphan_notes_read(&s.before, h->run_path);
	orphans_find(h, before, now, &orphans);
	for (i = 0; i < orphans.n; i++)
		settle_one(&s, &orphans.v[i]);
	orphan_notes_write(&s.now, h->run_path, &ignored);
	orphans_free(&orphans);
	orphan_notes_free(&s.before);
	orphan_notes_free(&s.now);
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
	    _("  seki show connections tells which, seki end orphans ends "
	      "them\n"));
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
	if (l->closed > 0)
		buf_printf(notes,
		    ngettext("note: %u connection was ended that these rules "
			     "would not let through\n",
			"note: %u connections were ended that these rules "
			"would not let through\n",
			l->closed),
		    l->closed);
	if (l->left > 0)
		tell_left(l->left, notes);
	if (l->direct > 0)
		tell_direct(l, notes);
}
