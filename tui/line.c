/* The command line, edited with readline's keys and history but without its
 * output. */
#include "config.h"

#include "tui/line.h"

#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef HAVE_EDITLINE
#include <editline/readline.h>
#else
#include <readline/history.h>
#include <readline/readline.h>
#endif

#include "core/base/util.h"
#include "tui/edit.h"
#include "tui/key.h"

#define HISTORY_LINES 1000
#define HISTORY_BYTES (1 << 20)

static void
add_new(const char *line)
{
	HIST_ENTRY *last = history_get(history_base + history_length - 1);

	if (last == NULL || strcmp(last->line, line) != 0)
		add_history(line);
}

void
line_history_read(const char *path)
{
	char *text, *p, *line;

	using_history();
	stifle_history(HISTORY_LINES);
	if (path != NULL)
		history_truncate_file(path, HISTORY_LINES);
	text = path != NULL ? read_file(path, HISTORY_BYTES, NULL) : NULL;
	if (text == NULL)
		return;
	for (p = text; (line = strsep(&p, "\n")) != NULL;)
		if (line[0] != '\0')
			add_new(line);
	free(text);
}

void
line_history_add(const char *path, const char *text)
{
	char *line;
	ssize_t unused UNUSED;
	int fd;

	if (text[strspn(text, " ")] == '\0')
		return;
	add_new(text);
	if (path == NULL)
		return;
	fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	if (fd == -1)
		return;
	line = xasprintf("%s\n", text);
	unused = write(fd, line, strlen(line));
	free(line);
	close(fd);
}

#ifdef HAVE_EDITLINE

/* libedit cannot be kept from setting up and writing to the terminal. */
static struct {
	struct edit edit;
	int back; /* lines back in the history; 0: the new line */
} state;

void
line_start(const char *text)
{
	edit_set(&state.edit, text);
	state.back = 0;
}

void
line_end(void)
{
	edit_free(&state.edit);
}

static void
recall(int step)
{
	int back = state.back + step;
	HIST_ENTRY *h;

	if (back < 0 || back > history_length)
		return;
	state.back = back;
	h = back > 0 ? history_get(history_base + history_length - back) : NULL;
	edit_set(&state.edit, h != NULL ? h->line : "");
}

bool
line_key(int key)
{
	if (key == K_UP || key == K_DOWN)
		recall(key == K_UP ? 1 : -1);
	else
		edit_key(&state.edit, key);
	return key == K_ENTER;
}

const char *
line_text(void)
{
	return edit_text(&state.edit);
}

size_t
line_at(void)
{
	return state.edit.at;
}

const char *
line_label(void)
{
	return NULL;
}

enum line_mode
line_mode(void)
{
	return LINE_PLAIN;
}

void
line_insert(const char *text)
{
	size_t at = state.edit.at;
	char *all =
	    xasprintf("%.*s%s%s", (int)at, line_text(), text, line_text() + at);

	edit_set(&state.edit, all);
	state.edit.at = at + strlen(text);
	free(all);
}

#else

/* Global, since readline passes no argument to its callbacks. */
static struct {
	char queue[32]; /* bytes that readline is to read */
	size_t n, at;
	bool done;
	bool ready;
	char *text; /* the entered line */
	FILE *null; /* swallows readline's output */
} state;

/* The sequences that readline binds in all of its keymaps. */
static const struct {
	int key;
	const char *bytes;
} sequences[] = {
	{ K_UP, "\033[A" },
	{ K_DOWN, "\033[B" },
	{ K_RIGHT, "\033[C" },
	{ K_LEFT, "\033[D" },
	{ K_HOME, "\033[H" },
	{ K_END, "\033[F" },
	{ K_DELETE, "\033[3~" },
	{ K_BACKSPACE, "\177" },
};

static int
next_byte(FILE *unused UNUSED)
{
	return state.at < state.n ? (unsigned char)state.queue[state.at++]
				  : EOF;
}

/* Without it readline polls the descriptor, and then reads a byte that the
 * queue does not have. */
