/* Screen 3: containers behind the ports of bridges. */
#include "config.h"

#include "screens/containers.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/lang/statement.h"
#include "core/show/list_container.h"
#include "core/show/list_forward.h"
#include "core/show/list_policy.h"
#include "core/show/listing.h"
#include "core/show/overlay.h"
#include "screens/cmdform.h"
#include "screens/connections.h"
#include "screens/instead.h"
#include "screens/link.h"
#include "screens/listcopy.h"
#include "screens/listedit.h"
#include "screens/listview.h"
#include "screens/place.h"
#include "screens/traffic.h"
#include "screens/trail.h"
#include "screens/why.h"

#define FORWARDS_MAX 8 /* listed in the details */

static void
start(const void *row, struct buf *b)
{
	const struct container_row *r = row;

	buf_add(b, "container");
	if (r == NULL)
		return;
	buf_add(b, " ");
	words_print(b, r->name, "");
	buf_add(b, " ula auto");
}

static bool
is_given(const struct container_row *r)
{
	return r->st != NULL && (statement_inside(r->st) != NULL ||
				    r->st->v[CONTAINER_IPV4].set);
}

/* What a container is given, and whether it is there. */
static const struct given {
	size_t value, there; /* offset in the row */
	const char *ok, *fail;
} givens[] = {
	{ CONTAINER_ULA, offsetof(struct container_row, ula_there),
	    N_("it has its ULA, %s"),
	    N_("it does not have its ULA: c, or seki apply, sets it") },
	{ CONTAINER_ADDRESS, offsetof(struct container_row, address_there),
	    N_("it has its public address, %s"),
	    N_("it does not have its public address: c, or seki apply, sets "
	       "it") },
	{ CONTAINER_IPV4, offsetof(struct container_row, ipv4_there),
	    N_("it has its IPv4 address, %s"),
	    N_("it does not have its IPv4 address: seki diff tells why, or "
	       "what sets it") },
};

static void
add_given(const struct container_row *r, const struct given *g, struct buf *b)
{
	bool there = *(const bool *)((const char *)r + g->there);
	char text[ADDR_TEXT_MAX];

	if (!r->st->v[g->value].set)
		return;
	buf_add(b, there ? "ok   " : "FAIL ");
	buf_printf(b, _(there ? g->ok : g->fail),
	    addr_text(&r->st->v[g->value].prefix, text));
	buf_add(b, "\n");
}

/* Whether the bridge statement translates its ULA. */
static bool
translates(const struct statement *st, const struct container_row *r)
{
	return st != NULL && st->kind == ST_BRIDGE &&
	       strcmp(st->v[BRIDGE_IFACE].text, r->bridge->name) == 0 &&
	       st->v[BRIDGE_TRANSLATE].set;
}

static void
add_outside(const struct host *h, const struct container_row *r, struct buf *b)
{
	const struct config *c = &h->candidate;
	const struct value *ula =
	    r->st != NULL ? &r->st->v[CONTAINER_ULA] : NULL;
	const struct prefixes *ps = NULL;
	struct buf all = { 0 };
	struct prefix at;
	size_t i;

	for (i = 0; ula != NULL && ula->set && r->bridge != NULL && i < c->n;
	     i++)
		if (translates(c->v[i].st, r))
			ps = &c->v[i].st->v[BRIDGE_TRANSLATE].prefixes;
	for (i = 0; ps != NULL && i < ps->n; i++) {
		at = prefix_moved(&ula->prefix, &ps->v[i]);
		buf_add(&all, i > 0 ? intl_comma() : "");
		prefix_print(&at, &all);
	}
	if (all.len > 0)
		buf_printf(b, _("outside it is %s\n"), all.s);
	buf_free(&all);
}

/* A ULA without a statement, as lxc-net and Incus give it by router
 * advertisement. */
static void
add_unstated(const struct container_row *r, struct buf *b)
{
	char text[ADDR_TEXT_MAX];

	buf_add(b, "WARN ");
	buf_printf(b,
	    _("it has %s without a statement, so no forward can lead here: n "
	      "adds it"),
	    addr_text(&r->unstated->prefix, text));
	buf_add(b, "\n");
}

/* What forwards follow, without a statement that gives it. */
static void
add_found(const struct container_row *r, struct buf *b)
{
	char text[ADDR_TEXT_MAX];

	buf_add(b, "ok   ");
	buf_printf(b,
	    _("forwards lead to %s, which it has by itself, and "
	      "follow it"),
	    addr_text(&r->ipv4, text));
	buf_add(b, "\n");
}

