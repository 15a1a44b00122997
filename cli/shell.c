/* seki shell: the commands at a plain prompt. */
#include "config.h"

#include "cli/shell.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/answer.h"
#include "core/base/file.h"
#include "core/base/intl.h"
#include "core/base/loop.h"
#include "core/base/util.h"
#include "core/command/command.h"
#include "core/command/command_wizard.h"
#include "core/commit/revert.h"
#include "core/show/status.h"
#include "core/state/unit.h"
#include "tui/plain.h"

#define REFRESH_MS 50  /* events come in bursts */
#define SECOND_MS 1000 /* a commit is confirmed within seconds */

/* Runs one line of the language of commands; the exit status. */
static int
run_line(struct host *h, const char *line)
{
	struct words w = { 0 };
	struct err e = { 0 };
	int status = 0;

	if (words_split(&w, line, &e) != 0)
		status = answer_error(&e);
	else if (w.n > 0)
		status = answer_words(h, &w);
	words_free(&w);
	return status;
}

struct shell {
	struct host *host;
	struct loop *loop;
	struct plain *plain;
	char *asked;		/* line whose question is open; or NULL */
	struct wizard *wizard;	/* of set-up, whose step is open; or NULL */
	bool set_up;		/* it made the commit that is pending */
	struct pending pending; /* at the last look */
	unsigned left;		/* seconds it had left */
	struct buf seen;	/* its evidence, a line each */
	int status;
};

/* A pending commit: its countdown, its evidence, and its end */

/* Seconds left at which the countdown is printed. */
static const unsigned milestones[] = { 300, 120, 60, 30, 20, 10, 5 };

static void
tell_left(struct shell *s, unsigned left)
{
	const struct pending *p = &s->host->pending;
	bool tell = false;
	char *text;
	size_t i;

	for (i = 0; i < NITEMS(milestones); i++)
		tell |= milestones[i] >= left && milestones[i] < s->left;
	s->left = left;
	if (!tell)
		return;
	text = xasprintf(
	    _("commit #%u reverts by itself in %u s"), p->number, left);
	plain_say(s->plain, text);
	free(text);
}

/* Appends a line for each piece of evidence that the guard has. */
static void
read_evidence(const struct status *st, struct buf *b)
{
	static const char *const marks[] = {
		[EVIDENCE_SEEN] = "ok  ",
		[EVIDENCE_AGAINST] = "FAIL",
	};
	size_t i;

	for (i = 0; i < st->n; i++)
		if (st->v[i].state != EVIDENCE_WAITING)
			buf_printf(
			    b, "%s %s\n", marks[st->v[i].state], st->v[i].text);
	if (st->proven)
		buf_add(b, _("a new login was seen: type confirm\n"));
}

static void
tell_evidence(struct shell *s)
{
	struct buf now = { 0 }, news = { 0 };
	char *text, *rest, *line;
	struct status st;

	status_read(&st, s->host);
	read_evidence(&st, &now);
	status_free(&st);
	rest = text = xstrdup(buf_text(&now));
	while ((line = strsep(&rest, "\n")) != NULL)
		if (strstr(buf_text(&s->seen), line) == NULL)
			buf_printf(
			    &news, "%s%s", news.len > 0 ? "\n" : "", line);
	if (news.len > 0)
		plain_say(s->plain, buf_text(&news));
	buf_free(&news);
	free(text);
	buf_free(&s->seen);
	s->seen = now;
}

static void
tell_begin(struct shell *s)
{
	const struct pending *p = &s->host->pending;
	char *text;

	if (p->deadline == 0)
		return;
	text = xasprintf(_("commit #%u by %s is pending and reverts by itself "
			   "in %u s"),
	    p->number, p->who, status_seconds(s->host));
	plain_say(s->plain, text);
	free(text);
}

static void
tell_end(struct shell *s)
{
	char *news = revert_news(s->host->run_path, &s->pending);

	plain_say(s->plain, news);
	free(news);
}

