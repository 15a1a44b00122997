/* Screen 4: public ports that lead to containers, with their traffic. */
#include "config.h"

#include "screens/forwards.h"

#include <string.h>

#include "core/base/intl.h"
#include "core/base/number.h"
#include "core/lang/statement.h"
#include "core/plan/model_counter.h"
#include "core/plan/model_family.h"
#include "core/reach/kept.h"
#include "core/show/list.h"
#include "core/show/list_forward.h"
#include "core/show/listing.h"
#include "core/state/counting.h"
#include "core/state/light.h"
#include "core/state/standing.h"
#include "screens/connections.h"
#include "screens/cure.h"
#include "screens/instead.h"
#include "screens/lights.h"
#include "screens/listcopy.h"
#include "screens/listedit.h"
#include "screens/listview.h"
#include "screens/traffic.h"
#include "screens/trail.h"
#include "screens/trial.h"
#include "screens/why.h"

static void
start(const void *row UNUSED, struct buf *b)
{
	buf_add(b, "forward tcp");
}

static void
add_to_list(const struct prefix *addr, struct buf *list)
{
	char text[ADDR_TEXT_MAX];

	buf_add(list, list->len > 0 ? intl_comma() : "");
	buf_add(list, addr_text(addr, text));
}

/* Off, or taken away; what only the candidate says is yet to come. */
static bool
is_closed(const struct forward_row *r)
{
	bool ahead = r->mark == MARK_CHANGED && !r->committed;

	return (statement_is_off(r->st) && !ahead) ||
	       (r->mark == MARK_REMOVED && r->committed);
}

/* What a commit of the candidate closes; it is open until then. */
static bool
is_closing(const struct forward_row *r)
{
	return !is_closed(r) &&
	       (statement_is_off(r->st) || r->mark == MARK_REMOVED);
}

/* Where it leads, in both families. */
static void
add_inside(const struct host *h, const struct forward_row *r, struct buf *b)
{
	struct buf list = { 0 };
	enum family family;
	struct prefix to;

	for (family = 0; family < FAMILY_COUNT; family++) {
		to = forward_address_in(h, r, family);
		if (to.family != AF_UNSPEC)
			add_to_list(&to, &list);
	}
	if (list.len > 0)
		buf_printf(b,
		    is_closing(r) ? _("still forwarded to %s\n")
				  : _("forwarded to %s\n"),
		    buf_text(&list));
	buf_free(&list);
}

/* What a commit would do, or why nobody can tell. */
static void
add_state(const struct forward_row *r, struct buf *b)
{
	if (r->state == FORWARD_TURNED_OFF)
		buf_printf(
		    b, "off  %s\n", _("has no effect; Space turns it on"));
	else if (r->reason != NULL && r->state == FORWARD_UNKNOWN)
		buf_printf(b, "-    %s\n", r->reason);
	else if (r->reason != NULL && r->state == FORWARD_PENDING)
		buf_printf(b, "note %s\n", r->reason);
}

static void
add_publics(const struct model *m, const struct statement *st, struct buf *list)
{
	enum family f;
	size_t i;

	for (f = 0; f < FAMILY_COUNT; f++)
		for (i = 0; i < m->nstable[f] && model_is_about(m, f) &&
			    statement_forwards(st, f);
		     i++)
			add_to_list(&m->publics[f].v[i], list);
}

static const char *
clients_text(const struct forward_row *r)
{
	if (is_closing(r))
		return _("clients still reach it at %s\n");
	return r->mark == MARK_ADDED && !r->committed
		   ? _("clients will reach it at %s\n")
		   : _("clients reach it at %s\n");
}

/* The address that clients use: one, or each of the uplink's. */
static void
add_outside(const struct host *h, const struct forward_row *r, struct buf *b)
{
	const struct prefix on = forward_public(r);
	struct buf found = { 0 };
	const struct model *m;
	struct model own;
	struct err ignored;
	int code;

	m = standing_resolve(h, &h->saved, &own, &code, &ignored);
	if (on.family != AF_UNSPEC)
		add_to_list(&on, &found);
	else if (code == 0)
		add_publics(m, r->st, &found);
	if (found.len > 0)
		buf_printf(b, clients_text(r), buf_text(&found));
	buf_free(&found);
	model_free(&own);
}

