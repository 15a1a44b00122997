/* Commands run by screens, and their answers. */
#include "config.h"

#include "screens/cmdrun.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/command/command.h"
#include "screens/trail.h"
#include "tui/dialog.h"
#include "tui/term.h"

struct cmdrun {
	char *asked;   /* command whose question is open */
	pid_t guard;   /* of the commit that it is about; 0: about none */
	char *working; /* command that the job runs */
};

struct cmdrun *
cmdrun_new(void)
{
	return xcalloc(1, sizeof(struct cmdrun));
}

void
cmdrun_free(struct cmdrun *c)
{
	free(c->asked);
	free(c->working);
	free(c);
}

/* Whether the answer fits the message line. */
static bool
is_short(const struct buf *answer)
{
	const char *end = strchr(buf_text(answer), '\n');
	int h, w;

	term_size(&h, &w);
	return (end == NULL || end[1] == '\0') &&
	       text_width(buf_text(answer)) < (size_t)w;
}

void
cmdrun_answer(
    struct app *app, const char *line, struct buf *out, struct buf *notes)
{
	if (notes->len > 0)
		buf_printf(
		    out, "%s%s", out->len > 0 ? "\n" : "", buf_text(notes));
	if (!is_short(out))
		dialog_text(app->ui, line, buf_text(out), true);
	else if (out->len > 0)
		ui_message(app->ui, ROLE_OK, "%.*s", (int)strcspn(out->s, "\n"),
		    out->s);
}

/* The cursor goes to what a line adds or sets. */
static void
follow(struct app *app, const char *line)
{
	struct statement *st = command_statement(line, false);
	struct buf key = { 0 };

	if (st != NULL) {
		statement_key(st, &key);
		trail_select(app, trail_tab(st), buf_text(&key));
	}
	statement_free(st);
	buf_free(&key);
}

static void
run_now(struct app *app, const char *line)
{
	struct buf out = { 0 }, notes = { 0 };
	struct err e = { 0 };
	int r = command_line(app->writable, line, &out, &notes, &e);

	if (r == 0)
		follow(app, line);
	if (app_edited(app, r, &e) == 0 || out.len > 0)
		cmdrun_answer(app, line, &out, &notes);
	buf_free(&out);
	buf_free(&notes);
}

static int
work(struct host *h, const void *line, struct buf *out, struct buf *notes,
    struct err *e)
{
	return command_line(h, line, out, notes, e);
}

static void
worked(
    void *arg, int r, struct buf *out, struct buf *notes, const struct err *e)
{
	struct app *app = arg;

	ui_message(app->ui, ROLE_TEXT, "%s", "");
	if (r == 0 || out->len > 0)
		cmdrun_answer(app, app->lines->working, out, notes);
	app_edited(app, r, e); /* last: how a commit ended matters more */
}

static void
run_beside(struct app *app, const char *line)
{
	const struct job_spec spec = {
		.work = work, .what = line, .done = worked, .arg = app
	};

	if (app_work(app, &spec, true) != 0)
		return;
	free(app->lines->working);
	app->lines->working = xstrdup(line);
	ui_message(app->ui, ROLE_TEXT, "%s: running...", line);
}

void
cmdrun_line(struct app *app, const char *line)
{
	if (command_is_slow(line))
		run_beside(app, line);
	else
		run_now(app, line);
}

/* While a question is open, its commit may end and another one begin. */
static bool
is_over(struct app *app, pid_t guard)
{
	struct err ignored;

	if (guard == 0)
		return false;
	host_reload(app->writable, &ignored);
	ui_stale(app->ui);
	return app->host->pending.phase == PENDING_NONE ||
	       app->host->pending.guard != guard;
}

static void
run_asked(void *arg)
{
	struct app *app = arg;

	if (is_over(app, app->lines->guard))
		ui_message(app->ui, ROLE_WARN,
		    "that commit has ended in the meantime");
	else
		cmdrun_line(app, app->lines->asked);
}

void
cmdrun_asking(struct app *app, const char *line,
    const struct dialog_ask *question, pid_t guard)
{
	struct dialog_ask ask = *question;

	free(app->lines->asked);
	app->lines->asked = xstrdup(line);
	app->lines->guard = guard;
	if (ask.title == NULL)
		ask.title = line;
	ask.yes = run_asked;
	ask.arg = app;
	dialog_ask(app->ui, &ask);
}
