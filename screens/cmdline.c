/* The `:` line of the console: commands, and the names of screens. */
#include "config.h"

#include "screens/cmdline.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/base/file.h"
#include "core/base/intl.h"
#include "core/command/command.h"
#include "screens/history.h"
#include "screens/statements.h"
#include "tui/dialog.h"
#include "tui/term.h"

static void
complete(void *arg, const char *line, size_t at, complete_add *add, void *ctx)
{
	const struct app *app = arg;
	char *before = xstrndup(line, at), *help;
	size_t i;

	command_complete(app->host, before, add, ctx);
	for (i = 0; i < TAB_COUNT && strpbrk(before, " \t") == NULL; i++) {
		help = xasprintf(_("screen %zu"), i + 1);
		add(ctx, app_tabs[i]->word, help);
		free(help);
	}
	if (i > 0) {
		add(ctx, "statements", _("every statement in one list"));
		add(ctx, "quit", _("leave"));
	}
	free(before);
}

/* Whether the message line holds all of it. */
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
cmdline_answer(
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
		cmdline_answer(app, line, &out, &notes);
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
		cmdline_answer(app, app->working, out, notes);
	app_worked(app, r, e); /* how a commit ended is the better answer */
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
	ui_message(app->ui, ROLE_TEXT, "%s: it is carried out", line);
}

void
cmdline_run(struct app *app, const char *line)
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

	cmdline_run(app, app->asked);
}

static void
ask(struct app *app, const char *line, const char *question)
{
	free(app->asked);
	app->asked = xstrdup(line);
	dialog_ask(app->ui, &(struct dialog_ask){ .title = line,
				.text = question,
				.yes = run_asked,
				.arg = app });
}

/* What is no command, and what a command of that name is here. */

static bool
leaves(struct app *app, const char *line)
{
	static const char *const words[] = { "q", "quit", "exit" };
	size_t i;

	for (i = 0; i < NITEMS(words); i++) {
		if (strcmp(line, words[i]) == 0) {
			ui_act(app->ui, ACT_QUIT);
			return true;
		}
	}
	return false;
}

static const struct {
	const char *word;
	void (*open)(void *app);
} overlays[] = {
	{ "history", history_open },
	{ "statements", statements_open },
};

/* A screen by its word or the start of it, or by its name among the tabs. */
static bool
goes(struct app *app, const char *line)
{
	size_t i, n = strlen(line);

	for (i = 0; i < NITEMS(overlays); i++) {
		if (strcmp(line, overlays[i].word) == 0) {
			overlays[i].open(app);
			return true;
		}
	}
	for (i = 0; i < TAB_COUNT; i++) {
		if ((n > 2 && has_prefix(app_tabs[i]->word, line)) ||
		    strcasecmp(app_tabs[i]->name, line) == 0) {
			app_go(app, (enum tab)i, NULL, NULL);
			return true;
		}
	}
	return false;
}

static void
on_line(void *arg, const char *line)
{
	struct app *app = arg;
	const char *question = command_question(line);
	char *trimmed = xstrdup(line + strspn(line, " "));
	size_t n = strlen(trimmed);

	while (n > 0 && trimmed[n - 1] == ' ')
		trimmed[--n] = '\0';
	if (leaves(app, trimmed) || goes(app, trimmed))
		;
	else if (question != NULL)
		ask(app, trimmed, question);
	else
		cmdline_run(app, trimmed);
	free(trimmed);
}

/* The file of the history, its folder made; NULL when nobody says where the
 * admin lives: a line typed by root is not left in some other place. */
char *
cmdline_history(void)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	char *path = NULL;
	struct err ignored;

	if (state != NULL && state[0] == '/')
		path = xasprintf("%s/seki/history", state);
	else if (host_is_lab())
		path = xstrdup(LAB_FOLDER "/history");
	else if (home != NULL && home[0] == '/')
		path = xasprintf("%s/.local/state/seki/history", home);
	if (path != NULL)
		file_make_folder(path, &ignored);
	return path;
}

void
cmdline_init(struct prompt_spec *spec, struct app *app)
{
	*spec = (struct prompt_spec){
		.label = ":",
		.history = cmdline_history(),
		.complete = complete,
		.line = on_line,
		.arg = app,
	};
}

void
cmdline_free(struct prompt_spec *spec)
{
	free((char *)spec->history);
}