/* What does not go there, as committed. */
static void
add_kept(const struct host *h, const struct forward_row *r, struct buf *b)
{
	const struct model *m;
	struct model own;
	struct err ignored;
	int code;

	if (!statement_takes_rest(r->st))
		return;
	m = standing_resolve(h, &h->saved, &own, &code, &ignored);
	if (code == 0)
		kept_tell(m, r->st, b);
	model_free(&own);
}

/* Whether what was counted may be of nobody but seki, in both families. */
static bool
is_tried(const struct host *h, const struct forward_row *r)
{
	return r->in->packets > 0 && lights_are_tried(r->in, r->out) &&
	       lights_are_tried(model_meter_ipv4(&h->counters, r->in),
		   model_meter_ipv4(&h->counters, r->out));
}

static void
add_totals(const struct host *h, const struct forward_row *r, struct buf *b)
{
	struct buf in = { 0 }, out = { 0 }, fresh = { 0 }, rate = { 0 };
	double per_second;

	if (r->in == NULL || r->out == NULL || r->fresh == NULL)
		return;
	number_short(&in, counting_total(h, r->in).bytes);
	number_short(&out, counting_total(h, r->out).bytes);
	number_short(&fresh, counting_total(h, r->fresh).packets);
	buf_printf(b, _("%s bytes in, %s out so far; connections: %s"),
	    buf_text(&in), buf_text(&out), buf_text(&fresh));
	per_second = series_packet_rate(r->fresh_rate);
	number_decimal(&rate, per_second);
	if (per_second >= 0)
		buf_printf(b, _(", %s new per second"), buf_text(&rate));
	buf_add(b, "\n");
	if (is_tried(h, r))
		buf_add(b,
		    _("seki may have sent all of it, to try this forward\n"));
	buf_free(&in);
	buf_free(&out);
	buf_free(&fresh);
	buf_free(&rate);
}

static void
detail(const struct host *h, const void *row, struct buf *b)
{
	const struct forward_row *r = row;

	add_state(r, b);
	if (r->state != FORWARD_UNKNOWN)
		lights_tell(h, r, b);
	if (!is_closed(r)) {
		add_inside(h, r, b);
		add_outside(h, r, b);
	}
	add_totals(h, r, b);
	if (!is_closed(r))
		add_kept(h, r, b);
}

static void
lights(const struct host *h, const void *row, struct rect *area)
{
	lights_draw(h, row, area);
}

static void
summary(const void *rows, size_t n, struct buf *b)
{
	const struct forward_row *r = rows;
	unsigned states[FORWARD_STATES] = { 0 }, committed = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		states[r[i].state]++;
		committed += r[i].state == FORWARD_PENDING && r[i].committed;
	}
	for (i = FORWARD_TURNED_OFF; i < FORWARD_PENDING; i++)
		if (states[i] > 0)
			buf_printf(b, ", %u %s", states[i],
			    _(forward_state_name((enum forward_state)i)));
	if (states[FORWARD_PENDING] > committed)
		buf_printf(b, _(", %u not committed"),
		    states[FORWARD_PENDING] - committed);
	if (committed > 0)
		buf_printf(b, _(", %u not confirmed"), committed);
}

static void
show_container(void *self)
{
	struct listview *v = self;
	const struct forward_row *r = listview_selected(v);
	struct buf key = { 0 };

	if (r == NULL || r->st->v[FORWARD_TO].target.name == NULL)
		return;
	buf_add(&key, "container ");
	words_print(&key, r->st->v[FORWARD_TO].target.name, "");
	trail_go(v->app, TAB_CONTAINERS, "", buf_text(&key));
	buf_free(&key);
}

static void
show_connections(void *self)
{
	struct listview *v = self;
	const struct forward_row *r = listview_selected(v);
	struct buf key = { 0 };

	if (r == NULL)
		return;
	statement_key(r->st, &key);
	connections_show(v->app, buf_text(&key) + strlen("forward "));
	buf_free(&key);
}