static void
add_state(const struct host *h, const struct container_row *r, struct buf *b)
{
	size_t i;

	if (r->elsewhere)
		buf_printf(b, "note %s\n",
		    _("its ULA is on its port of another bridge: a container "
		      "has one"));
	else if (r->unstated != NULL)
		add_unstated(r, b);
	else if (!is_given(r) && r->ipv4.family == AF_UNSPEC)
		buf_printf(b, "WARN %s\n",
		    _("no ULA, so no forward can lead here: n adds one"));
	else if (r->container == NULL)
		buf_printf(b, "FAIL %s\n",
		    _("only in the config: no container has that name"));
	else if (r->container->state == CONTAINER_STOPPED)
		buf_printf(b, "WARN %s\n",
		    _("stopped; its addresses return when it starts"));
	else if (r->mark != MARK_NONE)
		listedit_note(h, r->mark, r->st, b);
	else if (!is_given(r))
		add_found(r, b);
	else
		for (i = 0; i < NITEMS(givens); i++)
			add_given(r, &givens[i], b);
}

static void
add_cut(const struct container_row *r, struct buf *b)
{
	const struct {
		bool is;
		const char *text;
		int most;
	} rows[] = {
		{ r->container->cut,
		    N_("it has more than %d addresses, of which seki reads "
		       "only some"),
		    ADDRESSES_MAX },
		{ container_cuts_routes(r->container),
		    N_("it has more than %d routes, of which seki reads only "
		       "the one to the Internet"),
		    ROUTES_MAX },
	};
	size_t i;

	for (i = 0; i < NITEMS(rows); i++) {
		if (!rows[i].is)
			continue;
		buf_add(b, "WARN ");
		buf_printf(b, _(rows[i].text), rows[i].most);
		buf_add(b, "\n");
	}
}

/* Containers of a pod share a network namespace. */
static void
add_names(const struct container_row *r, struct buf *b)
{
	const struct container *c = r->container;
	struct buf others = { 0 };
	size_t i;

	for (i = 0; c != NULL && i < c->nnames; i++) {
		if (strcmp(c->names[i].name, r->name) == 0)
			continue;
		buf_add(&others, others.len > 0 ? intl_comma() : "");
		words_print(&others, c->names[i].name, "");
	}
	if (others.len > 0)
		buf_printf(b, _("the same network namespace: %s\n"), others.s);
	buf_free(&others);
}

static void
add_place(const struct container_row *r, struct buf *b)
{
	const struct container *c = r->container;
	char text[ADDR_TEXT_MAX];

	if (c == NULL)
		return;
	buf_add(b, c->runtime);
	if (c->pid != 0)
		buf_printf(b, _(", pid %d"), (int)c->pid);
	if (c->inner != 0)
		buf_printf(b, ", %s", c->inner_name);
	if (r->port != NULL)
		buf_printf(
		    b, _(" at port %s of %s"), r->port->name, r->bridge->name);
	if (c->has_default && c->route.gateway.family != AF_UNSPEC)
		buf_printf(b, _(", default route via %s"),
		    addr_text(&c->route.gateway, text));
	else if (c->state == CONTAINER_UP)
		buf_add(b, _(", no default route"));
	buf_add(b, "\n");
}

/* The state of a forward, and its rates while it is in the kernel. */
static void
add_rates(const struct host *h, const struct forward_row *r, struct buf *b)
{
	struct buf in = { 0 }, out = { 0 };

	traffic_rate(h, r->in_rate, &in);
	traffic_rate(h, r->out_rate, &out);
	if (r->state == FORWARD_ACTIVE)
		buf_printf(
		    b, _(" (in %s, out %s)"), buf_text(&in), buf_text(&out));
	else if (r->in != NULL &&
		 (r->state == FORWARD_PENDING || r->state == FORWARD_DEGRADED))
		buf_printf(b, _(" (%s; in %s, out %s)"), forward_state_word(r),
		    buf_text(&in), buf_text(&out));
	else
		buf_printf(b, " (%s)", forward_state_word(r));
	buf_free(&in);
	buf_free(&out);
}

/* The forwards to the container. */
static void
add_forwards(const struct host *h, const char *name, struct buf *b)
{
	size_t n, i, found = 0;
	struct forward_row *v = rows_forwards(h, &n);
	const struct value *st;

	for (i = 0; i < n; i++) {
		st = v[i].st->v;
		if (st[FORWARD_TO].target.name == NULL ||
		    strcmp(st[FORWARD_TO].target.name, name) != 0)
			continue;
		if (found >= FORWARDS_MAX) {
			buf_add(b, ", ...");
			break;
		}
		buf_add(b, found++ == 0 ? _("forwards: ") : ", ");
		type_print(&type_proto, &st[FORWARD_PROTO], b);
		buf_add(b, " ");
		if (st[FORWARD_PORTS].set)
			type_print(&type_ports, &st[FORWARD_PORTS], b);
		add_rates(h, &v[i], b);
	}
	if (found > 0)
		buf_add(b, "\n");
	rows_forwards_free(v, n);
}

