/* The console's actions and keys for every screen. */
#include "config.h"

#include "console/actions.h"

#include <stdlib.h>

#include "console/feed.h"
#include "core/base/intl.h"
#include "core/show/status.h"
#include "core/state/candidate.h"
#include "core/state/counting.h"
#include "screens/history.h"
#include "screens/logbook.h"
#include "screens/menu.h"
#include "screens/review.h"
#include "screens/setup.h"
#include "screens/statements.h"
#include "screens/trial.h"
#include "tui/dialog.h"

static const unsigned paces[] = { 1, 2, 5, 10 }; /* seconds */

const struct action console_actions[] = {
	{ ACT_HISTORY, { 'R' }, "history", NULL,
	    N_("the history of confirmed configs, and rollback") },
	{ ACT_LOG, { 'L' }, "log", NULL,
	    N_("the log: what happened, and who did what") },
	{ ACT_MENU, { 'N' }, "menu", NULL,
	    N_("a form for a statement of any kind") },
	{ ACT_STATEMENTS, { '=' }, "statements", NULL,
	    N_("every statement in one list") },
	{ ACT_TRY, { 't' }, "try", NULL,
	    N_("let a packet in, and see what becomes of it") },
	{ ACT_SETUP, { K_F(2) }, "setup", N_("Set up"),
	    N_("look around, and propose a config") },
	{ ACT_PAUSE, { 'p', 'P' }, "pause", NULL,
	    N_("pause the screen, except for a countdown, or resume it") },
	{ ACT_BITS, { 'b' }, "bits", NULL, N_("rates in bits or in bytes") },
	{ ACT_FASTER, { '+', ')' }, "faster", NULL,
	    N_("show rates more often, at most each second") },
	{ ACT_SLOWER, { '-', '(' }, "slower", NULL,
	    N_("show rates less often, down to every 10 s") },
	{ ACT_REFRESH, { 'r', K_F(5) }, "refresh", NULL,
	    N_("read the kernel again now") },
	{ 0 },
};

/* said, marked by N_(), has a place for what the edit was. */
static void
take_step(struct app *app,
    int (*step)(struct host *, struct buf *, struct err *), const char *said)
{
	struct buf what = { 0 };
	struct err e = { 0 };

	if (app_edited(app, step(app->writable, &what, &e), &e) == 0)
		ui_message(app->ui, ROLE_OK, said, buf_text(&what));
	buf_free(&what);
}

static void
undo_now(void *arg)
{
	take_step(arg, candidate_undo, N_("undone: %s"));
}

static void
ask_undo(struct app *app)
{
	struct buf what = { 0 };
	char *text;

	candidate_name_undo(app->host, &what);
	text = xasprintf(
	    _("All edits since the last confirmed commit are "
	      "undone. Undo the last edit that it confirmed "
	      "(%s), too? Its reverse goes into the candidate; nothing "
	      "changes before a commit."),
	    buf_text(&what));
	dialog_ask(app->ui, &(struct dialog_ask){ .title = _("Undo"),
				.text = text,
				.yes = undo_now,
				.arg = app });
	free(text);
	buf_free(&what);
}

static void
undo(void *self)
{
	struct app *app = self;

	if (candidate_undoes_commit(app->host))
		ask_undo(app);
	else
		undo_now(app);
}

static void
redo(void *self)
{
	take_step(self, candidate_redo, N_("redone: %s"));
}

static void
discard_now(void *arg)
{
	struct app *app = arg;
	struct err e = { 0 };

	if (app_edited(app, candidate_discard(app->writable, &e), &e) == 0)
		ui_message(app->ui, ROLE_OK,
		    "the candidate is forgotten   (u: bring it back)");
}

static void
discard(void *self)
{
	struct app *app = self;

	if (!app->host->dirty && app->host->candidate_error.code == ERR_NONE)
		ui_message(app->ui, ROLE_TEXT, "there is nothing to discard");
	else
		dialog_ask(app->ui,
		    &(struct dialog_ask){ .title = _("Discard"),
			.text = _("Forget all changes of the candidate? The "
				  "kernel and the saved config stay as they "
				  "are."),
			.yes = discard_now,
			.arg = app });
}

static void
toggle_pause(void *self)
{
	struct console *c = self;

	c->paused = !c->paused;
	ui_message(c->app.ui, ROLE_TEXT,
	    c->paused ? N_("the screen is paused   (P: go on)")
		      : N_("the screen goes on"));
	if (!c->paused)
		feed_refresh(c);
}

static void
toggle_bits(void *self)
{
	struct app *app = self;

	app->writable->bits = !app->host->bits;
	ui_changed(app->ui);
}

/* Goes to the next slower or faster pace, if there is one. */
static void
set_pace(struct app *app, int by)
{
	struct buf b = { 0 };
	size_t i = 0;

	while (i + 1 < NITEMS(paces) && paces[i] < app->pace)
		i++;
	if (by < 0 ? i > 0 : i + 1 < NITEMS(paces))
		app->pace = paces[by < 0 ? i - 1 : i + 1];
	buf_printf(&b,
	    ngettext("rates are shown every second",
		"rates are shown every %u seconds", app->pace),
	    app->pace);
	ui_message(app->ui, ROLE_TEXT, "%s", buf_text(&b));
	buf_free(&b);
}

