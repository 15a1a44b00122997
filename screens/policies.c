/* Screen 5: policies, in the order they are evaluated. */
#include "config.h"

#include "screens/policies.h"

#include <stdlib.h>

#include "core/base/intl.h"
#include "core/base/number.h"
#include "core/lang/statement.h"
#include "core/plan/model_policy.h"
#include "core/reach/effect.h"
#include "core/show/list_policy.h"
#include "core/show/listing.h"
#include "core/show/overlay.h"
#include "core/state/candidate.h"
#include "core/state/standing.h"
#include "screens/cmdform.h"
#include "screens/listcopy.h"
#include "screens/listedit.h"
#include "screens/listview.h"
#include "screens/trial.h"
#include "screens/why.h"

#define MANY 5000 /* lines, of a config that is not resolved each second */

struct policies_view {
	struct listview list; /* first: list functions get this struct */
	bool unfolded;
};

/* The lines that a row stands for. */
static void
add_folded(const struct host *h, const struct policy_row *r, struct buf *b)
{
	size_t n, i;
	struct policy_row *v = rows_policies(h, &n);

	for (i = 0; i < n; i++)
		if (v[i].chain == r->chain && v[i].line == LINE_FIXED)
			buf_printf(b, "%s\n", _(v[i].fixed));
	free(v);
}

static void
add_meaning(const struct host *h, const struct policy_row *r, struct buf *b)
{
	const struct choice *chain = &type_chain.choices[r->chain];

	if (r->line == LINE_CHAIN)
		buf_printf(b,
		    _("policies for packets %s, from the top: the first match "
		      "decides, then each forward lets in what is its own, "
		      "then the default\n"),
		    _(chain->help));
	else if (r->why != NULL)
		buf_printf(b, "%s\n", _(r->why));
	else if (r->line == LINE_DEFAULT)
		buf_printf(b,
		    _("for all traffic %s that matches no line above\n"),
		    _(chain->help));
	else if (r->mark != MARK_NONE)
		listedit_note(h, r->mark, r->st, b);
	else if (statement_is_off(r->st))
		buf_printf(
		    b, "off  %s\n", _("has no effect; Space turns it on"));
	else
		buf_printf(b, _("for packets %s; the first match decides\n"),
		    _(chain->help));
}

/* What its form said of it, too. */
static void
add_warnings(const struct host *h, const struct policy_row *r, struct buf *b)
{
	const struct config *c = h->dirty ? &h->candidate : &h->saved;
	struct buf lines = { 0 };
	const struct model *m;
	struct model own;
	struct err ignored;
	int code;

	if (r->line != LINE_POLICY || r->mark == MARK_REMOVED || c->n > MANY)
		return;
	m = standing_resolve(h, c, &own, &code, &ignored);
	if (code == 0)
		model_warn_of(m, r->st, &lines);
	effect_news("", buf_text(&lines), "WARN %s\n", b);
	buf_free(&lines);
	model_free(&own);
}

static void
detail(const struct host *h, const void *row, struct buf *b)
{
	const struct policy_row *r = row;
	const struct counter hits = policies_hits(h, r);
	struct buf rate = { 0 }, bytes = { 0 };

	add_warnings(h, r, b);
	if (r->line == LINE_FOLDED)
		add_folded(h, r, b);
	else
		add_meaning(h, r, b);
	if (r->hits == NULL)
		return;
	number_decimal(&rate, policies_rate(r));
	number_short(&bytes, hits.bytes);
	buf_printf(b, _("hit  %s packets/s, %ju in total, %s bytes\n"), rate.s,
	    (uintmax_t)hits.packets, bytes.s);
	buf_free(&rate);
	buf_free(&bytes);
}

static void
summary(const void *rows UNUSED, size_t n UNUSED, struct buf *b)
{
	buf_add(b, _("   = fixed  + added  - removed  ~ changed"));
}

static void
move(struct listview *v, int step)
{
	const struct policy_row *r = listview_selected(v);
	struct app *app = v->app;
	unsigned from = r != NULL ? r->number : 0, to = from + (unsigned)step;
	struct err e = { 0 };

	if (from != 0 &&
	    config_policy(&app->host->candidate, r->chain, to) != NULL)
		app_edited(app,
		    candidate_move(app->writable, r->chain, from, to, &e), &e);
	else
		ui_message(app->ui, ROLE_WARN, "%s",
		    from == 0  ? _("only numbered policies can be moved")
		    : step < 0 ? _("it is the first of its chain")
			       : _("it is the last of its chain"));
}

static void
move_up(void *self)
{
	struct listview *v = self;

	move(v, -1);
}

static void
move_down(void *self)
{
	struct listview *v = self;

	move(v, 1);
}

static void
fold(void *self)
{
	struct policies_view *v = self;

	v->unfolded = !v->unfolded;
	listview_rearrange(&v->list);
}

static void *
arrange(const void *self, void *rows, size_t *n)
{
	const struct policies_view *v = self;

	return policies_fold(rows, n, !v->unfolded);
}