/* Whether one end of a policy can be the container. */
static bool
is_it(const struct value *v, const struct container_row *r)
{
	const struct who *who = &v->who;
	size_t i;

	if (!v->set || who->kind == WHO_ANY)
		return true;
	if (who->kind == WHO_CONTAINER)
		return strcmp(who->name, r->name) == 0;
	if (who->kind == WHO_BRIDGE)
		return r->bridge != NULL &&
		       strcmp(who->name, r->bridge->name) == 0;
	for (i = 0;
	     who->kind == WHO_PREFIXES && is_given(r) && i < who->prefixes.n;
	     i++)
		if (prefix_holds(
			&who->prefixes.v[i], &r->st->v[CONTAINER_ULA].prefix) ||
		    prefix_holds(&who->prefixes.v[i],
			&r->st->v[CONTAINER_ADDRESS].prefix))
			return true;
	return false;
}

static void
add_policies(const struct host *h, const struct container_row *r, struct buf *b)
{
	size_t n, i;
	struct policy_row *v = rows_policies(h, &n);
	const struct statement *st;

	for (i = 0; i < n; i++) {
		st = v[i].st;
		if (st == NULL || v[i].chain != CHAIN_FORWARD ||
		    v[i].mark == MARK_REMOVED ||
		    (v[i].line == LINE_POLICY &&
			(statement_is_off(st) ||
			    !(is_it(&st->v[POLICY_FROM], r) ||
				is_it(&st->v[POLICY_TO], r)))))
			continue;
		if (v[i].number != 0)
			buf_printf(b, _("policy %u: "), v[i].number);
		statement_print(st, b);
		buf_add(b, "\n");
	}
	free(v);
}

static void
detail(const struct host *h, const void *row, struct buf *b)
{
	const struct container_row *r = row;

	add_state(h, r, b);
	add_outside(h, r, b);
	if (r->container != NULL)
		add_cut(r, b);
	add_place(r, b);
	add_names(r, b);
	if (r->container != NULL && r->container->inner != 0)
		link_addresses(h, r->container->nsid, r->container->inner, b);
	add_forwards(h, r->name, b);
	add_policies(h, r, b);
}

/* A row that stands above those of a bridge, or of none. */
static bool
is_bridge(const struct container_row *r)
{
	return r->name[0] == '\0';
}

static void
summary(const void *rows, size_t n, struct buf *b)
{
	const struct container_row *r = rows;
	size_t i, without = 0;

	for (i = 0; i < n; i++)
		without +=
		    !is_bridge(&r[i]) && !is_given(&r[i]) && !r[i].elsewhere;
	if (without > 0)
		buf_printf(b, _(", %zu without ULA"), without);
}

static void
new_forward(void *self)
{
	struct listview *v = self;
	const struct container_row *r = listview_selected(v);
	struct buf b = { 0 };

	if (r == NULL)
		return;
	buf_add(&b, "forward tcp to ");
	words_print(&b, r->name, ":");
	cmdform_new(v->app, buf_text(&b));
	buf_free(&b);
}

static void
show_forwards(void *self)
{
	struct listview *v = self;
	const struct container_row *r = listview_selected(v);

	if (r != NULL)
		trail_go(v->app, TAB_FORWARDS, r->name, NULL);
}

static void
show_connections(void *self)
{
	struct listview *v = self;
	const struct container_row *r = listview_selected(v);

	if (r != NULL)
		connections_show(v->app, r->name);
}

static const struct act acts[] = {
	{ ACT_FORWARD, new_forward },
	{ ACT_ENTER, show_connections },
	{ ACT_FORWARDS, show_forwards },
	{ 0 },
};

static const struct action own_actions[] = {
	{ ACT_ENTER, { K_ENTER, 'C' }, "enter", N_("Conns"),
	    N_("go to its live connections") },
	{ ACT_FORWARD, { 'f' }, "forward", N_("Forward"),
	    N_("a form for a forward to it") },
	{ ACT_FORWARDS, { 'F' }, "forwards", NULL, N_("go to its forwards") },
	{ 0 },
};

