/* Neighbours: all base chains of this host. */
#include "config.h"

#include "core/show/list_neighbour.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/lang/statement.h"
#include "core/reach/hook_tell.h"
#include "core/show/list.h"
#include "core/show/list_cell.h"
#include "core/show/list_json.h"
#include "core/state/check.h"
#include "core/state/drift.h"

static const struct {
	const char *json, *words;
} effects[NEIGHBOUR_EFFECTS] = {
	[NEIGHBOUR_LEAVES] = { "leaves", N_("leaves it") },
	[NEIGHBOUR_SOME] = { "some", N_("drops some of it") },
	[NEIGHBOUR_REST] = { "rest", N_("drops what its rules do not accept") },
	[NEIGHBOUR_ALL] = { "all", N_("drops everything") },
	[NEIGHBOUR_SENDS] = { "sends", N_("sends some to hosts of its own") },
	[NEIGHBOUR_JUDGES] = { "judges", N_("judges") },
	[NEIGHBOUR_TRANSLATES] = { "translates", N_("translates") },
};

static enum neighbour_effect
effect_in(const struct hook *h, enum family f)
{
	return h->all[f]	  ? NEIGHBOUR_ALL
	       : h->drops[f]	  ? NEIGHBOUR_REST
	       : h->translates[f] ? NEIGHBOUR_SENDS
	       : !h->harmless	  ? NEIGHBOUR_SOME
				  : NEIGHBOUR_LEAVES;
}

/* The worse one where it has two families. */
static void
judge(const struct host *h, struct neighbour_row *r)
{
	const bool both = hook_sees(&h->hooks, r->hook, FAMILY_IPV6) &&
			  hook_sees(&h->hooks, r->hook, FAMILY_IPV4);
	enum neighbour_effect six = effect_in(r->hook, FAMILY_IPV6);
	enum neighbour_effect four = effect_in(r->hook, FAMILY_IPV4);

	r->family = hook_sees(&h->hooks, r->hook, FAMILY_IPV6) && six >= four
			? FAMILY_IPV6
			: FAMILY_IPV4;
	r->effect = r->family == FAMILY_IPV6 ? six : four;
	r->alone = both && six != four;
}

static enum hook_place
place_of(const struct neighbour_row *r)
{
	return r->hook != NULL ? r->hook->place : r->own->place;
}

static int
priority_of(const struct neighbour_row *r)
{
	return r->hook != NULL ? r->hook->priority : r->own->priority;
}

static int
by_way(const void *a, const void *b)
{
	const struct neighbour_row *x = a, *y = b;

	return place_of(x) != place_of(y)
		   ? (int)place_of(x) - (int)place_of(y)
		   : (priority_of(x) > priority_of(y)) -
			 (priority_of(x) < priority_of(y));
}

static void
add_rows(const struct host *h, struct neighbour_row *v)
{
	struct checkup k;
	size_t i;

	checkup_begin(&k, h);
	for (i = 0; i < h->hooks.n; i++, v++) {
		v->hook = &h->hooks.v[i];
		judge(h, v);
		if (!v->hook->harmless)
			v->forwards = checkup_stopped(&k, v->hook, NULL, NULL);
	}
	checkup_end(&k);
	for (i = 0; i < h->hooks.nown; i++, v++) {
		v->own = &h->hooks.own[i];
		v->effect =
		    v->own->nat ? NEIGHBOUR_TRANSLATES : NEIGHBOUR_JUDGES;
	}
}

static int
read_chains(struct host *h, struct err *e)
{
	return h->blind ? err_set(e, ERR_FAIL,
			      "cannot read the chains of this host: only "
			      "root may")
			: 0;
}

static void *
build(const struct host *h, size_t *n)
{
	struct neighbour_row *v;

	*n = h->hooks.n + h->hooks.nown;
	v = xcalloc(*n + 1, sizeof(*v));
	add_rows(h, v);
	qsort(v, *n, sizeof(*v), by_way);
	return v;
}

