/* The cells of curses, brought to a terminal: fewer bytes, and the same on the
 * screen. */
#include "config.h"

#include <curses.h>
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/util.h"
#include "tui/painting.h"
#include "tui/pen.h"
#include "tui/theme.h"

#define ROWS 6
#define COLUMNS 20

/* The pen */

static void
moves(struct pen p, int y, int x, const char *wanted)
{
	size_t length = pen_move_length(&p, y, x);
	struct buf b = { 0 };

	pen_move(&p, y, x, &b);
	assert_string_equal(buf_text(&b), wanted);
	assert_int_equal(b.len, length);
	assert_int_equal(p.y, y);
	assert_int_equal(p.x, x);
	buf_free(&b);
}

static void
the_shortest_way_is_taken(void **state UNUSED)
{
	const struct pen p = { .y = 4, .x = 9, .style.known = true };
	const struct pen row = { .y = 4 }, unknown = { 0 };

	moves(p, 4, 9, "");
	moves(p, 4, 10, "\033[C");
	moves(p, 4, 19, "\033[10C");
	moves(p, 4, 7, "\b\b");
	moves(p, 4, 2, "\033[7D");
	moves(p, 4, 1, "\r");
	moves(p, 5, 9, "\n");
	moves(p, 6, 8, "\n\n\b");
	moves(p, 5, 1, "\r\n");
	moves(p, 3, 9, "\033[A");
	moves(p, 2, 1, "\033[2H");
	moves(p, 1, 1, "\033[H");
	moves(p, 14, 39, "\033[14;39H");
	moves(row, 5, 3, "\r\n\033[2C");
	moves(unknown, 4, 9, "\033[4;9H");
}

static void
blanks_go_over_what_is_blank(void **state UNUSED)
{
	struct pen p = { .y = 4, .x = 9, .blank = true, .style.known = true };

	moves(p, 4, 11, "  ");
	moves(p, 5, 3, "\r\n  ");
	moves(p, 4, 19, "\033[10C");
	moves(p, 3, 11, "\033[A\033[2C");
	p.style.flags = STYLE_FLAG(1);
	moves(p, 4, 11, "  ");
	p.style.flags = STYLE_FLAG(7);
	moves(p, 4, 11, "\033[2C");
}

static void
changes(struct style from, struct style to, const char *wanted)
{
	struct pen p = { .style = from };
	size_t length = pen_change_length(&p, &to);
	struct buf b = { 0 };

	pen_change(&p, &to, &b);
	assert_string_equal(buf_text(&b), wanted);
	assert_int_equal(b.len, length);
	assert_true(style_same(&p.style, &to));
	buf_free(&b);
}

static void
attributes_are_said_once(void **state UNUSED)
{
	const struct style unknown = { 0 }, plain = { .known = true };
	const struct style bold = { .known = true, .flags = STYLE_FLAG(1) };
	const struct style green = { .known = true, .ink = 32 };
	const struct style cyan = { .known = true, .ink = 36 };
	const struct style both = {
		.known = true, .flags = STYLE_FLAG(1), .ink = 36
	};

	changes(unknown, plain, "\033[m");
	changes(unknown, both, "\033[0;1;36m");
	changes(plain, plain, "");
	changes(plain, both, "\033[1;36m");
	changes(green, plain, "\033[m");
	changes(green, cyan, "\033[36m");
	changes(green, both, "\033[1;36m");
	changes(bold, green, "\033[0;32m");
	changes(both, cyan, "\033[0;36m");
}

/* A terminal */

struct screen {
	char text[ROWS][COLUMNS][4];
	int look[ROWS][COLUMNS]; /* of the pen, where something was written */
	int y, x;		 /* from 0 */
	int now; /* its look: colour, and reverse as 256, bold as 512 */
};

static void
screen_erase(struct screen *s, int y, int from)
{
	int x;

	for (x = from; x < COLUMNS; x++) {
		strcpy(s->text[y][x], " ");
		s->look[y][x] = 0;
	}
}

static void
screen_look(struct screen *s, int n)
{
	if (n == 0)
		s->now = 0;
	else if (n == 1 || n == 7)
		s->now |= n == 7 ? 256 : 512;
	else
		s->now = (s->now & ~255) | n;
}

