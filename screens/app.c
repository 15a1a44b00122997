/* The console: joins the host, the toolkit and the screens. */
#include "config.h"

#include "screens/app.h"

#include <stdlib.h>
#include <string.h>

#include "cli/shell.h"
#include "core/base/intl.h"
#include "core/show/status.h"
#include "screens/bridges.h"
#include "screens/changes.h"
#include "screens/cmdline.h"
#include "screens/confirm.h"
#include "screens/connections.h"
#include "screens/containers.h"
#include "screens/dashboard.h"
#include "screens/forwards.h"
#include "screens/history.h"
#include "screens/policies.h"
#include "screens/review.h"
#include "screens/statements.h"
#include "screens/title.h"
#include "tui/dialog.h"
#include "tui/term.h"

#define FIRST_MS 250  /* the first rates: on the screen within 300 */
#define TICK_MS 1000  /* all others */
#define REST_MS 120   /* of a cursor before what is about its row */
#define REFRESH_MS 50 /* events come in bursts */

static const unsigned paces[] = { 1, 2, 5, 10 }; /* seconds */

const struct view_ops *const app_tabs[TAB_COUNT + 1] = {
	[TAB_DASHBOARD] = &screen_dashboard,
	[TAB_BRIDGES] = &screen_bridges,
	[TAB_CONTAINERS] = &screen_containers,
	[TAB_FORWARDS] = &screen_forwards,
	[TAB_POLICIES] = &screen_policies,
	[TAB_CONNECTIONS] = &screen_connections,
	[TAB_CHANGES] = &screen_changes,
};

const struct view_ops *const app_overlays[] = {
	&screen_history,
	&screen_statements,
	&screen_review,
	&screen_confirm,
	NULL,
};

const struct action candidate_actions[] = {
	{ ACT_COMMIT, { 'c', 'v' }, "commit", N_("Commit"),
	    N_("look at what a commit would do, and commit") },
	{ ACT_UNDO, { 'u' }, "undo", N_("Undo"),
	    N_("take back the last edit of the candidate") },
	{ ACT_REDO, { K_CTRL('r') }, "redo", NULL,
	    N_("do again what undo took back last") },
	{ ACT_DISCARD, { 'U' }, "discard", NULL,
	    N_("forget the candidate: all that is not committed") },
	{ 0 },
};

const struct action app_actions[] = {
	{ ACT_HISTORY, { 'R' }, "history", NULL,
	    N_("the configs that were confirmed, and back to one") },
	{ ACT_MENU, { 'N' }, "menu", NULL,
	    N_("a form for a statement of any kind") },
	{ ACT_STATEMENTS, { '=' }, "statements", NULL,
	    N_("every statement in one list") },
	{ ACT_PAUSE, { 'p' }, "pause", NULL,
	    N_("stop the screen, but for a countdown, or let it go") },
	{ ACT_BITS, { 'b' }, "bits", NULL, N_("rates in bits or in bytes") },
	{ ACT_FASTER, { '+', ']' }, "faster", NULL,
	    N_("show rates more often, at most each second") },
	{ ACT_SLOWER, { '-', '[' }, "slower", NULL,
	    N_("show rates less often, down to every 10 s") },
	{ ACT_REFRESH, { 'r', K_F(5) }, "refresh", NULL,
	    N_("read the kernel again now") },
	{ 0 },
};

struct app *
app_of(const struct ui *ui)
{
	return ui_arg(ui);
}

void
app_copy(struct app *app, const char *text)
{
	if (term_copy(text))
		ui_message(app->ui, ROLE_STATEMENT, "copied: %s", text);
	else
		ui_message(app->ui, ROLE_STATEMENT,
		    "this terminal has no clipboard, so by hand: %s", text);
}

static void
replace(char **text, const char *by)
{
	char *copy = by != NULL ? xstrdup(by) : NULL;

	free(*text);
	*text = copy;
}