static void
neighbour_hook(const struct host *h UNUSED, const void *row, struct buf *b)
{
	const struct neighbour_row *r = row;
	size_t i;

	buf_add(b, hook_places[place_of(r)]);
	for (i = 0; r->hook != NULL && i < r->hook->nlinks; i++) {
		buf_add(b, i == 0 ? " " : ",");
		buf_escape(b, r->hook->links[i], strlen(r->hook->links[i]));
	}
}

static void
neighbour_priority(const struct host *h UNUSED, const void *row, struct buf *b)
{
	buf_printf(b, "%d", priority_of(row));
}

static const struct rule_chain *
chain_of(const struct host *h, const struct neighbour_row *r)
{
	return &h->hooks.tables.chains[r->hook->chain];
}

static void
neighbour_chain(const struct host *h, const void *row, struct buf *b)
{
	const struct neighbour_row *r = row;
	const struct rule_chain *c;

	if (r->hook == NULL) {
		buf_printf(b, "inet %s %s", NET_TABLE, r->own->name);
		return;
	}
	c = chain_of(h, r);
	buf_printf(b, "%s ", hook_family(c));
	buf_escape(b, c->table, strlen(c->table));
	buf_add(b, " ");
	buf_escape(b, c->name, strlen(c->name));
	if (c->legacy)
		buf_add(b, _(" (legacy)"));
}

static const char *
owner_of(const struct host *h, const struct neighbour_row *r)
{
	return r->hook != NULL ? hook_owner(&h->hooks, r->hook) : "seki";
}

static void
neighbour_owner(const struct host *h, const void *row, struct buf *b)
{
	const char *owner = owner_of(h, row);

	buf_add(b, owner != NULL ? owner : "-");
}

static void
neighbour_effect(const struct host *h UNUSED, const void *row, struct buf *b)
{
	const struct neighbour_row *r = row;

	buf_add(b, _(effects[r->effect].words));
	if (r->alone)
		buf_printf(b, " (%s)", _(type_family.choices[r->family].help));
	if (r->forwards > 0)
		buf_printf(b,
		    ngettext(", %u forward", ", %u forwards", r->forwards),
		    r->forwards);
}

void
neighbour_name(
    const struct host *h, const struct neighbour_row *r, struct buf *b)
{
	const char *owner = owner_of(h, r);
	struct buf name = { 0 };

	neighbour_chain(h, r, &name);
	if (owner != NULL)
		buf_printf(b, _("chain %s, of %s"), buf_text(&name), owner);
	else
		buf_printf(b, _("chain %s"), buf_text(&name));
	buf_free(&name);
}

/* ---- what there is to tell of one */

static void
tell_rules(const struct rule_chain *c, struct buf *b)
{
	size_t rules = 0, i;

	for (i = 0; i < c->n; i++)
		rules += c->v[i].operation == OP_END;
	if (c->drops)
		buf_printf(b,
		    ngettext("%zu rule; what it does not decide about is "
			     "dropped\n",
			"%zu rules; what none decides about is dropped\n",
			rules),
		    rules);
	else
		buf_printf(b,
		    ngettext("%zu rule; what it does not decide about is let "
			     "through\n",
			"%zu rules; what none decides about is let through\n",
			rules),
		    rules);
}

struct stopped {
	const struct rule_chain *base;
	struct buf *b;
};

static void
tell_end(const struct stopped *s, const struct rule_chain *at)
{
	struct buf name = { 0 };

	if (at == NULL) {
		buf_add(s->b, _("it may be dropped here"));
	} else if (at == s->base && at->drops) {
		buf_add(s->b, _("no rule accepts it, and the policy drops it"));
	} else {
		buf_escape(&name, at->name, strlen(at->name));
		buf_printf(s->b, _("it ends in chain %s"), buf_text(&name));
		buf_free(&name);
	}
}

static void
tell_stopped(void *arg, const struct statement *st, const struct rule_chain *at)
{
	const struct stopped *s = arg;
	struct buf key = { 0 };

	statement_key(st, &key);
	buf_printf(s->b, "FAIL %s: ", buf_text(&key));
	tell_end(s, at);
	buf_add(s->b, "\n");
	buf_free(&key);
}