static void
screen_put(struct screen *s, const char *text, size_t n)
{
	assert_in_range(s->y, 0, ROWS - 1);
	assert_in_range(s->x, 0, COLUMNS - 1);
	snprintf(s->text[s->y][s->x], 4, "%.*s", (int)n, text);
	s->look[s->y][s->x] = text[0] == ' ' ? s->now & 256 : s->now;
	s->x++;
}

static void
screen_sequence(struct screen *s, const char *params, char final)
{
	int a = atoi(params);
	const char *more = strchr(params, ';');
	int b = more != NULL && *more == ';' ? atoi(more + 1) : 0;

	if (final == 'm') {
		screen_look(s, a);
		for (; more != NULL; more = strchr(more + 1, ';'))
			screen_look(s, atoi(more + 1));
	}
	if (final == 'H')
		s->y = a > 0 ? a - 1 : 0;
	if (final == 'H')
		s->x = b > 0 ? b - 1 : 0;
	if (final == 'A')
		s->y -= a > 0 ? a : 1;
	if (final == 'B')
		s->y += a > 0 ? a : 1;
	if (final == 'C')
		s->x += a > 0 ? a : 1;
	if (final == 'D')
		s->x -= a > 0 ? a : 1;
	if (final == 'K')
		screen_erase(s, s->y, s->x);
}

static void
screen_write(struct screen *s, const char *text)
{
	char params[32];
	uint32_t cp;
	size_t n;

	for (; *text != '\0'; text += n) {
		n = 1;
		if (text[0] == '\r') {
			s->x = 0;
		} else if (text[0] == '\n') {
			s->y++;
		} else if (text[0] == '\b') {
			s->x--;
		} else if (text[0] == '\033') {
			n = strspn(text + 2, "0123456789;");
			snprintf(
			    params, sizeof(params), "%.*s", (int)n, text + 2);
			screen_sequence(s, params, text[2 + n]);
			n += 3;
		} else {
			n = utf8_decode(text, strlen(text), &cp);
			screen_put(s, text, n);
		}
	}
}

/* Paintings */

static struct painting *
start(struct screen *s)
{
	struct painting *p;
	int y;

	erase();
	p = painting_new();
	painting_cleared(p);
	memset(s, 0, sizeof(*s));
	for (y = 0; y < ROWS; y++)
		screen_erase(s, y, 0);
	return p;
}

static int
color(int n)
{
	return (int)COLOR_PAIR(n + 1);
}

static void
draws(struct painting *p, const char *wanted)
{
	struct buf b = { 0 };

	painting_draw(p, 0, 0, &b);
	assert_string_equal(buf_text(&b), wanted);
	buf_free(&b);
}

static void
strokes_go_in_the_order_that_is_shortest(void **state UNUSED)
{
	struct screen s;
	struct painting *p = start(&s);

	attrset(A_NORMAL);
	mvaddstr(1, 4, "1");
	mvaddstr(2, 4, "2");
	attrset(color(COLOR_GREEN));
	mvaddstr(1, 12, "##");
	mvaddstr(2, 12, "##");
	draws(p, "\n    1\n\b2\033[7C\033[32m##\033[A\b\b##\033[H");
	draws(p, "");
	/* What is green still need not be said. */
	mvaddstr(3, 0, "x");
	draws(p, "\n\n\nx\033[H");
	painting_free(p);
}

static void
what_changed_is_written(void **state UNUSED)
{
	struct screen s;
	struct painting *p = start(&s);

	attrset(A_NORMAL);
	mvaddstr(0, 0, "a1b2c456789d");
	draws(p, "a1b2c456789d\r");
	mvaddstr(0, 0, "a3b5c456789e");
	draws(p, "\033[C3b5\033[7Ce\r");
	mvaddstr(0, 0, "a3          ");
	draws(p, "\033[2C\033[K\r");
	erase();
	draws(p, "\033[K");
	painting_free(p);
}

static void
others_get_plain_attributes(void **state UNUSED)
{
	struct screen s;
	struct painting *p = start(&s);
	struct buf b = { 0 };

	attrset(A_BOLD);
	mvaddstr(0, 0, "a");
	draws(p, "\033[1ma\b");
	painting_rest(p, &b);
	assert_string_equal(buf_text(&b), "\033[m");
	buf_reset(&b);
	painting_rest(p, &b);
	assert_string_equal(buf_text(&b), "");
	buf_free(&b);
	painting_free(p);
}

