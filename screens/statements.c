/* Every statement in one list, with those that no other screen shows. */
#include "config.h"

#include "screens/statements.h"

#include "core/base/intl.h"
#include "core/show/listing.h"
#include "screens/listcopy.h"
#include "screens/listedit.h"
#include "screens/listview.h"

static void
leave(void *self)
{
	struct listview *v = self;

	ui_close(v->app->ui, v);
}

static const struct act acts[] = {
	{ ACT_BACK, leave },
	{ 0 },
};

static const struct action own_actions[] = {
	{ ACT_EDIT, { K_ENTER, 'e', 'i' }, "edit", N_("Edit"),
	    N_("a form for this statement") },
	{ ACT_BACK, { K_ESC, 'q' }, "back", N_("Back"), N_("close the list") },
	{ 0 },
};

static const struct list_spec spec = {
	.listing = "statements",
	.wide = 24,
	.empty = N_("No statements yet.\n\n"
		    "A config is made of them: uplinks, bridges, containers, "
		    "forwards, policies and options.\n\n"
		    "n    makes one of any kind, in a form"),
	.none = N_("No statements yet."),
	.tab = TAB_COUNT,
	.acts = acts,
	.edits = listedit_acts,
};

const struct view_ops screen_statements = {
	.name = N_("Statements"),
	.help = N_("All statements of the candidate, in their order. n adds "
		   "one of any kind.\n"
		   "Marks: + added, - removed, ~ changed."),
	LISTVIEW_PLAIN,
	.actions = (const struct action *const[]){ own_actions,
	    listedit_actions, listedit_off, candidate_actions, copy_actions,
	    table_actions, NULL },
	.arg = &spec,
};

void
statements_open(void *arg)
{
	struct app *app = arg;

	ui_raise(app->ui, &screen_statements);
}