static bool
is_chain(const void *row)
{
	return ((const struct policy_row *)row)->line == LINE_CHAIN;
}

/* There is nothing to edit. */
static bool
is_only_folded(const struct policy_row *r)
{
	return r->st == NULL && r->line != LINE_DEFAULT;
}

/* A chain has a default even without a statement. */
static void
edit(void *self)
{
	struct listview *v = self;
	const struct policy_row *r = listview_selected(v);
	struct buf b = { 0 };

	if (r != NULL && is_only_folded(r)) {
		fold(v);
	} else if (r != NULL && r->st == NULL && r->line == LINE_DEFAULT) {
		buf_printf(
		    &b, "default %s allow", type_chain.choices[r->chain].word);
		cmdform_new(v->app, buf_text(&b));
		buf_free(&b);
	} else {
		listedit_form(v);
	}
}

/* Behind the row under the cursor, as an admin counts on who sees it there. */
static void
new_policy(void *self)
{
	struct listview *v = self;
	const struct policy_row *r = listview_selected(v);

	cmdform_new_policy(v->app, r != NULL ? r->chain : CHAIN_INPUT,
	    r != NULL ? r->number : 0);
}

static const struct act acts[] = {
	{ ACT_NEW, new_policy },
	{ ACT_MOVE_UP, move_up },
	{ ACT_MOVE_DOWN, move_down },
	{ ACT_FOLD, fold },
	{ ACT_EDIT, edit },
	{ 0 },
};

/* What Enter and z do, by the row and by what is folded. */
#define ENTER(label)                                                           \
	{                                                                      \
		ACT_EDIT, { K_ENTER, 'e', 'i' }, "edit", label,                \
		    N_("a form for this statement; of lines that always "      \
		       "hold, fold or unfold them")                            \
	}
#define FOLD(label)                                                            \
	{                                                                      \
		ACT_FOLD, { 'z', K_F(5) }, "fold", label,                      \
		    N_("hide or show the lines that always hold")              \
	}
#define NEW                                                                    \
	{                                                                      \
		ACT_NEW, { 'n', K_INSERT, 'a', 'o' }, "new", N_("New"),        \
		    N_("a form for a new statement, behind this one")          \
	}
#define END                                                                    \
	{                                                                      \
		0                                                              \
	}

static const struct action row_actions[2][2][4] = {
	[false] = { [false] = { ENTER(N_("Edit")), NEW, END },
	    [true] = { ENTER(N_("Edit")), NEW, END } },
	[true] = { [false] = { ENTER(N_("Unfold")), FOLD(N_("Unfold")), NEW,
		       END },
	    [true] = { ENTER(N_("Fold")), FOLD(N_("Fold")), NEW, END } },
};

/* Behind what is done with a row. */
static const struct action fold_actions[2][2] = {
	[false] = { FOLD(N_("Unfold")), END },
	[true] = { FOLD(N_("Fold")), END },
};

static const struct action own_actions[] = {
	{ ACT_MOVE_UP, { 'K', K_F(7) }, "move-up", N_("Move"),
	    N_("evaluate it "
	       "earlier") },
	{ ACT_MOVE_DOWN, { 'J', K_F(8) }, "move-down", N_("Move"),
	    N_("evaluate it later") },
	{ 0 },
};

static const struct list_spec spec = {
	.listing = "policies",
	.wide = 24,
	.hidden = (const char *const[]){ "chain", NULL },
	.tab = TAB_POLICIES,
	.acts = acts,
	.detail = detail,
	.summary = summary,
	.edits = listedit_acts,
	.arrange = arrange,
	.is_caption = is_chain,
};

#define TABLES(only_folded, unfolded)                                          \
	{                                                                      \
		row_actions[only_folded][unfolded], own_actions,               \
		    listedit_actions, listedit_off, candidate_actions,         \
		    fold_actions[unfolded], trial_actions, table_actions,      \
		    why_actions, copy_actions, NULL                            \
	}

static const struct action *const tables[2][2][11] = {
	[false] = { TABLES(false, false), TABLES(false, true) },
	[true] = { TABLES(true, false), TABLES(true, true) },
};

static const struct action *const *
actions_now(const void *self)
{
	const struct policies_view *v = self;
	const struct policy_row *r = listview_drawn(&v->list);

	return tables[r != NULL && is_only_folded(r)][v->unfolded];
}

const struct view_ops screen_policies = {
	.name = N_("Policies"),
	.word = "policies",
	.help = N_("Policies are evaluated from the top, and the first match "
		   "decides; then each forward's own accept, then the default "
		   "of the chain.\n"
		   "Chains: input is to this host, forward through it, output "
		   "from it. IPv4 is filtered with option ipv4 on, else left "
		   "alone.\n"
		   "Marks: = fixed, o off, + added, - removed, ~ changed."),
	LISTVIEW_OPS(struct policies_view, listview_open, listview_changed),
	.actions = tables[false][false],
	.actions_now = actions_now,
	.arg = &spec,
};