static struct traffic
traffic(const void *self UNUSED, const void *row)
{
	const struct container_row *r = row;

	return (struct traffic){ r->rx, r->tx };
}

static void
add_bridge(struct container_row **v, size_t *n, const struct link *bridge)
{
	size_t i;

	for (i = 0; i < *n; i++)
		if (is_bridge(&(*v)[i]) && (*v)[i].bridge == bridge)
			return;
	*v = xgrow(*v, *n, sizeof(**v));
	(*v)[(*n)++] = (struct container_row){ .name = "", .bridge = bridge };
}

static void *
arrange(const void *self UNUSED, void *rows, size_t *n)
{
	struct container_row *v = rows;
	size_t had = *n, i;

	for (i = 0; i < had; i++)
		add_bridge(&v, n, v[i].bridge);
	return v;
}

/* What is on no bridge, where it should be, and below each bridge what is in
 * trouble come first. */
static long
group(const void *row)
{
	const struct container_row *r = row;
	long at = r->bridge != NULL ? r->bridge->index : 0;
	bool bad = (!instead_is_up(r) && r->st != NULL) || instead_lacks(r);

	return at * 3 + (is_bridge(r) ? 0 : bad ? 1 : 2);
}

static void
caption(const struct host *h, const void *row, struct buf *b)
{
	const struct container_row *r = row;

	if (!is_bridge(r))
		return;
	if (r->bridge == NULL) {
		buf_add(b, _("elsewhere"));
		return;
	}
	buf_escape(b, r->bridge->name, strlen(r->bridge->name));
	buf_add(b, "  ");
	place_networks(h, r->bridge, b);
}

static void
add_ula(const struct host *h, const struct container_row *r, struct buf *b)
{
	if (r->unstated != NULL) {
		buf_add(b, "(");
		place_host(h, r->bridge, &r->unstated->prefix, b);
		buf_add(b, ")");
	} else {
		place_host(h, r->bridge, &r->st->v[CONTAINER_ULA].prefix, b);
	}
	if (r->container != NULL && r->container->cut)
		buf_add(b, _(" +many"));
}

static struct prefix
ipv4_of(const struct host *h, const struct container_row *r)
{
	const struct container *c = r->container;

	if (r->st != NULL && r->st->v[CONTAINER_IPV4].set)
		return r->st->v[CONTAINER_IPV4].prefix;
	return c != NULL && c->inner != 0
		   ? snapshot_ipv4(&h->snapshot, c->nsid, c->inner)
		   : (struct prefix){ 0 };
}

static bool
cell(const struct host *h, const void *row, const char *column, struct buf *b)
{
	const struct container_row *r = row;
	struct prefix four;

	if (strcmp(column, "ula") == 0) {
		if (r->unstated == NULL &&
		    (r->st == NULL || !r->st->v[CONTAINER_ULA].set))
			return false;
		add_ula(h, r, b);
		return true;
	}
	if (strcmp(column, "ipv4") != 0)
		return false;
	four = ipv4_of(h, r);
	if (four.family == AF_UNSPEC)
		return false;
	place_host(h, r->bridge, &four, b);
	return true;
}

static enum role
instead(const void *row, struct buf *b)
{
	return instead_container(row, b);
}

static const struct list_spec spec = {
	.listing = "containers",
	.copy = "ula",
	.wide = 10,
	.hidden = (const char *const[]){ "state", "bridge", NULL },
	.arrange = arrange,
	.group = group,
	.caption = caption,
	.cell = cell,
	.instead = instead,
	.from = "in",
	.sparks = true,
	.empty = N_("No containers yet.\n\n"
		    "What is attached to a bridge of this host is a container "
		    "here, whatever runs it.\n\n"
		    "2    shows links, bridges among them\n"
		    "n    states a container, also before it is there"),
	.tab = TAB_CONTAINERS,
	.acts = acts,
	.start = start,
	.detail = detail,
	.traffic = traffic,
	.summary = summary,
	.edits = listedit_acts,
};

const struct view_ops screen_containers = {
	.name = N_("Containers"),
	.word = "containers",
	.help =
	    N_("Containers behind the ports of bridges. A forward leads "
	       "to a container's ULA, and with option ipv4 on to its private "
	       "IPv4 address, too: n gives the selected container these.\n"
	       "Marks: + added, - removed, ~ changed in the candidate, ! not "
	       "as the config says."),
	LISTVIEW_PLAIN,
	.actions = (const struct action *const[]){ own_actions,
	    listedit_actions, candidate_actions, table_actions,
	    table_sort_actions, why_actions, copy_actions, NULL },
	.arg = &spec,
};