/* Notes the state without printing it: the line that was run has printed it. */
static void
note_pending(struct shell *s)
{
	bool is = s->host->pending.phase != PENDING_NONE;

	s->pending = s->host->pending;
	s->left = is ? status_seconds(s->host) : 0;
	if (!is)
		buf_reset(&s->seen);
}

/* The prompt may be idle while a commit begins and ends, whoever made it. */
static void
look(struct shell *s)
{
	bool was = s->pending.phase != PENDING_NONE;
	bool is = s->host->pending.phase != PENDING_NONE;

	if (is && !was)
		tell_begin(s);
	else if (was && !is)
		tell_end(s);
	if (is != was)
		note_pending(s);
	if (!is)
		return;
	tell_evidence(s);
	tell_left(s, status_seconds(s->host));
}

static void
on_second(void *arg)
{
	struct shell *s = arg;
	struct err ignored;

	host_reload(s->host, &ignored);
	look(s);
	loop_timer(s->loop, SECOND_MS, on_second, s);
}

/* Lines */

static const struct choice quits[] = {
	{ "quit", N_("leave the shell") },
	{ "exit", N_("leave the shell") },
	{ NULL, NULL },
};

static bool
is_quit(const char *line)
{
	const struct choice *c = quits;

	while (c->word != NULL && strcmp(c->word, line) != 0)
		c++;
	return c->word != NULL;
}

/* At a terminal the status is that of the last line, as in other shells; from a
 * program that of the first line that failed, since the others are read all the
 * same. */
static void
note_status(struct shell *s, int status)
{
	if (s->status == 0 || plain_is_tty(s->plain))
		s->status = status;
}

static void
carry_out(struct shell *s, const char *line)
{
	struct err e = { 0 };

	if (host_reload(s->host, &e) != 0 || host_refresh(s->host, &e) != 0) {
		note_status(s, answer_error(&e));
		return;
	}
	look(s);
	note_status(s, run_line(s->host, line));
	note_pending(s);
}

/* Set-up */

/* Within a line there is no prompt to print above. */
static void
tell_step(struct shell *s, struct buf *b, bool within)
{
	struct buf label = { 0 }, safe = { 0 };

	if (s->wizard != NULL) {
		wizard_show(s->wizard, b);
		wizard_label(s->wizard, &label);
		plain_prompt(s->plain, buf_text(&label));
	}
	buf_escape_lines(&safe, buf_text(b));
	if (within)
		fputs(buf_text(&safe), stdout);
	else
		plain_say(s->plain, buf_text(&safe));
	buf_free(&label);
	buf_free(&safe);
}

static void
begin_setup(struct shell *s, bool within)
{
	struct err e = { 0 };
	struct buf b = { 0 };

	s->wizard = wizard_new(s->host, &e);
	if (s->wizard == NULL) {
		note_status(s, answer_error(&e));
		return;
	}
	wizard_found(s->wizard, &b);
	tell_step(s, &b, within);
	buf_free(&b);
}

static void
end_setup(struct shell *s)
{
	wizard_free(s->wizard);
	s->wizard = NULL;
}

static void
take_step(struct shell *s, const char *answer)
{
	struct err e = { 0 };
	struct buf b = { 0 };
	enum wizard_end end;

	note_status(s, 0);
	if (wizard_take(s->wizard, answer, &end, &b, &e) != 0) {
		note_status(s, answer_status(&e));
		err_print(&e, &b);
	}
	if (end == WIZARD_LEFT)
		buf_add(&b, _("set-up is left, and nothing is changed\n"));
	s->set_up = end == WIZARD_COMMITTED;
	if (end != WIZARD_GOES_ON)
		end_setup(s);
	note_pending(s);
	tell_step(s, &b, true);
	buf_free(&b);
}

/* Who has set this host up, and has confirmed it, wants that after a reboot,
 * too. */
