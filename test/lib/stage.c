/* The console on a screen that nobody sees. */
#include "config.h"

#include "stage.h"

#include <curses.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#include <cmocka.h>

#include "console/console.h"
#include "tui/term.h"

#include "doors.h"
#include "fast_loop.h"
#include "looks.h"

/* Until the charts are full, between two ticks. */
#define WARM_MS 75500
#define ANSWER_MS 50 /* of a terminal on a quick line */
#define STEP_MS 200
#define REST_MS 150 /* from keys to the frame: the cursor has come to rest, */
#define SOON_MS 20  /* or not yet */

static struct {
	const struct stage *stage;
	const struct step *step;
	uint64_t due, next; /* of what is to be done, and of the next step */
	bool typed;
	bool answers; /* the terminal is to, soon */
	int keys;     /* where they are written */
	int in, out;  /* standard input and output, meanwhile */
	int w, h;
} play;

/* Frames: the text of all cells, where the cursor is, and below that how those
 * cells look that are not plain, a letter each. */

static char
look_of(attr_t attr, short pair)
{
	size_t i;

	attr &= A_BOLD | A_DIM | A_REVERSE | A_UNDERLINE | A_BLINK;
	for (i = 0; i < look_count; i++)
		if (looks[i].attr == attr && looks[i].pair == pair)
			return looks[i].letter;
	return '?';
}

/* Takes the blanks at the end away. */
static void
trim(struct buf *line)
{
	while (line->len > 0 && line->s[line->len - 1] == ' ')
		line->s[--line->len] = '\0';
}

/* Appends row y, and what its cells look like to look. */
static void
read_row(int y, struct buf *text, struct buf *look)
{
	wchar_t wide[CCHARW_MAX + 1];
	char bytes[64];
	cchar_t cell;
	attr_t attr;
	short pair;
	int x;

	for (x = 0; x < COLS; x++) {
		mvin_wch(y, x, &cell);
		getcchar(&cell, wide, &attr, &pair, NULL);
		if (wcstombs(bytes, wide, sizeof(bytes)) < sizeof(bytes))
			buf_add(text, bytes);
		buf_fill(look, look_of(attr, pair), 1);
		x += wcwidth(wide[0]) == 2;
	}
}

static void
read_screen(struct buf *b)
{
	struct buf text = { 0 }, look = { 0 }, all = { 0 };
	int y, cursor_y, cursor_x;

	getyx(stdscr, cursor_y, cursor_x);
	for (y = 0; y < LINES; y++) {
		read_row(y, &text, &look);
		trim(&text);
		trim(&look);
		buf_printf(b, "%s\n", buf_text(&text));
		if (look.len > 0)
			buf_printf(&all, "%2d %s\n", y, look.s);
		buf_reset(&text);
		buf_reset(&look);
	}
	buf_printf(
	    b, "-- cursor %d %d\n%s", cursor_y, cursor_x, buf_text(&all));
	move(cursor_y, cursor_x);
	buf_free(&text);
	buf_free(&look);
	buf_free(&all);
}

/* The script */

static void
do_step(const struct step *s)
{
	size_t n = s->keys != NULL ? strlen(s->keys) : 0;

	play.next = play.due + STEP_MS;
	play.due += REST_MS;
	play.typed = true;
	if (s->act != NULL)
		s->act();
	if (n > 0)
		assert_int_equal(write(play.keys, s->keys, n), n);
}

static void
end_step(const struct step *s)
{
	struct buf b = { 0 };

	play.due = play.next;
	play.typed = false;
	play.step++;
	if (s->frame != NULL) {
		read_screen(&b);
		play.stage->show(play.stage->arg, s->frame, &b);
	}
	buf_free(&b);
}

/* A terminal begins with the size that its description has. */
static void
begin(void)
{
	play.answers = play.stage->quick;
	play.due = play.answers ? ANSWER_MS : WARM_MS;
	stage_resize(play.stage->w, play.stage->h);
}

/* What the terminal was asked: where a block, and the first screen ended. */
static void
answer(void)
{
	static const char places[] = "\033[2;2R\033[3;1R";

	play.answers = false;
	play.due = WARM_MS;
	assert_int_equal(
	    write(play.keys, places, strlen(places)), strlen(places));
}

static bool
is_end(const struct step *s)
{
	return s->keys == NULL && s->frame == NULL && s->act == NULL;
}

static uint64_t
due(void)
{
	return play.due;
}

static void
go_on(void)
{
	if (play.due == 0)
		begin();
	else if (play.answers)
		answer();
	else if (play.typed)
		end_step(play.step);
	else if (is_end(play.step))
		fast_loop_signal(SIGTERM);
	else
		do_step(play.step);
}

static void
turned(void)
{
}

void
stage_wait(unsigned seconds)
{
	play.due += 1000 * seconds;
	play.next += 1000 * seconds;
}

void
stage_soon(void)
{
	play.due -= REST_MS - SOON_MS;
}

/* The terminal */

int __wrap_ioctl(int, unsigned long, ...);

/* Nobody but the size is asked for. */
int
__wrap_ioctl(int fd, unsigned long request, ...)
{
	struct winsize *to;
	va_list ap;

	assert_int_equal(fd, STDOUT_FILENO);
	assert_int_equal(request, TIOCGWINSZ);
	va_start(ap, request);
	to = va_arg(ap, struct winsize *);
	va_end(ap);
	to->ws_row = (unsigned short)play.h;
	to->ws_col = (unsigned short)play.w;
	return 0;
}

void
stage_resize(int w, int h)
{
	play.w = w;
	play.h = h;
	fast_loop_signal(SIGWINCH);
}

/* Replaces a descriptor; returns what it was. */
static int
replace(int fd, int by)
{
	int old = dup(fd);

	assert_true(old != -1 && dup2(by, fd) == fd);
	close(by);
	return old;
}

static void
run_console(const struct stage *s)
{
	const struct console_options options = { .ascii = s->plain,
		.no_color = s->plain };
	struct host h;
	struct err e = { 0 };
	int status;

	doors_open(&h);
	h.read_only = s->read_only;
	status = console_run(&h, &options, &e);
	if (status == -1)
		fail_msg("%s", e.text);
	host_close(&h);
}

void
stage_run(const struct stage *s)
{
	int pipes[2];

	assert_int_equal(pipe(pipes), 0);
	play.stage = s;
	play.step = s->steps;
	play.due = 0;
	play.typed = false;
	play.keys = pipes[1];
	fflush(stdout);
	play.in = replace(STDIN_FILENO, pipes[0]);
	play.out = replace(STDOUT_FILENO, open("/dev/null", O_WRONLY));
	fast_loop_begin(due, go_on, turned);
	run_console(s);
	stage_end();
}

void
stage_end(void)
{
	if (play.stage == NULL)
		return;
	term_stop();
	fflush(stdout);
	dup2(play.in, STDIN_FILENO);
	dup2(play.out, STDOUT_FILENO);
	close(play.in);
	close(play.out);
	close(play.keys);
	play.stage = NULL;
}
