/* Screen 7: the candidate against the saved config. */
#include "config.h"

#include "screens/changes.h"

#include "core/base/intl.h"
#include "core/lang/config_diff.h"
#include "core/lang/statement.h"
#include "core/show/listing.h"
#include "screens/listcopy.h"
#include "screens/listedit.h"
#include "screens/listview.h"
#include "screens/trail.h"

static void
detail(const struct host *h UNUSED, const void *row, struct buf *b)
{
	change_print(row, b);
}

static void
summary(const void *rows UNUSED, size_t n, struct buf *b)
{
	if (n > 0)
		buf_add(b, _("   + added  - removed  ~ changed   U: discard "
			     "all"));
}

static void
show_object(void *self)
{
	struct listview *v = self;
	const struct change *c = listview_selected(v);
	const struct statement *st;
	struct buf key = { 0 };

	if (c == NULL)
		return;
	st = change_statement(c);
	statement_key(st, &key);
	if (trail_tab(st) != TAB_DASHBOARD)
		trail_go(v->app, trail_tab(st), "", buf_text(&key));
	buf_free(&key);
}

static const struct act acts[] = {
	{ ACT_ENTER, show_object },
	{ 0 },
};

static const struct action own_actions[] = {
	{ ACT_ENTER, { K_ENTER }, "enter", N_("Show"), N_("go to its screen") },
	{ ACT_HISTORY, { 'R' }, "history", N_("History"),
	    N_("the history of confirmed configs, and rollback") },
	{ 0 },
};

static const struct list_spec spec = {
	.listing = "changes",
	.wide = 24,
	.empty = N_("No changes: the candidate equals the saved config.\n\n"
		    "Edits are collected here until they are committed. A "
		    "commit reverts by itself unless it is confirmed.\n\n"
		    "N    makes a statement of any kind, in a form\n"
		    "=    shows all statements\n"
		    "R    shows the configs before, and brings one back"),
	.tab = TAB_CHANGES,
	.acts = acts,
	.detail = detail,
	.summary = summary,
	.edits = listedit_acts,
};

const struct view_ops screen_changes = {
	.name = N_("Changes"),
	.word = "changes",
	.help =
	    N_("What the candidate changes in the saved config. Every seki "
	       "on this host works on the same candidate, and nothing of it "
	       "is in the kernel before a commit."),
	LISTVIEW_PLAIN,
	.actions = (const struct action *const[]){ candidate_actions,
	    own_actions, listedit_actions, copy_actions, table_actions, NULL },
	.arg = &spec,
};