static bool
has_cure(const struct forward_row *r)
{
	const char *cure = r != NULL ? forward_cure(r) : NULL;

	return cure != NULL && cure_is_ours(cure);
}

/* A cure that is ours, else its connections. */
static void
enter(void *self)
{
	struct listview *v = self;
	const struct forward_row *r = listview_selected(v);

	if (has_cure(r))
		cure_take(v->app, forward_cure(r));
	else
		show_connections(v);
}

/* A cure that is not ours, else its statement. */
static void
copy(void *self)
{
	struct listview *v = self;
	const struct forward_row *r = listview_selected(v);
	const char *cure = r != NULL ? forward_cure(r) : NULL;

	if (cure != NULL && !cure_is_ours(cure))
		app_copy(v->app, cure);
	else if (r != NULL)
		listcopy(v->app, v->listing, r, NULL);
}

static const struct act acts[] = {
	{ ACT_ENTER, enter },
	{ ACT_COPY, copy },
	{ ACT_CONTAINER, show_container },
	{ 0 },
};

/* What Enter does, by the row. */
#define ENTER(label)                                                           \
	{ ACT_ENTER, { K_ENTER }, "enter", label,                              \
		N_("go to its live connections; where seki itself can mend "   \
		   "it, do that in the candidate") },                          \
	{                                                                      \
		0                                                              \
	}

static const struct action to_conns[] = { ENTER(N_("Conns")) };
static const struct action to_cure[] = { ENTER(N_("Cure")) };

static const struct action own_actions[] = {
	{ ACT_CONTAINER, { 'o' }, "container", NULL,
	    N_("go to its container") },
	{ 0 },
};

static struct traffic
traffic(const void *self UNUSED, const void *row)
{
	const struct forward_row *r = row;

	return (struct traffic){ r->in_rate, r->out_rate };
}

/* What is in trouble comes first. */
static long
group(const void *row)
{
	const struct forward_row *r = row;

	return r->state != FORWARD_BROKEN && r->state != FORWARD_DEGRADED;
}

static enum role
instead(const void *row, struct buf *b)
{
	return instead_forward(row, b);
}

static const struct list_spec spec = {
	.listing = "forwards",
	.sort = "out",
	.wide = 18,
	.hidden = (const char *const[]){ "proto", "ports", "state", NULL },
	.empty = N_("No forwards yet.\n\n"
		    "A forward hands a public port of this host to a "
		    "container. The accept in the firewall and the counters "
		    "come with it.\n\n"
		    "n    makes one, in a form\n"
		    "3    shows containers; f forwards to the one selected\n"
		    ":    takes it as text: add forward tcp 80,443 to web1"),
	.none = N_("No forwards yet."),
	.tab = TAB_FORWARDS,
	.acts = acts,
	.start = start,
	.detail = detail,
	.top = lights,
	.traffic = traffic,
	.group = group,
	.sparks = true,
	.instead = instead,
	.from = "in",
	.summary = summary,
	.edits = listedit_acts,
};

#define TABLES(enter)                                                          \
	{                                                                      \
		enter, own_actions, listedit_actions, listedit_off,            \
		    candidate_actions, table_actions, table_sort_actions,      \
		    trial_actions, why_actions, copy_actions, NULL             \
	}

static const struct action *const usual[] = TABLES(to_conns);
static const struct action *const ailing[] = TABLES(to_cure);

static const struct action *const *
actions_now(const void *self)
{
	return has_cure(listview_drawn(self)) ? ailing : usual;
}

const struct view_ops screen_forwards = {
	.name = N_("Forwards"),
	.word = "forwards",
	.help =
	    N_("A forward leads from a public port to a container. IN and OUT "
	       "count its traffic, NEW its connections.\n"
	       "Marks: o off, + added, - removed, ~ changed, ? "
	       "degraded, ! broken. Edits go to the candidate only."),
	LISTVIEW_PLAIN,
	.actions = usual,
	.actions_now = actions_now,
	.arg = &spec,
};
