/* Screen 2: uplinks and bridges, their addresses and ports. */
#include "config.h"

#include "screens/links.h"

#include "core/base/intl.h"
#include "core/lang/statement.h"
#include "core/lang/type_addr.h"
#include "core/show/given.h"
#include "core/show/list_link.h"
#include "core/show/listing.h"
#include "core/show/overlay.h"
#include "screens/link.h"
#include "screens/listcopy.h"
#include "screens/listedit.h"
#include "screens/listview.h"
#include "screens/traffic.h"
#include "screens/trail.h"
#include "screens/why.h"

static void
start(const void *row, struct buf *b)
{
	const struct link_row *r = row;
	const struct route *route;
	char text[ADDR_TEXT_MAX];

	buf_add(b, r != NULL && r->uplink.link != NULL && r->st == NULL
		       ? "uplink"
		       : "bridge");
	if (r == NULL || (r->uplink.link != NULL && r->st != NULL))
		return;
	buf_add(b, " ");
	words_print(b, r->name, "");
	if (r->bridge.link != NULL) {
		buf_add(b, " ula auto masquerade");
		return;
	}
	route = uplink_route(&r->uplink);
	if (route->gateway.family != AF_UNSPEC)
		buf_printf(b, " gateway %s", addr_text(&route->gateway, text));
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
add_state(const struct host *h, const struct bridge_row *r, struct buf *b)
{
	char text[ADDR_TEXT_MAX];

	if (r->link->index < 0 && r->mark == MARK_NONE)
		buf_printf(
		    b, "FAIL %s\n", _("it is not there: seki apply makes it"));
	else if (r->unstated != NULL) {
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
		listedit_note(h, r->mark, r->st, b);
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
		buf_printf(&ports, "%s%s", ports.len > 0 ? intl_comma() : "",
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
bridge_detail(const struct host *h, const struct bridge_row *r, struct buf *b)
{
	add_state(h, r, b);
	if (r->link->index < 0)
		return;
	link_addresses(h, NSID_SELF, r->link->index, b);
	link_state(r->link, true, b);
	add_way_out(r, b);
	add_ports(h, r, b);
}

static void
add_gateways(const struct uplink_row *r, struct buf *b)
{
	struct buf ways = { 0 };
	char text[ADDR_TEXT_MAX];
	enum family f;

	for (f = 0; f < FAMILY_COUNT; f++)
		if (r->routes[f] != NULL &&
		    r->routes[f]->gateway.family != AF_UNSPEC)
			buf_printf(&ways, "%s%s",
			    ways.len > 0 ? intl_comma() : "",
			    addr_text(&r->routes[f]->gateway, text));
	if (ways.len > 0)
		buf_printf(b, _("gateway: %s\n"), buf_text(&ways));
	buf_free(&ways);
}

static void
uplink_detail(const struct host *h, const struct uplink_row *r, struct buf *b)
{
	const struct given g = given_find(&h->snapshot, r->link);
	struct buf origin = { 0 };

	if (!r->link->up || !r->link->running)
		buf_printf(
		    b, "FAIL %s\n", _("it is down: nothing gets in or out"));
	add_gateways(r, b);
	given_print_fit(&g, b);
	given_print_origin(&g, &origin);
	if (g.address != NULL)
		buf_printf(b, " (%s)", buf_text(&origin));
	buf_add(b, "\n");
	link_addresses(h, NSID_SELF, r->link->index, b);
	link_state(r->link, false, b);
	buf_free(&origin);
}

static void
detail(const struct host *h, const void *row, struct buf *b)
{
	const struct link_row *r = row;

	if (r->uplink.link != NULL && r->mark != MARK_NONE)
		listedit_note(h, r->mark, r->st, b);
	if (r->uplink.link != NULL)
		uplink_detail(h, &r->uplink, b);
	else
		bridge_detail(h, &r->bridge, b);
}

static void
enter(void *self)
{
	struct listview *v = self;
	const struct link_row *r = listview_selected(v);

	if (r != NULL)
		trail_go(v->app, TAB_CONTAINERS,
		    r->uplink.link != NULL ? "" : r->name, NULL);
}

static const struct act acts[] = {
	{ ACT_ENTER, enter },
	{ 0 },
};

static const struct action enter_actions[] = {
	{ ACT_ENTER, { K_ENTER }, "enter", N_("Containers"),
	    N_("go to the containers of a bridge, or to all of them") },
	{ 0 },
};

static struct traffic
traffic(const void *self UNUSED, const void *row)
{
	const struct link_row *r = row;

	return (struct traffic){ r->in, r->out };
}

static const struct list_spec spec = {
	.listing = "links",
	.copy = "ipv6",
	.wide = 22,
	.empty = N_("Neither an uplink nor a bridge.\n\n"
		    "The uplink has the default route. Containers are "
		    "attached to a bridge, which LXC, Incus or Docker makes; "
		    "seki can give it a private prefix, and masquerade what "
		    "leaves it.\n\n"
		    "n    states a bridge, also before it is there"),
	.tab = TAB_LINKS,
	.acts = acts,
	.start = start,
	.detail = detail,
	.traffic = traffic,
	.edits = listedit_acts,
};

const struct view_ops screen_links = {
	.name = N_("Links"),
	.word = "links",
	.help = N_("Uplinks have a default route: what the provider gave, and "
		   "which way of giving containers addresses fits. The ULA of "
		   "a bridge is the host's own address on it, and the gateway "
		   "of its containers. In is what comes from the Internet.\n"
		   "Marks: + added, - removed, ~ changed."),
	LISTVIEW_PLAIN,
	.actions = (const struct action *const[]){ enter_actions,
	    listedit_actions, candidate_actions, table_actions,
	    table_sort_actions, why_actions, copy_actions, NULL },
	.arg = &spec,
};
