/* The `:` line of the console: commands, and the names of screens. */
#include "config.h"

#include "console/cmdline.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "console/tabs.h"
#include "core/base/intl.h"
#include "core/command/command.h"
#include "screens/cmdform.h"
#include "screens/cmdrun.h"
#include "screens/confirm.h"
#include "screens/history.h"
#include "screens/logbook.h"
#include "screens/statements.h"
#include "screens/trail.h"

/* What follows that word on the line; NULL if the line begins otherwise. */
static const char *
behind(const char *line, const char *word)
{
	size_t n = strlen(word);

	if (strncasecmp(line, word, n) != 0 || strchr(" !", line[n]) == NULL)
		return NULL;
	return line + n + strspn(line + n, " ");
}

/* The columns of the list in front. */
static void
complete_sort(struct app *app, complete_add *add, void *ctx)
{
	struct candidates columns = { 0 };
	size_t i;

	app->words = &columns;
	ui_act(app->ui, ACT_SORT_BY);
	app->words = NULL;
	for (i = 0; i < columns.n; i++)
		add(ctx, columns.v[i].word, columns.v[i].help);
	candidates_free(&columns);
}

static void
complete(void *arg, const char *line, size_t at, complete_add *add, void *ctx)
{
	struct app *app = arg;
	char *before = xstrndup(line, at), *help;
	size_t i;

	if (strncmp(before, "sort ", 5) == 0)
		complete_sort(app, add, ctx);
	else
		command_complete(app->host, before, add, ctx);
	for (i = 0; i < TAB_COUNT && strpbrk(before, " \t") == NULL; i++) {
		help = xasprintf(_("screen %zu"), i + 1);
		add(ctx, console_tabs[i]->word, help);
		free(help);
	}
	if (i > 0) {
		add(ctx, "statements", _("every statement in one list"));
		add(ctx, "sort", _("sort the list by a column: sort COLUMN"));
		add(ctx, "quit", _("quit the console"));
	}
	free(before);
}

/* Words that are no commands, or do something else here than the command of
 * that name. Nothing is committed unseen: these open the review. */
static const struct {
	const char *word;
	int act;
} words[] = {
	{ "q", ACT_QUIT },
	{ "quit", ACT_QUIT },
	{ "exit", ACT_QUIT },
	{ "commit", ACT_COMMIT },
	{ "w", ACT_COMMIT },
	{ "wq", ACT_COMMIT_QUIT },
	{ "x", ACT_COMMIT_QUIT },
	{ "e!", ACT_DISCARD },
	{ "setup", ACT_SETUP },
	{ "noh", ACT_FILTER_CLEAR },
	{ "nohlsearch", ACT_FILTER_CLEAR },
};

static bool
acts(struct app *app, const char *line)
{
	size_t i;

	for (i = 0; i < NITEMS(words); i++) {
		if (strcmp(line, words[i].word) == 0) {
			ui_act(app->ui, words[i].act);
			return true;
		}
	}
	if (strcmp(line, "q!") == 0)
		ui_stop(app->ui, 0); /* without a question */
	return strcmp(line, "q!") == 0;
}

/* Asks as the key of the screen does where no login proves the commit. */
static bool
confirms(struct app *app, const char *line)
{
	if (strcmp(line, "confirm") != 0 ||
	    app->host->pending.phase == PENDING_NONE)
		return false;
	confirm_now(app);
	return true;
}

static bool
sorts(struct app *app, const char *line)
{
	app->word = behind(line, "sort");
	if (app->word == NULL)
		return false;
	ui_act(app->ui, ACT_SORT_BY);
	app->word = NULL;
	return true;
}

static const struct {
	const char *word;
	void (*open)(void *app);
} overlays[] = {
	{ "history", history_open },
	{ "log", logbook_open },
	{ "statements", statements_open },
};

