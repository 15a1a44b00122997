/* Commands run by screens, and their answers. */
#include "config.h"

#include "screens/cmdrun.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/command/command.h"
#include "tui/dialog.h"
#include "tui/term.h"

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

static void
run_now(struct app *app, const char *line)
{
	struct buf out = { 0 }, notes = { 0 };
	struct err e = { 0 };
	int r = command_line(app->host, line, &out, &notes, &e);

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
		cmdrun_answer(app, app->working, out, notes);
	app_worked(app, r, e); /* last: how a commit ended matters more */
}

static void
run_beside(struct app *app, const char *line)
{
	const struct job_spec spec = {
		.work = work, .what = line, .done = worked, .arg = app
	};

	if (app_work(app, &spec) != 0)
		return;
	free(app->working);
	app->working = xstrdup(line);
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

static void
run_asked(void *arg)
{
	struct app *app = arg;

	cmdrun_line(app, app->asked);
}

void
cmdrun_asking(struct app *app, const char *line, const char *question)
{
	free(app->asked);
	app->asked = xstrdup(line);
	dialog_ask(app->ui, &(struct dialog_ask){ .title = line,
				.text = question,
				.yes = run_asked,
				.arg = app });
}