const struct trail *
app_trail(const struct app *app)
{
	const struct trail *last;

	if (app->ntrail == 0)
		return NULL;
	last = &app->trail[app->ntrail - 1];
	return (size_t)last->to == ui_shown(app->ui) ? last : NULL;
}

static void
forget_step(struct app *app)
{
	struct trail *last = &app->trail[--app->ntrail];

	free(last->filter);
	free(last->key);
}

/* A step from somewhere else than where the trail led begins a new one. */
static void
add_step(struct app *app, enum tab from, enum tab to)
{
	if (app_trail(app) == NULL)
		while (app->ntrail > 0)
			forget_step(app);
	app->trail = xgrow(app->trail, app->ntrail, sizeof(*app->trail));
	app->trail[app->ntrail++] = (struct trail){ .from = from, .to = to };
}

void
app_go(struct app *app, enum tab tab, const char *filter, const char *select)
{
	enum tab from = (enum tab)ui_shown(app->ui);

	app->wish.tab = tab;
	app->wish.step = tab != from;
	replace(&app->wish.filter, filter);
	replace(&app->wish.select, select);
	if (app->wish.step)
		add_step(app, from, tab);
	ui_show(app->ui, tab);
}

void
app_back(struct app *app)
{
	const struct trail *last = app_trail(app);
	enum tab from;

	if (last == NULL)
		return;
	from = last->from;
	forget_step(app);
	ui_show(app->ui, from);
}

void
app_select(struct app *app, const char *key)
{
	app->wish.tab = (enum tab)ui_shown(app->ui);
	app->wish.step = false;
	replace(&app->wish.select, key);
}

static void
on_rest(void *arg)
{
	struct app *app = arg;

	app->moving = false;
	ui_dirty(app->ui);
}

void
app_moved(struct app *app)
{
	app->moving = true;
	loop_timer(app->loop, REST_MS, on_rest, app);
}

static void
changed(struct app *app)
{
	app->changed = time(NULL);
	ui_changed(app->ui);
}

/* How a pending commit ended, whoever ended it. A command that is under way
 * may be what ended it, and what it has to say would take this one's place. */
static void
tell_end(struct app *app)
{
	bool now = app->host->pending.phase != PENDING_NONE;
	char *last;

	if (app->job != NULL)
		return;
	if (app->pending && !now) {
		last = status_last(app->host);
		ui_message(app->ui, ROLE_TEXT, "%s", last);
		free(last);
	}
	app->pending = now;
}

int
app_edited(struct app *app, int r, const struct err *e)
{
	changed(app);
	tell_end(app);
	if (r != 0 && e != NULL)
		ui_error(app->ui, e);
	return r;
}

int
app_work(struct app *app, const struct job_spec *spec)
{
	struct err e;

	if (app->job != NULL) {
		ui_message(app->ui, ROLE_WARN,
		    "the last command is still carried out");
		return -1;
	}
	app->job = job_start(app->loop, app->host, spec, &e);
	if (app->job == NULL)
		ui_error(app->ui, &e);
	return app->job != NULL ? 0 : -1;
}

/* The tick would tell what cannot be read. */
int
app_worked(struct app *app, int r, const struct err *e)
{
	struct err ignored;

	app->job = NULL;
	host_reload(app->host, &ignored);
	host_refresh(app->host, &ignored);
	return app_edited(app, r, e);
}

bool
app_refuses(struct app *app)
{
	struct err e = { 0 };

	if (!app->host->read_only)
		return false;
	host_refuse(app->host, &e);
	ui_error(app->ui, &e);
	return true;
}

/* Events and time */

/* The loop meets the same error again and again: it is told once. */
static void
complain(struct app *app, enum complaint which, const struct err *e)
{
	char **last = &app->complaints[which];

	if (*last != NULL && strcmp(*last, e->text) == 0)
		return;
	replace(last, e->text);
	ui_error(app->ui, e);
}