static void
faster(void *self)
{
	set_pace(self, -1);
}

static void
slower(void *self)
{
	set_pace(self, 1);
}

static void
refresh_now(void *self)
{
	struct console *c = self;

	ui_message(c->app.ui, ROLE_OK,
	    c->paused ? N_("refreshed; the screen goes on") : N_("refreshed"));
	c->paused = false;
	counting_expire(c->app.writable);
	host_expire_flows(c->app.writable);
	feed_refresh(c); /* which may have something to complain of */
}

static void
quit_now(void *arg)
{
	struct app *app = arg;

	ui_stop(app->ui, 0);
}

static void
ask_to_quit(struct app *app, const char *text)
{
	dialog_ask(app->ui, &(struct dialog_ask){ .title = _("Quit"),
				.text = text,
				.yes = quit_now,
				.arg = app });
}

static void
quit_pending(struct app *app)
{
	unsigned left = status_seconds(app->host);
	char *text = xasprintf(
	    _("Commit #%u reverts in %u:%02u unless it is confirmed: the guard "
	      "runs on without this console, and waits for seki confirm. "
	      "Quit?"),
	    app->host->pending.number, left / 60, left % 60);

	ask_to_quit(app, text);
	free(text);
}

static void
quit(void *self)
{
	struct app *app = self;

	if (app->host->pending.phase != PENDING_NONE)
		quit_pending(app);
	else if (!app->host->dirty || app->host->read_only)
		quit_now(app);
	else
		ask_to_quit(app,
		    host_ends_lab()
			? _("The candidate has uncommitted changes, which end "
			    "with this lab. Quit?")
		    : host_is_lab()
			? _("The candidate has uncommitted changes. They are "
			    "kept until this lab ends. Quit?")
			: _("The candidate has uncommitted changes. They are "
			    "kept until this host reboots. Quit?"));
}

/* As :wq: it is not quit before the commit is kept, since until then it may
 * need to be taken back. What keeps it from being committed is told instead. */
static void
commit_and_quit(void *self)
{
	struct app *app = self;
	const struct host *h = app->host;

	if (!h->dirty && h->candidate_error.code == ERR_NONE &&
	    h->pending.phase == PENDING_NONE) {
		quit_now(app);
		return;
	}
	app->leaves = true;
	if (h->pending.phase == PENDING_NONE)
		ui_message(app->ui, ROLE_TEXT,
		    "the console ends once the commit is confirmed");
	ui_act(app->ui, ACT_COMMIT);
}

static void
no_sort(void *self)
{
	struct app *app = self;

	if (app->words == NULL)
		ui_message(app->ui, ROLE_WARN,
		    "nothing is sorted here; 3, 4 and 6 have lists to sort");
}

static void
no_filter(void *self)
{
	struct app *app = self;

	ui_message(app->ui, ROLE_WARN,
	    "nothing is filtered here; 2 to 8 have lists to filter");
}

static const struct act acts[] = {
	{ ACT_SORT_BY, no_sort },
	{ ACT_SORT, no_sort },
	{ ACT_FILTER, no_filter },
	{ ACT_COMMIT, review_open },
	{ ACT_COMMIT_QUIT, commit_and_quit },
	{ ACT_UNDO, undo },
	{ ACT_REDO, redo },
	{ ACT_DISCARD, discard },
	{ ACT_HISTORY, history_open },
	{ ACT_LOG, logbook_open },
	{ ACT_MENU, menu_open },
	{ ACT_STATEMENTS, statements_open },
	{ ACT_TRY, trial_open },
	{ ACT_SETUP, setup_open },
	{ ACT_PAUSE, toggle_pause },
	{ ACT_BITS, toggle_bits },
	{ ACT_FASTER, faster },
	{ ACT_SLOWER, slower },
	{ ACT_REFRESH, refresh_now },
	{ ACT_QUIT, quit },
	{ 0 },
};

int
actions_act(void *arg, int id)
{
	return act_run(acts, id, arg);
}

/* What is of no use without a row. */
static bool
needs_row(int id)
{
	static const int ids[] = { ACT_ENTER, ACT_EDIT, ACT_DELETE, ACT_OFF,
		ACT_SORT, ACT_FILTER, ACT_COPY, ACT_WHY, ACT_TRY, ACT_FORWARD,
		ACT_CONTAINER, ACT_TERMINATE, ACT_MOVE_UP, ACT_MOVE_DOWN,
		ACT_FOLD };
	size_t i = 0;

	while (i < NITEMS(ids) && ids[i] != id)
		i++;
	return i < NITEMS(ids);
}

const char *
actions_label(void *arg, const struct action *a)
{
	const struct app *app = arg;
	const struct host *h = app->host;
	bool edited = h->dirty || h->candidate_error.code != ERR_NONE;

	if ((h->read_only && a->id >= ACT_EDITS) ||
	    (app->bare && needs_row(a->id)))
		return NULL;
	if (a->id == ACT_COMMIT && h->pending.phase != PENDING_NONE)
		return N_("Pending");
	if (a->id == ACT_SETUP)
		return !h->read_only && config_is_empty(&h->candidate)
			   ? a->label
			   : NULL;
	return edited || (a->id != ACT_COMMIT && a->id != ACT_UNDO) ? a->label
								    : NULL;
}
