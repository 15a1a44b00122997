/* Screen 5: policies, in the order they are evaluated. */
#include "config.h"

#include "screens/policies.h"

#include "core/base/intl.h"
#include "core/base/number.h"
#include "core/lang/statement.h"
#include "core/show/list_policy.h"
#include "core/show/listing.h"
#include "core/show/overlay.h"
#include "core/state/candidate.h"
#include "screens/cmdform.h"
#include "screens/listedit.h"
#include "screens/listview.h"

static void
start(const void *row, struct buf *b)
{
	const struct policy_row *r = row;
	enum chain chain = r != NULL ? r->chain : CHAIN_INPUT;

	buf_printf(b, "allow %s", type_chain.choices[chain].word);
}

static void
add_meaning(const struct policy_row *r, struct buf *b)
{
	const struct choice *chain = &type_chain.choices[r->chain];

	if (r->why != NULL)
		buf_printf(b, "%s\n", _(r->why));
	else if (r->is_default)
		buf_printf(b,
		    _("for all traffic %s that matches no line above\n"),
		    _(chain->help));
	else if (r->mark != MARK_NONE)
		buf_printf(b, "note %s\n",
		    _("in the candidate, not committed: c commits"));
	else if (statement_is_off(r->st))
		buf_printf(
		    b, "off  %s\n", _("has no effect; Space turns it on"));
	else
		buf_printf(b, _("for packets %s; the first match decides\n"),
		    _(chain->help));
}

static void
detail(const struct host *h UNUSED, const void *row, struct buf *b)
{
	const struct policy_row *r = row;
	struct buf rate = { 0 }, bytes = { 0 };

	add_meaning(r, b);
	if (r->hits == NULL)
		return;
	number_decimal(&rate, series_packet_rate(r->rate));
	number_short(&bytes, r->hits->bytes);
	buf_printf(b, _("hit  %s packets/s, %ju in total, %s bytes\n"), rate.s,
	    (uintmax_t)r->hits->packets, bytes.s);
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

/* A chain has a default even without a statement. */
static void
edit(void *self)
{
	struct listview *v = self;
	const struct policy_row *r = listview_selected(v);
	struct buf b = { 0 };

	if (r != NULL && r->st == NULL && r->is_default) {
		buf_printf(
		    &b, "default %s allow", type_chain.choices[r->chain].word);
		cmdform_new(v->app, buf_text(&b));
		buf_free(&b);
	} else {
		listedit_form(v);
	}
}

static const struct act acts[] = {
	{ ACT_MOVE_UP, move_up },
	{ ACT_MOVE_DOWN, move_down },
	{ ACT_EDIT, edit },
	{ ACT_ENTER, edit },
	{ 0 },
};

static const struct action own_actions[] = {
	{ ACT_MOVE_UP, { 'K', K_F(7) }, "move-up", N_("Move"),
	    N_("evaluate it "
	       "earlier") },
	{ ACT_MOVE_DOWN, { 'J', K_F(8) }, "move-down", N_("Move"),
	    N_("evaluate it later") },
	{ ACT_ENTER, { K_ENTER }, "enter", NULL,
	    N_("a form for this statement") },
	{ 0 },
};

static const struct list_spec spec = {
	.listing = "policies",
	.wide = 24,
	.tab = TAB_POLICIES,
	.acts = acts,
	.start = start,
	.detail = detail,
	.summary = summary,
	.edits = listedit_acts,
};

const struct view_ops screen_policies = {
	.name = N_("Policies"),
	.word = "policies",
	.help = N_("Policies are evaluated from the top, and the first match "
		   "decides; then each forward's own accept, then the default "
		   "of the chain.\n"
		   "Chains: input is to this host, forward through it, output "
		   "from it. Only IPv6 is filtered.\n"
		   "Marks: = fixed, + added, - off or removed, ~ changed."),
	LISTVIEW_PLAIN,
	.actions = (const struct action *const[]){ listedit_actions,
	    own_actions, listedit_off, candidate_actions, copy_actions,
	    table_actions, NULL },
	.arg = &spec,
};
