/* Services of the console for its screens. */
#include "config.h"

#include "screens/app.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/commit/revert.h"
#include "core/show/status.h"
#include "core/state/counting.h"
#include "tui/term.h"

#define REST_MS 120 /* of the cursor, before details of its row */

const struct action candidate_actions[] = {
	{ ACT_COMMIT, { 'c', 'v' }, "commit", N_("Commit"),
	    N_("review what a commit would do, and commit") },
	{ ACT_COMMIT_QUIT, { K_PAIR('Z', 'Z') }, "commit-quit", NULL,
	    N_("commit, and quit once it is confirmed") },
	{ ACT_UNDO, { 'u' }, "undo", N_("Undo"),
	    N_("undo the last edit of the candidate") },
	{ ACT_REDO, { K_CTRL('r') }, "redo", NULL,
	    N_("redo what was undone last") },
	{ ACT_DISCARD, { 'U' }, "discard", NULL,
	    N_("discard all changes that are not committed") },
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
		    "this terminal has no clipboard; copy it by hand: "
		    "%s",
		    text);
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

/* A commit may be ended by anybody. A command that is still running may be what
 * ended it, and its answer would replace this message. */
void
app_tell_end(struct app *app)
{
	const struct pending *now = &app->host->pending;
	bool ended =
	    app->pending.phase != PENDING_NONE && now->phase == PENDING_NONE;
	char *news;

	if (ended && app->answer != NULL)
		return;
	if (ended) {
		news = revert_news(app->host->run_path, &app->pending);
		ui_message(app->ui, ROLE_TEXT, "%s", news);
		free(news);
		if (app->leaves && revert_outcome(app->host->run_path,
				       &app->pending) == OUTCOME_SAVED)
			ui_stop(app->ui, 0);
		app->leaves = false;
	}
	app->pending = *now;
}

void
app_read(struct app *app)
{
	ui_changed(app->ui);
	app_tell_end(app);
}

int
app_edited(struct app *app, int r, const struct err *e)
{
	ui_changed(app->ui);
	app_tell_end(app);
	if (r != 0 && e != NULL)
		ui_error(app->ui, e);
	return r;
}

/* Background work */

/* What a job answers, and whom. */
struct answer {
	struct job_spec spec;
	bool changes;
	int r;
	struct buf out, notes;
	struct err e;
};

static void
answer_free(struct answer *a)
{
	if (a == NULL)
		return;
	buf_free(&a->out);
	buf_free(&a->notes);
	free(a);
}

static void
give_answer(struct app *app)
{
	struct answer *a = app->answer;

	app->answer = NULL;
	a->spec.done(a->spec.arg, a->r, &a->out, &a->notes, &a->e);
	answer_free(a);
}

static void
on_refresh(void *arg)
{
	struct app *app = arg;
	struct err e = { 0 };
	int r = host_refresh_more(app->writable, &e);

	if (r == 1) {
		loop_timer(app->loop, 0, on_refresh, app);
		return;
	}
	app->refreshing = false;
	app->refreshed(app, r, &e);
	if (app->answer != NULL && app->job == NULL)
		give_answer(app);
}

/* Views borrow from configs that may just have been read anew. */
void
app_refresh(struct app *app)
{
	ui_stale(app->ui);
	host_refresh_begin(app->writable);
	app->refreshing = true;
	loop_timer(app->loop, 0, on_refresh, app);
}

void
app_refresh_now(struct app *app)
{
	while (app->refreshing)
		on_refresh(app);
	loop_timer_remove(app->loop, on_refresh, app);
}

static void
on_answer(
    void *arg, int r, struct buf *out, struct buf *notes, const struct err *e)
{
	struct app *app = arg;
	struct answer *a = app->answer;
	struct err ignored;

	app->job = NULL;
	a->r = r;
	a->out = *out;
	a->notes = *notes;
	a->e = *e;
	memset(out, 0, sizeof(*out));
	memset(notes, 0, sizeof(*notes));
	if (!a->changes) {
		give_answer(app);
		return;
	}
	/* The next tick tells what cannot be read. */
	host_reload(app->writable, &ignored);
	app_refresh(app);
}

int
app_work(struct app *app, const struct job_spec *spec, bool changes)
{
	struct job_spec own = *spec;
	struct err e;

	if (app->answer != NULL) {
		ui_message(
		    app->ui, ROLE_WARN, "the last command is still running");
		return -1;
	}
	own.done = on_answer;
	own.arg = app;
	app->job = job_start(app->loop, app->writable, &own, &e);
	if (app->job == NULL) {
		ui_error(app->ui, &e);
		return -1;
	}
	app->answer = xcalloc(1, sizeof(*app->answer));
	app->answer->spec = *spec;
	app->answer->changes = changes;
	return 0;
}

void
app_forget_work(struct app *app)
{
	struct answer *a = app->answer;

	job_forget(app->job);
	if (a != NULL && a->spec.forget != NULL)
		a->spec.forget(a->spec.arg);
	answer_free(a);
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

void
app_ranks(const struct app *app, struct buf *b)
{
	unsigned every = counting_every(app->host);

	if (every > 1)
		buf_printf(b, _(", ranked every %u s"), every);
}

void
app_rates(const struct app *app, struct buf *b)
{
	buf_add(b, app->host->bits ? _("rates: bits/s") : _("rates: bytes/s"));
	if (app->pace > 1)
		buf_printf(b, _(", every %u s"), app->pace);
}