static void
reload(struct app *app)
{
	const struct err *candidate = &app->host->candidate_error;
	const struct err *saved = &app->host->saved_error;
	struct err e = { 0 };

	if (host_reload(app->host, &e) != 0)
		complain(app, COMPLAINT_FILES, &e);
	if (candidate->code != ERR_NONE)
		complain(app, COMPLAINT_CANDIDATE, candidate);
	if (saved->code != ERR_NONE)
		complain(app, COMPLAINT_SAVED, saved);
}

/* The files first: what another seki is committing is no drift. */
static void
refresh(void *arg)
{
	struct app *app = arg;
	struct err e = { 0 };

	if (app->paused)
		return;
	reload(app);
	if (host_refresh(app->host, &e) != 0)
		complain(app, COMPLAINT_KERNEL, &e);
	changed(app);
	tell_end(app);
}

static void
on_event(void *arg)
{
	struct app *app = arg;

	if (net_ready(app->host->net))
		loop_timer(app->loop, REFRESH_MS, refresh, app);
}

/* Once the charts of the last minute are empty too, a host without traffic
 * costs nothing but the look at its counts. */
static bool
is_idle(const struct app *app)
{
	return meters_still(app->host->meters) > METER_HISTORY;
}

/* Counts are read each second all the same: charts keep their scale of time. */
static bool
is_due(struct app *app)
{
	if (++app->ticks < paces[app->pace])
		return false;
	app->ticks = 0;
	return true;
}

static void
tick(void *arg)
{
	struct app *app = arg;
	struct host *h = app->host;
	uint64_t files = h->files;
	struct err e = { 0 };

	loop_timer(app->loop, TICK_MS, tick, app);
	/* The time of a pending commit does not stop. */
	if (app->paused && h->pending.phase == PENDING_NONE)
		return;
	reload(app);
	if (host_sample(h, &e) != 0)
		complain(app, COMPLAINT_COUNTS, &e);
	/* Also after an error: it may have come half way. */
	ui_stale(app->ui);
	if (files != h->files)
		refresh(app);
	else if (h->pending.phase != PENDING_NONE ||
		 (is_due(app) &&
		     (!is_idle(app) || ui_shown(app->ui) == TAB_CONNECTIONS)))
		ui_dirty(app->ui);
	tell_end(app);
}

/* Actions */

static void
undo(void *self)
{
	struct app *app = self;
	struct buf what = { 0 };
	struct err e = { 0 };

	if (host_undo(app->host, &what, &e) != 0)
		ui_error(app->ui, &e);
	else
		ui_message(app->ui, ROLE_OK, "taken back: %s", buf_text(&what));
	changed(app);
	buf_free(&what);
}

static void
redo(void *self)
{
	struct app *app = self;
	struct buf what = { 0 };
	struct err e = { 0 };

	if (host_redo(app->host, &what, &e) != 0)
		ui_error(app->ui, &e);
	else
		ui_message(app->ui, ROLE_OK, "done again: %s", buf_text(&what));
	changed(app);
	buf_free(&what);
}

static void
discard_now(void *arg)
{
	struct app *app = arg;
	struct err e = { 0 };

	if (app_edited(app, host_discard(app->host, &e), &e) == 0)
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
	struct app *app = self;

	app->paused = !app->paused;
	if (!app->paused)
		refresh(app);
}

static void
toggle_bits(void *self)
{
	struct app *app = self;

	app->host->bits = !app->host->bits;
	ui_changed(app->ui);
}

void
app_rates(const struct app *app, struct buf *b)
{
	buf_add(b, app->host->bits ? _("rates: bits/s") : _("rates: bytes/s"));
	if (app->pace > 0)
		buf_printf(b, _(", every %u s"), paces[app->pace]);
}

static void
set_pace(struct app *app, size_t pace)
{
	struct buf b = { 0 };

	if (pace < NITEMS(paces))
		app->pace = pace;
	buf_printf(&b,
	    ngettext("rates are shown every second",
		"rates are shown every %u seconds", paces[app->pace]),
	    paces[app->pace]);
	ui_message(app->ui, ROLE_TEXT, "%s", buf_text(&b));
	buf_free(&b);
}

