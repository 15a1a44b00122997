/* Whatever is drawn again, the screen is as if all of it were. */
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

#include "tui/canvas.h"
#include "tui/table.h"

#define ROWS 40
#define HEIGHT 12
#define WIDTH 60
#define TURNS 4000

struct source {
	unsigned number[ROWS]; /* in the second column */
	size_t asked;	       /* calls of cell */
};

struct frame {
	chtype cells[HEIGHT][WIDTH];
};

static size_t
count(void *arg UNUSED)
{
	return ROWS;
}

static void
key(void *arg UNUSED, size_t row, struct buf *b)
{
	buf_printf(b, "row-%zu", row);
}

static void
cell(void *arg, size_t row, size_t col, struct buf *b)
{
	struct source *s = arg;

	s->asked++;
	if (col == 0)
		key(arg, row, b);
	else
		buf_printf(b, "%u", s->number[row]);
}

static char
mark(void *arg UNUSED, size_t row)
{
	return row % 3 == 0 ? '+' : ' ';
}

static enum role
role(void *arg UNUSED, size_t row)
{
	return row % 3 == 0 ? ROLE_ADDED : ROLE_TEXT;
}

static const struct column columns[] = {
	{ .name = "name", .head = "NAME", .sort = true },
	{ .name = "note", .head = "NOTE", .sort = true },
	{ .name = "rate",
	    .head = "IN/s",
	    .right = true,
	    .number = true,
	    .sort = true },
};

static const struct table_spec spec = {
	.columns = columns,
	.ncolumns = NITEMS(columns),
	.count = count,
	.key = key,
	.cell = cell,
	.mark = mark,
	.role = role,
};

static void
look(struct frame *f)
{
	int y, x;

	for (y = 0; y < HEIGHT; y++)
		for (x = 0; x < WIDTH; x++)
			f->cells[y][x] = mvinch(y, x);
}

static void
draw_all(struct table *t, struct frame *f)
{
	draw_begin();
	table_draw(t, &(struct rect){ 1, 2, HEIGHT - 2, WIDTH - 4 });
	draw_end();
	look(f);
}

/* Something that a person or the host does. */
static void
happen(struct table *t, struct source *s)
{
	static const int acts[] = { ACT_UP, ACT_DOWN, ACT_DOWN, ACT_PAGE_DOWN,
		ACT_PAGE_UP, ACT_HOME, ACT_END, ACT_FILTER, ACT_FILTER_KEEP,
		ACT_FILTER_CLEAR, ACT_SORT_LEFT, ACT_SORT_REVERSE };
	int what = rand() % 40;

	if (what == 0)
		table_select(t, "row-7");
	else if (what == 1)
		table_key(t, '1');
	else if (what == 2)
		table_filter(t, rand() % 2 == 0 ? "" : "w-1");
	else if (what == 3)
		s->number[rand() % ROWS] = (unsigned)rand() % 1000;
	else if (what < 20)
		table_act(t, acts[rand() % NITEMS(acts)]);
	else
		table_act(t, rand() % 2 == 0 ? ACT_UP : ACT_DOWN);
	if (what == 3)
		table_reload(t);
}

static void
the_screen_is_as_if_all_were_drawn(void **state UNUSED)
{
	struct source s = { { 0 }, 0 };
	struct table *t = table_new(&spec, &s);
	struct frame part, all;
	size_t parts = 0, asked;
	int i;

	table_reload(t);
	draw_all(t, &all);
	srand(1);
	for (i = 0; i < TURNS; i++) {
		happen(t, &s);
		asked = s.asked;
		if (table_redraw(t)) {
			parts++;
			/* no more than the bar covers, before and now */
			assert_in_range(s.asked - asked, 1, 6);
			look(&part);
			draw_all(t, &all);
			assert_memory_equal(&part, &all, sizeof(all));
		}
		draw_all(t, &all);
	}
	assert_true(parts > TURNS / 4);
	table_free(t);
}

