/* The plain prompt: lines from a terminal without full-screen drawing, or from
 * a pipe. */
#include "config.h"

#include "tui/plain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef HAVE_EDITLINE
#include <editline/readline.h>
#else
#include <readline/readline.h>
#endif

#include "core/base/intl.h"
#include "core/base/util.h"
#include "tui/line.h"

struct plain {
	struct loop *loop;
	const struct prompt_spec *spec;
	bool tty;
	bool ended;
	char *question; /* the question that the line answers; or NULL */
	struct buf in;	/* from a pipe: an incomplete line */
};

/* Global, since readline passes no argument to its callbacks. */
static struct plain *current;

static void
end(struct plain *p)
{
	if (p->ended)
		return;
	p->ended = true;
	loop_fd_remove(p->loop, STDIN_FILENO);
	p->spec->line(p->spec->arg, NULL);
}

void
plain_stop(struct plain *p)
{
	if (p->ended)
		return;
	p->ended = true;
	loop_fd_remove(p->loop, STDIN_FILENO);
	if (p->tty)
		rl_callback_handler_remove();
}

static void
hand_over(struct plain *p, const char *line)
{
	if (line[strspn(line, " \t")] == '\0')
		return;
	if (p->tty)
		line_history_add(p->spec->history, line);
	p->spec->line(p->spec->arg, line);
}

/* From a terminal */

static void on_line(char *);

/* libedit resets the terminal after each line, until the handler is installed
 * again. */
static void
rearm(const struct plain *p)
{
#ifdef HAVE_EDITLINE
	const char *label = p->question != NULL ? p->question : p->spec->label;

	if (!p->ended)
		rl_callback_handler_install(label, on_line);
#else
	(void)p;
#endif
}

static void
answer(struct plain *p, const char *line)
{
	free(p->question);
	p->question = NULL;
	rl_set_prompt(p->spec->label);
	p->spec->line(p->spec->arg, line);
}

static void
on_line(char *line)
{
	struct plain *p = current;

	if (line == NULL) {
		rl_callback_handler_remove();
		putchar('\n');
		end(p);
		return;
	}
	if (p->question != NULL)
		answer(p, line);
	else
		hand_over(p, line);
	free(line);
	fflush(stdout);
	rearm(p);
}

static void
on_key(void *unused UNUSED)
{
	rl_callback_read_char();
}

static void
show(const struct candidates *c)
{
	size_t w = candidates_width(c), i;
	struct buf b = { 0 }, safe = { 0 };

	for (i = 0; i < c->n; i++) {
		buf_reset(&b);
		buf_reset(&safe);
		candidate_print(&c->v[i], w, &b);
		buf_escape(&safe, buf_text(&b), b.len);
		fprintf(rl_outstream, "\n  %s", buf_text(&safe));
	}
	fputc('\n', rl_outstream);
	rl_on_new_line();
	rl_forced_update_display();
	buf_free(&b);
	buf_free(&safe);
}

static int
list_words(int count UNUSED, int key UNUSED)
{
	struct candidates c = { 0 };

	candidates_read(&c, current->spec->complete, current->spec->arg,
	    rl_line_buffer, (size_t)rl_point);
	if (c.n > 0)
		show(&c);
	candidates_free(&c);
	return 0;
}

static int
complete(int count UNUSED, int key UNUSED)
{
	size_t start = complete_start(rl_line_buffer, (size_t)rl_point);
	struct candidates c = { 0 };
	char *word;

	candidates_read(&c, current->spec->complete, current->spec->arg,
	    rl_line_buffer, (size_t)rl_point);
	word = candidates_common(&c);
	if (word != NULL && strlen(word) > (size_t)rl_point - start) {
		rl_insert_text(word + ((size_t)rl_point - start));
#ifdef HAVE_EDITLINE
		fputc('\r', rl_outstream); /* libedit does not redisplay by
					    * itself */
		rl_forced_update_display();
#endif
	} else if (c.n > 0) {
		show(&c);
	}
	free(word);
	candidates_free(&c);
	return 0;
}

static void
start_tty(struct plain *p)
{
	rl_readline_name = "seki";
	rl_initialize();
	rl_add_defun("seki-complete", complete, '\t');
	rl_add_defun("seki-list", list_words, '?');
	line_history_read(p->spec->history);
	rl_callback_handler_install(p->spec->label, on_line);
	loop_fd(p->loop, STDIN_FILENO, on_key, NULL);
}

/* From a pipe */

static void
take_lines(struct plain *p)
{
	char *line, *nl;

	while (!p->ended && p->in.len > 0 &&
	       (nl = memchr(p->in.s, '\n', p->in.len)) != NULL) {
		line = xstrndup(p->in.s, (size_t)(nl - p->in.s));
		p->in.len -= (size_t)(nl + 1 - p->in.s);
		memmove(p->in.s, nl + 1, p->in.len + 1);
		hand_over(p, line);
		free(line);
	}
}

static void
on_bytes(void *arg)
{
	struct plain *p = arg;
	char chunk[4096];
	ssize_t n = read(STDIN_FILENO, chunk, sizeof(chunk));

	if (n > 0) {
		buf_add_n(&p->in, chunk, (size_t)n);
		take_lines(p);
		return;
	}
	hand_over(p, buf_text(&p->in)); /* the last, without its newline */
	end(p);
}

struct plain *
plain_new(struct loop *loop, const struct prompt_spec *spec)
{
	struct plain *p = xcalloc(1, sizeof(*p));

	p->loop = loop;
	p->spec = spec;
	p->tty = isatty(STDIN_FILENO);
	current = p;
	if (p->tty)
		start_tty(p);
	else
		loop_fd(loop, STDIN_FILENO, on_bytes, p);
	return p;
}

void
plain_free(struct plain *p)
{
	if (p == NULL)
		return;
	if (p->tty && !p->ended) /* the cursor is behind a prompt */
		putchar('\n');
	plain_stop(p);
	current = NULL;
	free(p->question);
	buf_free(&p->in);
	free(p);
}

void
plain_prompt(struct plain *p, const char *label)
{
	free(p->question);
	p->question = xstrdup(label);
	rl_set_prompt(p->question);
}

void
plain_ask(struct plain *p, const char *question)
{
	char *label = xasprintf(_("%s (y/n) "), question);

	plain_prompt(p, label);
	free(label);
}

bool
plain_is_tty(const struct plain *p)
{
	return p->tty;
}

/* Frees the line of the prompt for output; the caller redisplays it below. */
static void
leave_line(void)
{
#ifdef HAVE_EDITLINE
	putchar('\n');
#else
	rl_clear_visible_line();
	fflush(rl_outstream);
#endif
}

void
plain_say(struct plain *p, const char *text)
{
	FILE *to = p->tty ? stdout : stderr;
	struct buf safe = { 0 };

	buf_escape_lines(&safe, text);
	if (p->tty && !p->ended)
		leave_line();
	fprintf(to, "%s\n", buf_text(&safe));
	fflush(to);
	buf_free(&safe);
	if (p->tty && !p->ended) {
		rl_on_new_line();
		rl_forced_update_display();
	}
}

void
plain_interrupt(struct plain *p)
{
	if (!p->tty || p->ended)
		return;
	rl_callback_handler_remove();
	putchar('\n');
	fflush(stdout);
	free(p->question); /* it was not answered */
	p->question = NULL;
	rl_callback_handler_install(p->spec->label, on_line);
}