static void
offer_service(struct shell *s, const char *line)
{
	bool asks = s->set_up && has_prefix(line, "confirm") && s->status == 0;

	s->set_up = s->set_up && s->host->pending.phase != PENDING_NONE;
	if (!asks || unit_look()->cure == NULL)
		return;
	s->asked = xstrdup("enable");
	plain_ask(
	    s->plain, _("Have the service run, now and after each boot?"));
}

/* From a pipe nobody can answer, so no question is asked. */
static void
take_line(struct shell *s, const char *line)
{
	const char *question = command_question(line);

	if (strcmp(line, "setup") == 0 && plain_is_tty(s->plain)) {
		begin_setup(s, true);
		return;
	}

	if (question == NULL || !plain_is_tty(s->plain)) {
		carry_out(s, line);
		offer_service(s, line);
		return;
	}
	s->asked = xstrdup(line);
	plain_ask(s->plain, question);
}

static void
take_answer(struct shell *s, const char *answer)
{
	char *line = s->asked;

	s->asked = NULL;
	if (strcmp(answer, "y") == 0 || strcmp(answer, "yes") == 0) {
		carry_out(s, line);
		offer_service(s, line);
	}
	free(line);
}

static void
on_line(void *arg, const char *line)
{
	struct shell *s = arg;

	if (line != NULL && s->wizard != NULL) {
		take_step(s, line);
	} else if (line != NULL && s->asked != NULL) {
		take_answer(s, line);
	} else if (line == NULL || is_quit(line)) {
		plain_stop(s->plain);
		loop_stop(s->loop, s->status);
	} else {
		take_line(s, line);
	}
}

static void
on_complete(
    void *arg, const char *line, size_t cursor, complete_add *add, void *to)
{
	struct shell *s = arg;
	/* A step of set-up takes statements, as add does. */
	char *before = xasprintf(
	    "%s%.*s", s->wizard != NULL ? "add " : "", (int)cursor, line);
	const struct choice *c;

	command_complete(s->host, before, add, to);
	for (c = quits; strpbrk(before, " \t") == NULL && c->word != NULL; c++)
		add(to, c->word, _(c->help));
	free(before);
}

static void
on_refresh(void *arg)
{
	struct shell *s = arg;
	struct err ignored;

	host_refresh(s->host, &ignored);
}

static void
on_event(void *arg)
{
	struct shell *s = arg;

	if (net_ready(s->host->net))
		loop_timer(s->loop, REFRESH_MS, on_refresh, s);
}

static void
on_interrupt(void *arg)
{
	struct shell *s = arg;

	free(s->asked);
	s->asked = NULL;
	end_setup(s);
	plain_interrupt(s->plain);
}

static void
on_end(void *arg)
{
	struct shell *s = arg;

	loop_stop(s->loop, s->status);
}

/* A relative path would leave the lines that root typed in any directory. */
char *
shell_history(void)
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

int
shell_run(struct host *h, bool setup)
{
	struct shell s = { .host = h };
	char *history = shell_history();
	struct prompt_spec spec = { .label = "seki> ",
		.history = history,
		.complete = on_complete,
		.line = on_line,
		.arg = &s };

	if (isatty(STDIN_FILENO) && !setup)
		puts(_("help lists the commands, Tab completes, ? lists what "
		       "may follow, quit ends"));
	s.loop = loop_new();
	s.plain = plain_new(s.loop, &spec);
	loop_fd(s.loop, net_fd(h->net), on_event, &s);
	loop_signal(s.loop, SIGINT, on_interrupt, &s);
	loop_signal(s.loop, SIGTERM, on_end, &s);
	loop_signal(s.loop, SIGHUP, on_end, &s);
	on_second(&s);
	if (setup)
		begin_setup(&s, false);
	s.status = loop_run(s.loop);
	plain_free(s.plain);
	loop_free(s.loop);
	buf_free(&s.seen);
	free(s.asked);
	wizard_free(s.wizard);
	free(history);
	return s.status;
}