/* Frames */

/* A drawing of a few, at a place that hardly moves. */
static void
draw_something(unsigned what, int y, unsigned salt)
{
	static const char *const texts[] = { "", "eth0", "12.4 Mb/s", "▁▂▃",
		"  ▇▇ ", "日本語", "e\xcc\x81t\xc3\xa9", "[2001:db8::1]:443" };
	const char *text = texts[salt % NITEMS(texts)];
	enum role role = (enum role)(salt / 8 % ROLE_COUNT);
	int x = (int)(what * 7 % (WIDTH - 2)) - 1, w = (int)(salt / 3 % 24);
	struct rect box = { y, x > 0 ? x : 0, 3, w };

	switch (what % 6) {
	case 0:
		draw_pad(y, x, w, role, text);
		break;
	case 1:
		draw_right(y, x, w, role, text);
		break;
	case 2:
		draw_rule(y, x, w, text);
		break;
	case 3:
		draw_box(&box, text);
		break;
	case 4:
		draw_fill(&box, role);
		break;
	default:
		draw_text(y, x, w, role, text);
	}
}

/* Each line is drawn by its own seed, of which few change from one frame to the
 * next. */
static void
draw_lines(const unsigned *seeds, cchar_t cells[HEIGHT][WIDTH + 1])
{
	unsigned n, i;
	int y;

	draw_begin();
	for (y = 0; y < HEIGHT; y++)
		for (i = 0, n = seeds[y] % 5; i < n; i++)
			draw_something(seeds[y] / (5 + i) % 12, y + (i == 4),
			    seeds[y] / 64 + 3 * i);
	draw_end();
	for (y = 0; y < HEIGHT; y++)
		mvin_wchnstr(y, 0, cells[y], WIDTH);
}

static void
a_frame_is_as_if_it_were_the_first(void **state UNUSED)
{
	static cchar_t now[HEIGHT][WIDTH + 1], first[HEIGHT][WIDTH + 1];
	unsigned seeds[HEIGHT] = { 0 };
	int i, k;

	srand(2);
	for (i = 0; i < TURNS; i++) {
		for (k = rand() % 3; k > 0; k--)
			seeds[rand() % HEIGHT] +=
			    (unsigned)rand() % 3 == 0 ? 64 : (unsigned)rand();
		if (rand() % 8 == 0)
			draw_text(rand() % HEIGHT, 3, 9, ROLE_OK, "over it");
		draw_lines(seeds, now);
		canvas_free();
		draw_lines(seeds, first);
		assert_memory_equal(now, first, sizeof(first));
		draw_lines(seeds, now);
	}
}

/* Nothing of a frame that is as the last one, and of others only the row. */
static void
what_stays_is_not_drawn(void **state UNUSED)
{
	static cchar_t cells[HEIGHT][WIDTH + 1];
	unsigned seeds[HEIGHT];
	int y;

	for (y = 0; y < HEIGHT; y++)
		seeds[y] = 4 + 64 * (unsigned)y;
	draw_lines(seeds, cells);
	untouchwin(stdscr);
	draw_lines(seeds, cells);
	assert_false(is_wintouched(stdscr));
	seeds[5]++;
	draw_lines(seeds, cells);
	assert_true(is_linetouched(stdscr, 5));
	assert_false(is_linetouched(stdscr, 4));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_screen_is_as_if_all_were_drawn),
		cmocka_unit_test(a_frame_is_as_if_it_were_the_first),
		cmocka_unit_test(what_stays_is_not_drawn),
	};
	FILE *none = fopen("/dev/null", "r+");

	setlocale(LC_ALL, "C.UTF-8");
	setenv("LINES", "24", 1);
	setenv("COLUMNS", "80", 1);
	if (none == NULL || newterm("xterm", none, none) == NULL) {
		puts("1..0 # SKIP no terminal description of xterm");
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