static void
tell_forwards(
    const struct host *h, const struct neighbour_row *r, struct buf *b)
{
	struct stopped s = { chain_of(h, r), b };
	struct checkup k;

	checkup_begin(&k, h);
	checkup_stopped(&k, r->hook, tell_stopped, &s);
	checkup_end(&k);
}

static void
tell_conflict(
    const struct host *h, const struct neighbour_row *r, struct buf *b)
{
	struct config store = { 0 };
	struct err ignored;
	const struct config *c = drift_config(h, &store, &ignored);
	struct buf told = { 0 };

	if (c != NULL && hook_tell(&h->hooks, r->hook, c, &told))
		buf_printf(b, "WARN %s\n", told.s);
	buf_free(&told);
	config_free(&store);
}

void
neighbour_tell(
    const struct host *h, const struct neighbour_row *r, struct buf *b)
{
	if (r->hook == NULL) {
		buf_add(b, _("of seki's own table, which it alone changes\n"));
		return;
	}
	tell_rules(chain_of(h, r), b);
	if (r->forwards > 0)
		tell_forwards(h, r, b);
	tell_conflict(h, r, b);
}

static char
neighbour_mark(const struct host *h UNUSED, const void *row)
{
	const struct neighbour_row *r = row;

	return r->hook == NULL ? '*' : r->forwards > 0 ? '!' : ' ';
}

static const struct listing_column neighbour_columns[] = {
	{ "hook", N_("HOOK"), 0, 1, 0, neighbour_hook,
	    N_("where packets meet it, and on which link") },
	{ "priority", N_("PRIO"), COLUMN_RIGHT, 2, 0, neighbour_priority,
	    N_("its priority there: the lowest is first") },
	{ "chain", N_("CHAIN"), COLUMN_WIDE, 0, 0, neighbour_chain,
	    N_("its family, its table and its name") },
	{ "owner", N_("OWNER"), 0, 3, 0, neighbour_owner,
	    N_("the program whose it is, by the names in its table") },
	{ "effect", N_("TO WHAT IS OURS"), COLUMN_WIDE, 0, 0, neighbour_effect,
	    N_("what it does to packets of forwards and policies, and how "
	       "many forwards do not work for it") },
};

static json_t *
json_chain(const struct host *h, const struct neighbour_row *r)
{
	const struct rule_chain *c = r->hook != NULL ? chain_of(h, r) : NULL;

	return json_pack("{s:b,s:s,s:o,s:o}", "legacy", c != NULL && c->legacy,
	    "family", c != NULL ? hook_family(c) : "inet", "table",
	    list_json_text(c != NULL ? c->table : NET_TABLE), "chain",
	    list_json_text(c != NULL ? c->name : r->own->name));
}

static json_t *
json_neighbour(const struct host *h, const void *row)
{
	const struct neighbour_row *r = row;
	json_t *j = json_chain(h, r), *links = json_array();
	size_t i;

	for (i = 0; r->hook != NULL && i < r->hook->nlinks; i++)
		json_array_append_new(links, list_json_text(r->hook->links[i]));
	json_object_update_new(
	    j, json_pack("{s:s,s:o,s:i,s:s?,s:s,s:s?,s:I}", "hook",
		   hook_places[place_of(r)], "links", links, "priority",
		   priority_of(r), "owner", owner_of(h, r), "effect",
		   effects[r->effect].json, "only",
		   r->alone ? type_family.choices[r->family].word : NULL,
		   "forwards", (json_int_t)r->forwards));
	return j;
}

const struct listing listing_neighbours = {
	.name = N_("neighbours"),
	.help = N_("who else decides about packets here"),
	.columns = neighbour_columns,
	.ncolumns = NITEMS(neighbour_columns),
	.row_size = sizeof(struct neighbour_row),
	.ordered = true,
	.read = read_chains,
	.build = build,
	.free = list_free,
	.key = neighbour_chain,
	.mark = neighbour_mark,
	.json = json_neighbour,
	.shape = "{legacy: true|false, family, table, chain, hook,\n"
		 " links: [...], priority, owner,\n"
		 " effect: leaves|some|rest|all|sends|judges|translates,\n"
		 " only: ipv4|ipv6|null, forwards}",
};