static void
a_wide_character_has_two_columns(void **state UNUSED)
{
	struct screen s;
	struct painting *p = start(&s);
	cchar_t wide;

	setcchar(&wide, L"\u65e5", A_NORMAL, 0, NULL);
	attrset(A_NORMAL);
	mvadd_wch(0, 2, &wide);
	mvaddstr(0, 4, "x");
	draws(p, "  \346\227\245x\r");
	mvaddstr(0, 4, "y");
	draws(p, "\033[4Cy\r");
	/* Over another one the second cell is as it was. */
	setcchar(&wide, L"\u672c", A_NORMAL, 0, NULL);
	mvadd_wch(0, 2, &wide);
	mvaddstr(0, 14, "z");
	draws(p, "\033[2C\346\234\254\033[10Cz\r");
	mvaddstr(0, 14, " ");
	draws(p, "\033[5C\033[K\r");
	mvaddstr(0, 2, "ab");
	draws(p, "\033[2Cab\r");
	painting_free(p);
}

static int
any(int n)
{
	return rand() % n;
}

/* Says where, or nothing. */
static void
draw_something(struct painting *p, bool says)
{
	static const char *const words[] = { "a", "  ", "\342\226\210", "word",
		" two " };
	const int looks[] = { A_NORMAL, A_BOLD, A_REVERSE, color(COLOR_GREEN),
		A_BOLD | color(COLOR_CYAN) };
	const char *word = words[any(NITEMS(words))];
	int w = (int)text_width(word), y = any(ROWS), x = any(COLUMNS - w + 1);

	attrset(looks[any(NITEMS(looks))]);
	if (!says && any(20) == 0) {
		erase();
		return;
	}
	mvaddstr(y, x, word);
	if (says)
		painting_drew(p, y, x, w);
}

/* A blank in a colour looks like one in none. */
static int
look_of(const cchar_t *cell, char text[static 4])
{
	wchar_t wide[CCHARW_MAX];
	attr_t attr;
	short pair;
	int look;

	getcchar(cell, wide, &attr, &pair, NULL);
	text[wcstombs(text, wide, 3)] = '\0';
	look = (attr & A_REVERSE) != 0 ? 256 : 0;
	if (text[0] == ' ')
		return look;
	return look | ((attr & A_BOLD) != 0 ? 512 : 0) |
	       (pair > 0 ? 29 + pair : 0);
}

static void
same_screens(const struct screen *s, int y, int x)
{
	cchar_t cell;
	char text[4];
	int i, k;

	assert_int_equal(s->y, y);
	assert_int_equal(s->x, x);
	for (i = 0; i < ROWS; i++) {
		for (k = 0; k < COLUMNS; k++) {
			mvin_wch(i, k, &cell);
			assert_int_equal(s->look[i][k], look_of(&cell, text));
			assert_string_equal(s->text[i][k], text);
		}
	}
}

static void
screens_are_the_same(void **state UNUSED)
{
	struct screen s;
	struct painting *p = start(&s);
	struct buf out = { 0 };
	int i, n, y, x;
	bool says;

	srand(1);
	for (i = 0; i < 20000; i++) {
		says = any(2) == 0;
		for (n = any(20); n > 0; n--)
			draw_something(p, says);
		y = any(ROWS);
		x = any(COLUMNS);
		buf_reset(&out);
		painting_draw(p, y, x, &out);
		if (any(10) == 0)
			painting_rest(p, &out);
		screen_write(&s, buf_text(&out));
		same_screens(&s, y, x);
	}
	buf_free(&out);
	painting_free(p);
}

static int
start_curses(void **state UNUSED)
{
	FILE *f = fopen("/dev/null", "r+");

	setlocale(LC_CTYPE, "C.UTF-8");
	if (f == NULL || newterm("xterm-256color", f, f) == NULL)
		return -1;
	resize_term(ROWS, COLUMNS);
	return theme_start(true) ? 0 : -1;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_shortest_way_is_taken),
		cmocka_unit_test(blanks_go_over_what_is_blank),
		cmocka_unit_test(attributes_are_said_once),
		cmocka_unit_test(strokes_go_in_the_order_that_is_shortest),
		cmocka_unit_test(what_changed_is_written),
		cmocka_unit_test(others_get_plain_attributes),
		cmocka_unit_test(a_wide_character_has_two_columns),
		cmocka_unit_test(screens_are_the_same),
	};

	return cmocka_run_group_tests(tests, start_curses, NULL);
}
