/* seki shell and one-shot commands: text in, text out. */
#include "config.h"

#include "screens/shell.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/command.h"
#include "core/loop.h"
#include "core/status.h"
#include "core/util.h"
#include "tui/plain.h"

#define REFRESH_MS 50	/* events come in bursts */
#define PENDING_MS 1000 /* a commit has seconds */

int
shell_error(const struct err *e)
{
	struct buf b = { 0 };

	err_print(e, &b);
	fflush(stdout);
	fprintf(stderr, "seki: %s", buf_text(&b));
	buf_free(&b);
	return e->code != ERR_NONE ? (int)e->code : ERR_FAIL;
}

/* A closed pipe or a full disk is an error and not silence. */
static int
print_answer(const struct buf *out)
{
	if (fwrite(buf_text(out), 1, out->len, stdout) == out->len &&
	    fflush(stdout) == 0)
		return 0;
	fprintf(stderr, "seki: cannot write the answer: %s\n",
	    strerror(errno));
	return ERR_FAIL;
}

int
shell_words(struct host *h, struct words *w)
{
	struct buf out = { 0 }, notes = { 0 };
	struct err e = { 0 };
	int status = 0;
	int r = command_run(h, w, &out, &notes, &e);

	if (r == 0)
		status = print_answer(&out);
	fputs(buf_text(&notes), stderr);
	if (r != 0)
		status = shell_error(&e);
	buf_free(&out);
	buf_free(&notes);
	return status;
}

int
shell_line(struct host *h, const char *line)
{
	struct words w = { 0 };
	struct err e = { 0 };
	int status = 0;

	if (words_split(&w, line, &e) != 0)
		status = shell_error(&e);
	else if (w.n > 0)
		status = shell_words(h, &w);
	words_free(&w);
	return status;
}

struct shell {
	struct host *host;
	struct loop *loop;
	struct plain *plain;
	bool pending; /* a commit was, at the last look */
	int status;
};

/* How the commit ended that was pending, told once; owned by the caller, NULL
 * when there is none. */
static char *
end_of_pending(struct shell *s)
{
	bool was = s->pending;

	s->pending = s->host->pending.phase != PENDING_NONE;
	return was && !s->pending ? status_last(s->host) : NULL;
}

/* Somebody may wait at the prompt while a commit ends. */
static void
look_at_pending(void *arg)
{
	struct shell *s = arg;
	struct err ignored;
	char *last;

	host_reload(s->host, &ignored);
	if (s->host->pending.phase != PENDING_NONE) {
		s->pending = true;
		loop_timer(s->loop, PENDING_MS, look_at_pending, s);
		return;
	}
	last = end_of_pending(s);
	if (last != NULL)
		plain_say(s->plain, last);
	free(last);
}

/* After a line, which told by itself how a commit ended that it ended. */
static void
watch_pending(struct shell *s)
{
	s->pending = s->host->pending.phase != PENDING_NONE;
	if (s->pending && isatty(STDIN_FILENO))
		loop_timer(s->loop, PENDING_MS, look_at_pending, s);
}

static void
on_line(void *arg, const char *line)
{
	struct shell *s = arg;
	struct err e = { 0 };
	char *last;

	if (line == NULL || strcmp(line, "quit") == 0 ||
	    strcmp(line, "exit") == 0) {
		plain_stop(s->plain);
		loop_stop(s->loop, s->status);
		return;
	}
	if (host_reload(s->host, &e) != 0 ||
	    host_refresh(s->host, &e) != 0) {
		s->status = shell_error(&e);
		return;
	}
	last = end_of_pending(s);
	if (last != NULL)
		fprintf(stderr, "%s\n", last);
	free(last);
	s->status = shell_line(s->host, line);
	watch_pending(s);
}

static void
on_complete(void *arg, const char *line, size_t cursor, complete_add *add,
    void *to)
{
	struct shell *s = arg;
	char *before = xstrndup(line, cursor);

	command_complete(s->host, before, add, to);
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

	plain_interrupt(s->plain);
}

static void
on_end(void *arg)
{
	struct shell *s = arg;

	loop_stop(s->loop, s->status);
}

int
shell_run(struct host *h)
{
	struct shell s = { .host = h };
	struct prompt_spec spec = { .label = "seki> ",
		.complete = on_complete,
		.line = on_line,
		.arg = &s };

	s.loop = loop_new();
	s.plain = plain_new(s.loop, &spec);
	loop_fd(s.loop, net_fd(h->net), on_event, &s);
	loop_signal(s.loop, SIGINT, on_interrupt, &s);
	loop_signal(s.loop, SIGTERM, on_end, &s);
	loop_signal(s.loop, SIGHUP, on_end, &s);
	watch_pending(&s);
	s.status = loop_run(s.loop);
	plain_free(s.plain);
	loop_free(s.loop);
	return s.status;
}
