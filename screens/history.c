/* The history of confirmed configs, and rollback. */
#include "config.h"

#include "screens/history.h"

#include <stdlib.h>

#include "core/base/intl.h"
#include "core/command/command.h"
#include "core/lang/config_diff.h"
#include "core/show/listing.h"
#include "core/state/history.h"
#include "screens/listcopy.h"
#include "screens/listview.h"
#include "tui/dialog.h"

struct history_view {
	struct listview list; /* first: list functions get this struct */
	unsigned base;	      /* number to compare with; 0: none chosen */
	unsigned newest;      /* number of the newest row */
};

enum { ACT_BASE = ACT_APP + 64, ACT_COMPARE, ACT_ROLLBACK = ACT_EDITS + 64 };

/* Appends what changed from one number to another; 0 is the empty config. */
static void
add_diff(const struct host *h, unsigned from, unsigned to, struct buf *b)
{
	struct config before = { 0 }, after = { 0 };
	struct err e = { 0 };
	int r = 0;

	if (from > 0)
		r = history_read(h, from, &before, &e);
	if (r == 0)
		r = history_read(h, to, &after, &e);
	if (r == 0)
		config_print_diff(&before, &after, b);
	else
		buf_printf(b, "FAIL %s\n", e.text);
	config_free(&before);
	config_free(&after);
}

/* The next older number that is still kept; 0 when there is none. */
static unsigned
kept_before(const struct host *h, unsigned number)
{
	struct history kept = { 0 };
	struct err ignored;
	unsigned before = 0;
	size_t i;

	if (history_load(h, &kept, &ignored) == 0)
		for (i = 0; i < kept.n && before == 0; i++)
			if (kept.v[i].number < number)
				before = kept.v[i].number;
	history_free(&kept);
	return before;
}

static void
detail(const struct host *h, const void *row, struct buf *b)
{
	const struct history_entry *r = row;

	add_diff(h, kept_before(h, r->number), r->number, b);
}

/* The newest is in force, or comes back if a pending commit is reverted. */
static void
summary(const void *rows, size_t n, struct buf *b)
{
	const struct history_entry *r = rows;

	if (n > 0)
		buf_printf(b, _("   #%u is the saved config"), r->number);
	if (n > 0 && r->in_force)
		buf_add(b, _("   * in force"));
}

static void
choose_base(void *self)
{
	struct history_view *v = self;
	const struct history_entry *r = listview_selected(&v->list);

	if (r == NULL)
		return;
	v->base = r->number;
	ui_message(v->list.app->ui, ROLE_OK,
	    "v on another row shows the differences from #%u", v->base);
}

static void
compare(void *self)
{
	struct history_view *v = self;
	const struct history_entry *r = listview_selected(&v->list);
	struct app *app = v->list.app;
	struct buf b = { 0 };
	unsigned base;
	char *title;

	if (r == NULL)
		return;
	base = v->base != 0 ? v->base : kept_before(app->host, r->number);
	title = xasprintf(_("from #%u to #%u"), base, r->number);
	add_diff(app->host, base, r->number, &b);
	if (b.len == 0)
		buf_add(&b, _("no differences\n"));
	dialog_text(app->ui, title, buf_text(&b), true);
	buf_free(&b);
	free(title);
}

/* Loads the config into the candidate; only a commit brings it back. */
static void
roll_back(void *self)
{
	struct history_view *v = self;
	const struct history_entry *r = listview_selected(&v->list);
	struct app *app = v->list.app;
	struct buf out = { 0 }, notes = { 0 };
	struct err e = { 0 };
	char *line;
	unsigned number;
	int result;

	if (r == NULL)
		return;
	number = r->number;
	line = xasprintf("rollback %u", number);
	result = command_line(app->writable, line, &out, &notes, &e);
	if (app_edited(app, result, &e) == 0)
		ui_message(app->ui, ROLE_OK,
		    app->host->dirty ? N_("the candidate is #%u now: c commits "
					  "it, u undoes this")
				     : N_("#%u is what is saved already"),
		    number);
	buf_free(&out);
	buf_free(&notes);
	free(line);
}

static void
leave(void *self)
{
	struct history_view *v = self;

	ui_close(v->list.app->ui, v);
}

static const struct act acts[] = {
	{ ACT_BASE, choose_base },
	{ ACT_COMPARE, compare },
	{ ACT_ROLLBACK, roll_back },
	{ ACT_BACK, leave },
	{ 0 },
};

static const struct list_spec spec = {
	.listing = "history",
	.sort = "number",
	.wide = 12,
	.empty = N_("No config was confirmed yet.\n\n"
		    "Each config that was committed and confirmed is shown "
		    "here, and can be brought back."),
	.tab = TAB_COUNT,
	.acts = acts,
	.detail = detail,
	.summary = summary,
};

static int
open_list(void *self, struct ui *ui, const void *arg, struct err *e)
{
	struct history_view *v = self;

	if (listview_open(self, ui, arg, e) == -1)
		return -1;
	v->newest = history_newest(v->list.app->host);
	table_sort(v->list.table, 0, true);
	return 0;
}

/* Its rows borrow nothing from the host, and are files that never change. */
static void
changed(void *self)
{
	struct history_view *v = self;
	unsigned newest = history_newest(v->list.app->host);

	if (newest != v->newest)
		listview_changed(self);
	v->newest = newest;
}

static const struct action own_actions[] = {
	{ ACT_ROLLBACK, { K_ENTER }, "rollback", N_("Load"),
	    N_("load that config into the candidate") },
	{ ACT_BASE, { K_SPACE }, "base", N_("Compare with"),
	    N_("compare others with this one") },
	{ ACT_COMPARE, { 'v' }, "compare", N_("Differences"),
	    N_("the differences from the chosen config, or from the previous "
	       "one") },
	{ ACT_COMMIT, { 'c' }, "commit", N_("Commit"),
	    N_("show what a commit would do, and commit") },
	{ ACT_BACK, { K_ESC, 'q' }, "back", N_("Back"),
	    N_("close the history") },
	{ 0 },
};

const struct view_ops screen_history = {
	.name = N_("History"),
	.word = "history",
	.help = N_("Every config that was kept, with who committed it and "
		   "when, and what somebody edited by hand. The newest 50 are "
		   "kept.\n"
		   "Marks: * in force."),
	LISTVIEW_OPS(struct history_view, open_list, changed),
	.arg = &spec,
	.actions = (const struct action *const[]){ own_actions,
	    table_sort_actions, table_actions, copy_actions, NULL },
};

void
history_open(void *arg)
{
	struct app *app = arg;

	ui_raise(app->ui, &screen_history);
}