static void
faster(void *self)
{
	struct app *app = self;

	set_pace(app, app->pace > 0 ? app->pace - 1 : 0);
}

static void
slower(void *self)
{
	struct app *app = self;

	set_pace(app, app->pace + 1);
}

static void
refresh_now(void *self)
{
	struct app *app = self;

	app->paused = false;
	refresh(app);
	ui_message(app->ui, ROLE_OK, "read again");
}

static void
quit_now(void *arg)
{
	struct app *app = arg;

	ui_stop(app->ui, 0);
}

static void
quit_pending(struct app *app)
{
	unsigned left = status_seconds(app->host);
	char *text = xasprintf(
	    _("Commit #%u reverts in %u:%02u unless it is confirmed: the guard "
	      "goes on without this console, and seki confirm keeps it. "
	      "Leave?"),
	    app->host->pending.number, left / 60, left % 60);

	dialog_ask(app->ui, &(struct dialog_ask){ .title = _("Leave"),
				.text = text,
				.yes = quit_now,
				.arg = app });
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
		dialog_ask(app->ui,
		    &(struct dialog_ask){ .title = _("Leave"),
			.text = _("The candidate has changes that are not "
				  "committed. They stay in it until this host "
				  "restarts. Leave?"),
			.yes = quit_now,
			.arg = app });
}

static void
commit(void *self)
{
	review_open(self);
}

static const struct act acts[] = {
	{ ACT_COMMIT, commit },
	{ ACT_UNDO, undo },
	{ ACT_REDO, redo },
	{ ACT_DISCARD, discard },
	{ ACT_HISTORY, history_open },
	{ ACT_MENU, statements_menu },
	{ ACT_STATEMENTS, statements_open },
	{ ACT_PAUSE, toggle_pause },
	{ ACT_BITS, toggle_bits },
	{ ACT_FASTER, faster },
	{ ACT_SLOWER, slower },
	{ ACT_REFRESH, refresh_now },
	{ ACT_QUIT, quit },
	{ 0 },
};

static int
act(void *arg, int id)
{
	return act_run(acts, id, arg);
}

/* Start and end */

static int
run(struct app *app, const struct ui_spec *spec)
{
	struct err e = { 0 };
	int status;

	app->ui = ui_new(app->loop, spec, &e);
	if (app->ui == NULL) {
		term_stop();
		return shell_error(&e);
	}
	app->pending = app->host->pending.phase != PENDING_NONE;
	reload(app);
	loop_fd(app->loop, net_fd(app->host->net), on_event, app);
	loop_timer(app->loop, FIRST_MS, tick, app);
	status = loop_run(app->loop);
	job_forget(app->job);
	loop_fd_remove(app->loop, net_fd(app->host->net));
	ui_free(app->ui);
	return status;
}

int
app_run(struct host *h, const struct app_options *options)
{
	const struct term_options term = { .ascii = options->ascii,
		.no_color = options->no_color };
	struct app app = { .host = h, .changed = time(NULL) };
	struct prompt_spec prompt;
	struct ui_spec spec = { .tabs = app_tabs,
		.actions = app_actions,
		.read_only = h->read_only,
		.act = act,
		.title = title_print,
		.prompt = &prompt,
		.arg = &app };
	struct err e = { 0 };
	int status;
	size_t i;

	if (term_start(&term, &e) != 0) {
		shell_error(&e);
		return shell_run(h);
	}
	cmdline_init(&prompt, &app);
	app.loop = loop_new();
	status = run(&app, &spec);
	loop_free(app.loop);
	term_stop();
	cmdline_free(&prompt);
	free(app.asked);
	free(app.working);
	for (i = 0; i < COMPLAINTS; i++)
		free(app.complaints[i]);
	while (app.ntrail > 0)
		forget_step(&app);
	free(app.trail);
	free(app.wish.filter);
	free(app.wish.select);
	return status;
}