static int
has_byte(void)
{
	return state.at < state.n;
}

static void
silent(void)
{
}

static void
silent_int(int unused UNUSED)
{
}

/* readline goes by the locale of the environment, which the terminal may have
 * proved wrong (tui/glyphs.h). */
static void
initialize(void)
{
	char *locale = xstrdup(setlocale(LC_CTYPE, NULL));

	rl_initialize();
	setlocale(LC_CTYPE, locale);
	free(locale);
}

/* A redisplay function of our own also keeps readline from loading terminfo,
 * which would replace the cur_term of curses. */
static void
prepare(void)
{
	if (state.ready)
		return;
	state.ready = true;
	state.null = fopen("/dev/null", "we");
	rl_readline_name = "seki";
	rl_outstream = state.null;
	rl_catch_signals = 0;
	rl_catch_sigwinch = 0;
	rl_change_environment = 0;
	rl_redisplay_function = silent;
	rl_prep_term_function = silent_int;
	rl_deprep_term_function = silent;
	rl_getc_function = next_byte;
	rl_input_available_hook = has_byte;
	initialize();
	rl_variable_bind("bell-style", "none"); /* it rings on stderr */
	rl_bind_keyseq_if_unbound("\033[3~", rl_delete);
}

/* line is NULL at ^D on an empty line, which here ends only the line. */
static void
on_line(char *line)
{
	rl_callback_handler_remove();
	state.text = line != NULL ? line : xstrdup("");
	state.done = true;
}

static void
forget(void)
{
	free(state.text);
	state.text = NULL;
	state.done = false;
	state.n = state.at = 0;
}

void
line_start(const char *text)
{
	prepare();
	forget();
	rl_callback_handler_install("", on_line);
	rl_insert_text(text);
}

void
line_end(void)
{
	if (!state.done && state.ready) {
		rl_callback_sigcleanup(); /* leaves a search */
		rl_callback_handler_remove();
	}
	forget();
}

static size_t
key_bytes(int key, char *out, size_t max)
{
	const char *bytes = NULL;
	char text[5] = "";
	size_t i;

	for (i = 0; i < NITEMS(sequences); i++)
		if (sequences[i].key == key)
			bytes = sequences[i].bytes;
	if (bytes == NULL && key > 0 && (key < K_SPACE || key_is_text(key))) {
		key_text(key, text);
		bytes = text;
	}
	if (bytes == NULL)
		return 0;
	return (size_t)snprintf(out, max, "%s", bytes);
}

bool
line_key(int key)
{
	bool alt = key >= K_ALT(0);

	/* readline would add ESC to the search string. */
	if (key == K_ESC && RL_ISSTATE(RL_STATE_NSEARCH))
		key = K_CTRL('g');
	state.at = 0;
	state.n = alt;
	state.queue[0] = '\033';
	state.n += key_bytes(alt ? key & ~K_ALT(0) : key, state.queue + state.n,
	    sizeof(state.queue) - state.n);
	while (state.at < state.n && !state.done)
		rl_callback_read_char();
	return state.done;
}

const char *
line_text(void)
{
	return state.done ? state.text : rl_line_buffer;
}

static bool
is_searching(void)
{
	return RL_ISSTATE(RL_STATE_ISEARCH | RL_STATE_NSEARCH);
}

size_t
line_at(void)
{
	return state.done ? 0 : (size_t)rl_point;
}

const char *
line_label(void)
{
	return is_searching() ? rl_display_prompt : NULL;
}

/* Esc ends a search, too. */
enum line_mode
line_mode(void)
{
	if (state.done || (rl_editing_mode != 0 && !is_searching()))
		return LINE_PLAIN;
	return rl_editing_mode == 0 && rl_get_keymap() == vi_movement_keymap &&
		       !is_searching()
		   ? LINE_COMMAND
		   : LINE_INSERT;
}

void
line_insert(const char *text)
{
	rl_insert_text(text);
}

#endif
