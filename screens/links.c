/* Screen 2: bridges, their ports and addresses. */
#include "config.h"

#include "screens/bridges.h"

#include "core/base/intl.h"
#include "core/lang/statement.h"
#include "core/lang/type_addr.h"
#include "core/show/list_bridge.h"
#include "core/show/listing.h"
#include "core/show/overlay.h"
#include "screens/link.h"
#include "screens/listedit.h"
#include "screens/listview.h"
#include "screens/traffic.h"
#include "screens/trail.h"

static void
start(const void *row, struct buf *b)
{
	const struct bridge_row *r = row;

	buf_add(b, "bridge");
	if (r == NULL)
		return;
	buf_add(b, " ");
	words_print(b, r->link->name, "");
	buf_add(b, " ula auto masquerade");
}

/* What the provider does with a prefix only packets from outside can tell. */
static void
add_ok(const struct bridge_row *r, struct buf *b)
{
	char text[ADDR_TEXT_MAX];

	if (r->st->v[BRIDGE_ULA].set)
		buf_printf(b, "ok   %s\n", _("it has its ULA"));
	else if (r->st->v[BRIDGE_IPV4].set)
		buf_printf(b, "ok   %s\n", _("it has its IPv4 address"));
	if (!r->st->v[BRIDGE_PREFIX].set)
		return;
	buf_printf(b, "ok   %s\n", _("it has its prefix"));
	buf_add(b, "note ");
	buf_printf(b,
	    _("whether %s is routed to this host shows only when something "
	      "comes from outside"),
	    prefix_text(&r->st->v[BRIDGE_PREFIX].prefix, text));
	buf_add(b, "\n");
}

static void
add_state(const struct bridge_row *r, struct buf *b)
{
	char text[ADDR_TEXT_MAX];

	if (r->unstated != NULL) {
		buf_add(b, "WARN ");
		buf_printf(b,
		    _("it has %s without a statement, so its containers cannot "
		      "have a ULA: n adds it"),
		    prefix_text(&r->unstated->prefix, text));
		buf_add(b, "\n");
	} else if (r->st == NULL ||
		   (!r->st->v[BRIDGE_ULA].set && !r->st->v[BRIDGE_PREFIX].set &&
		       !r->st->v[BRIDGE_IPV4].set))
		buf_printf(b, "WARN %s\n",
		    _("no ULA, so its containers cannot have one either: n "
		      "adds one"));
	else if (r->mark != MARK_NONE)
		buf_printf(b, "note %s\n",
		    _("in the candidate, not committed: c commits"));
	else if (r->st->v[BRIDGE_ULA].set && !r->ula_there)
		buf_printf(b, "FAIL %s\n",
		    _("it does not have its ULA: c, or seki apply, sets it"));
	else if (r->st->v[BRIDGE_IPV4].set && !r->ipv4_there)
		buf_printf(b, "FAIL %s\n",
		    _("it does not have its IPv4 address: c, or seki apply, "
		      "sets it while it is up"));
	else if (r->st->v[BRIDGE_PREFIX].set && !r->prefix_there)
		buf_printf(b, "FAIL %s\n",
		    _("it does not have its prefix: c, or seki apply, sets "
		      "it"));
	else
		add_ok(r, b);
}

static void
add_ports(const struct host *h, const struct bridge_row *r, struct buf *b)
{
	const struct snapshot *s = &h->snapshot;
	struct buf ports = { 0 };
	size_t i, k;

	for (i = 0; i < s->nlinks; i++) {
		if (s->links[i].master != r->link->index)
			continue;
		buf_printf(&ports, "%s%s", ports.len > 0 ? ", " : "",
		    s->links[i].name);
		for (k = 0; k < s->ncontainers; k++)
			if (s->containers[k].port == s->links[i].index)
				buf_printf(
				    &ports, " (%s)", s->containers[k].name);
	}
	if (ports.len > 0)
		buf_printf(b, _("ports: %s\n"), buf_text(&ports));
	buf_free(&ports);
}

static void
add_outside(const struct statement *st, struct buf *b)
{
	struct buf prefixes = { 0 };

	type_print(&type_publics, &st->v[BRIDGE_TRANSLATE], &prefixes);
	buf_printf(b,
	    _(", translated one to one: outside, containers are in "
	      "%s\n"),
	    prefixes.s);
	buf_free(&prefixes);
}

static void
add_way_out(const struct bridge_row *r, struct buf *b)
{
	bool masquerade = r->st != NULL && r->st->v[BRIDGE_MASQUERADE].set;

	buf_add(b, r->link->stp ? _("STP on") : _("STP off"));
	if (r->st != NULL && r->st->v[BRIDGE_TRANSLATE].set) {
		add_outside(r->st, b);
		return;
	}
	buf_add(b,
	    masquerade
		? _(", masquerade: containers reach the Internet by the host's "
		    "address\n")
		: _(", no masquerade: nothing outside can answer their "
		    "ULAs\n"));
}

static void
detail(const struct host *h, const void *row, struct buf *b)
{
	const struct bridge_row *r = row;

	add_state(r, b);
	link_addresses(h, NSID_SELF, r->link->index, b);
	link_state(r->link, b);
	add_way_out(r, b);
	add_ports(h, r, b);
}

static void
show_containers(void *self)
{
	struct listview *v = self;
	const struct bridge_row *r = listview_selected(v);

	if (r != NULL)
		trail_go(v->app, TAB_CONTAINERS, r->link->name, NULL);
}

static const struct act acts[] = {
	{ ACT_ENTER, show_containers },
	{ 0 },
};

static const struct action enter_actions[] = {
	{ ACT_ENTER, { K_ENTER }, "enter", NULL, N_("go to its containers") },
	{ 0 },
};

/* Swapped: what the host sends on a bridge goes in to containers. */
static struct traffic
traffic(const void *row)
{
	const struct bridge_row *r = row;

	return (struct traffic){ r->tx, r->rx };
}

static const struct list_spec spec = {
	.listing = "bridges",
	.copy = "ula",
	.wide = 22,
	.empty = N_("no bridge: containers need one"),
	.tab = TAB_BRIDGES,
	.acts = acts,
	.start = start,
	.detail = detail,
	.traffic = traffic,
	.edits = listedit_acts,
};

const struct view_ops screen_bridges = {
	.name = N_("Bridges"),
	.word = "bridges",
	.help = N_("The Linux bridges of this host. The ULA is the host's own "
		   "address on it, and the gateway of its containers."),
	LISTVIEW_PLAIN,
	.actions = (const struct action *const[]){ listedit_actions,
	    candidate_actions, enter_actions, copy_actions, table_actions,
	    table_sort_actions, NULL },
	.arg = &spec,
};