/* Goes to a screen by its word, or by its name in the tab line. */
static bool
goes(struct app *app, const char *line)
{
	size_t i;

	for (i = 0; i < NITEMS(overlays); i++) {
		if (strcmp(line, overlays[i].word) == 0) {
			overlays[i].open(app);
			return true;
		}
	}
	for (i = 0; i < TAB_COUNT; i++) {
		if (strcmp(line, console_tabs[i]->word) == 0 ||
		    strcasecmp(line, console_tabs[i]->name) == 0) {
			trail_go(app, (enum tab)i, NULL, NULL);
			return true;
		}
	}
	return false;
}

/* The same, with words to filter it by. */
static bool
filters(struct app *app, const char *line)
{
	const char *rest;
	size_t i;

	for (i = TAB_LINKS; i < TAB_COUNT; i++) {
		rest = behind(line, console_tabs[i]->word);
		if (rest == NULL)
			rest = behind(line, console_tabs[i]->name);
		if (rest == NULL || strncmp(rest, "--", 2) == 0)
			continue;
		trail_go(app, (enum tab)i, rest, NULL);
		return true;
	}
	return false;
}

/* A statement of which only the beginning is given is asked for in a form. */
static bool
asks(struct app *app, const char *line)
{
	struct statement *st = command_statement(line, false), *start = NULL;
	struct buf b = { 0 };
	bool any;

	if (st == NULL)
		start = command_statement(line, true);
	if (start != NULL)
		statement_print(start, &b);
	else if (strcmp(line, "add policy") == 0)
		buf_add(&b, "allow input");
	any = b.len > 0;
	if (any)
		cmdform_new(app, buf_text(&b));
	statement_free(st);
	statement_free(start);
	buf_free(&b);
	return any;
}

static void
tell_choices(struct app *app, const char *word, const struct candidates *c)
{
	struct buf b = { 0 };
	size_t i;

	for (i = 0; i < c->n; i++)
		buf_printf(&b, "%s%s", i > 0 ? ", " : "", c->v[i].word);
	ui_message(app->ui, ROLE_WARN, "%s may be: %s", word, buf_text(&b));
	buf_free(&b);
}

/* A word is replaced by the only one that begins like it. False after the
 * message line has listed several. */
static bool
expand(struct app *app, char **line)
{
	struct candidates all = { 0 };
	bool one = true;
	size_t i;

	if (strpbrk(*line, " \t") != NULL)
		return true;
	candidates_read(&all, complete, app, *line, strlen(*line));
	for (i = 0; i < all.n && strcmp(all.v[i].word, *line) != 0; i++)
		;
	if (i == all.n && all.n == 1) {
		free(*line);
		*line = xstrdup(all.v[0].word);
	} else if (i == all.n && all.n > 1) {
		tell_choices(app, *line, &all);
		one = false;
	}
	candidates_free(&all);
	return one;
}

static char *
trim(const char *line)
{
	char *s = xstrdup(line + strspn(line, " "));
	size_t n = strlen(s);

	while (n > 0 && s[n - 1] == ' ')
		s[--n] = '\0';
	return s;
}

static void
run(struct app *app, const char *line)
{
	const char *question = command_question(line);

	if (question != NULL)
		cmdrun_asking(
		    app, line, &(struct dialog_ask){ .text = question }, 0);
	else
		cmdrun_line(app, line);
}

static void
on_line(void *arg, const char *line)
{
	struct app *app = arg;
	char *text = trim(line);

	ui_dismiss(app->ui);
	if (!acts(app, text) && expand(app, &text) && !acts(app, text) &&
	    !confirms(app, text) && !sorts(app, text) && !goes(app, text) &&
	    !filters(app, text) && !asks(app, text))
		run(app, text);
	free(text);
}

void
cmdline_init(struct prompt_spec *spec, struct app *app, const char *history)
{
	*spec = (struct prompt_spec){
		.label = ":",
		.history = history,
		.complete = complete,
		.line = on_line,
		.arg = app,
	};
}
