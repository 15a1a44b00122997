/* What shares a line, or the screen: columns, the key bar, help, tabs, and the
 * parts of the frame. */
#include "config.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tui/columns.h"
#include "tui/frame.h"
#include "tui/keymap.h"

/* Columns */

static const struct column six[] = {
	{ .head = "A" },
	{ .head = "BB", .rank = 1 },
	{ .head = "C", .rank = 3 },
	{ .head = "D", .rank = 2, .flex = true },
	{ .head = "E", .rank = 3 },
	{ .head = "F", .rank = 1, .min = 4 },
};

/* want are the wishes; w and the widths that come out of it. */
static const struct {
	int w, gap;
	int want[6], width[6];
} fits[] = {
	{ 80, 2, { 5, 5, 5, 5, 5, 5 }, { 5, 5, 5, 45, 5, 5 } },
	{ 40, 2, { 5, 5, 5, 5, 5, 5 }, { 5, 5, 5, 5, 5, 5 } },
	{ 39, 1, { 5, 5, 5, 5, 5, 5 }, { 5, 5, 5, 9, 5, 5 } },
	{ 20, 1, { 5, 5, 5, 5, 5, 5 }, { 5, 3, 1, 1, 1, 4 } },
	{ 14, 1, { 5, 5, 5, 5, 5, 5 }, { 2, 2, 1, 1, 0, 4 } },
	{ 12, 1, { 5, 5, 5, 5, 5, 5 }, { 2, 2, 0, 1, 0, 4 } },
	{ 2, 1, { 5, 5, 5, 5, 5, 5 }, { 2, 0, 0, 0, 0, 0 } },
	{ 1, 1, { 5, 0, 0, 0, 0, 0 }, { 1, 0, 0, 0, 0, 0 } },
};

static void
columns_share_the_width(void **state)
{
	int width[6], gap, k;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(fits); i++) {
		gap = columns_fit(six, 6, fits[i].want, fits[i].w, width);
		assert_int_equal(gap, fits[i].gap);
		for (k = 0; k < 6; k++)
			assert_int_equal(width[k], fits[i].width[k]);
	}
}

/* Also those that are never dropped may not paint over the edge. */
static void
columns_stay_inside(void **state)
{
	static const struct column two[] = {
		{ .head = "FIRST", .min = 5 },
		{ .head = "SECOND", .min = 6 },
	};
	const int want[] = { 5, 6 };
	int width[2];

	(void)state;
	columns_fit(two, 2, want, 9, width);
	assert_int_equal(width[0], 5);
	assert_int_equal(width[1], 3);
	columns_fit(two, 2, want, 6, width);
	assert_int_equal(width[0], 5);
	assert_int_equal(width[1], 0);
	columns_fit(two, 2, want, 3, width);
	assert_int_equal(width[0], 3);
	assert_int_equal(width[1], 0);
	columns_fit(two, 2, want, -1, width);
	assert_int_equal(width[0], 0);
}

/* Keys and frame */

static const struct action near[] = {
	{ ACT_EDITS, { 'n' }, "new", "New", "a new one" },
	{ ACT_EDITS + 1, { 'K' }, "up", "Move", NULL },
	{ ACT_EDITS + 2, { 'J' }, "down", "Move", NULL },
	{ 303, { 'q', K_F(3) }, "quiet", "Quiet", "no sound" },
	{ 0 },
};

static const struct action far[] = {
	{ ACT_QUIT, { 'q' }, "quit", "Quit", "leave" },
	{ ACT_HELP, { '?' }, "help", "Help", "this" },
	{ 305, { 'z' }, "zap", "Zap", "zap" },
	{ 0 },
};

static const struct action *const tables[] = { near, far, NULL };

static const struct action many[] = {
	{ 306, { 'a' }, "a", "Accept all of it", "" },
	{ 307, { 'b' }, "b", "Begin again", "" },
	{ 308, { 'd' }, "d", "Do it later", "" },
	{ 0 },
};
static const struct action *const crowded[] = { many, far, NULL };

static const struct action edits[] = {
	{ ACT_EDITS, { 'a' }, "a", "Accept all of it", "" },
	{ ACT_EDITS + 1, { 'b' }, "b", "Begin again", "" },
	{ ACT_EDITS + 2, { 'd' }, "d", "Do it later", "" },
	{ 309, { 'e' }, "e", "Else", "" },
	{ 0 },
};
static const struct action *const edited[] = { edits, far, NULL };

static const char *
without_edits(void *arg, const struct action *a)
{
	return arg != NULL && a->id >= ACT_EDITS ? NULL : a->label;
}

static void
key_bar_fits(void **state)
{
	static const struct {
		size_t w;
		bool read_only;
		const char *bar;
		const struct action *const *tables;
	} bars[] = {
		{ 80, false, "n New  K/J Move  q Quiet  z Zap  ? Help",
		    tables },
		{ 39, false, "n New  K/J Move  q Quiet  z Zap  ? Help",
		    tables },
		{ 38, false, "n New  K/J Move  q Quiet  ? Help", tables },
		{ 20, false, "n New  ? Help", tables },
		{ 6, false, "? Help", tables },
		{ 80, true, "q Quiet  z Zap  ? Help", tables },
		{ 20, true, "q Quiet  ? Help", tables },
		{ 64, false,
		    "a Accept all of it  b Begin again  d Do it later  q Quit  "
		    "? Help",
		    crowded },
		{ 63, false,
		    "a Accept all of it  b Begin again  q Quit  ? Help",
		    crowded },
		{ 63, false,
		    "a Accept all of it  b Begin again  d Do it later  ? Help",
		    edited },
		{ 64, false,
		    "a Accept all of it  b Begin again  d Do it later  q Quit  "
		    "? Help",
		    edited },
		{ 59, false,
		    "a Accept all of it  b Begin again  d Do it later  ? Help",
		    crowded },
	};
	const struct action *rows[8];
	struct buf b = { 0 };
	size_t i, k, n;

	(void)state;
	for (i = 0; i < NITEMS(bars); i++) {
		buf_reset(&b);
		n = action_bar(bars[i].tables,
		    &(struct action_namer){
			without_edits, bars[i].read_only ? &n : NULL },
		    bars[i].w, rows, 8);
		for (k = 0; k < n; k++) {
			buf_add(&b, k > 0 ? "  " : "");
			action_keys(&b, rows[k]);
			buf_printf(&b, " %s", rows[k]->label);
		}
		assert_string_equal(buf_text(&b), bars[i].bar);
	}
	buf_free(&b);
}

static const struct action base[] = {
	{ 303, { 'x', K_PAIR('Z', 'Z') }, "leave", NULL, "leave" },
	{ ACT_HOME, { 'g' }, "first", NULL, "first" },
	{ 304, { K_PAIR('g', 't') }, "next", NULL, "next" },
	{ 0 },
};

static void
a_key_waits_for_its_pair(void **state)
{
	static const struct {
		int first, then;
		uint64_t ms;
		int key;
	} pairs[] = {
		{ 'Z', 'Z', 60000, K_PAIR('Z', 'Z') },
		{ 'Z', 'x', 1, 'x' },
		{ 'g', 't', 1999, K_PAIR('g', 't') },
		{ 'g', 't', 2000, 't' },
		{ 'g', 'g', 1, 'g' },
		{ 'Z', K_ESC, 1, K_ESC },
	};
	const struct action *const all[] = { base, NULL };
	struct pair p = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(pairs); i++) {
		keymap_pair(&p, all, K_ESC, 0);
		assert_int_equal(
		    keymap_pair(&p, all, pairs[i].first, 1000), pairs[i].first);
		assert_int_equal(
		    keymap_pair(&p, all, pairs[i].then, 1000 + pairs[i].ms),
		    pairs[i].key);
	}
	assert_int_equal(action_begun(all, 'Z'), K_PAIR('Z', 'Z'));
	assert_int_equal(action_begun(all, 'x'), K_NONE);
}

static void
help_is_read_from_the_tables(void **state)
{
	struct buf b = { 0 };

	(void)state;
	assert_int_equal(action_find(tables, 'q')->id, 303);
	assert_null(action_find(tables, K_NONE));
	action_help(tables, &b);
	assert_string_equal(buf_text(&b), "n               a new one\n"
					  "q F3            no sound\n"
					  "\n"
					  "?               this\n"
					  "z               zap\n");
	buf_free(&b);
}

static const struct view_ops dash = { .name = "Dash" };
static const struct view_ops bridges = { .name = "Bridges" };
static const struct view_ops hosts = { .name = "Containers" };

static void
tabs_shrink(void **state)
{
	const struct view_ops *const ops[] = { &dash, &bridges, &hosts, NULL };
	struct views vs;
	struct tabs_line line = { 0 };
	struct err e = { 0 };
	size_t tab;

	(void)state;
	views_init(&vs, NULL, ops);
	assert_int_equal(views_show(&vs, 1, &e), 0);
	frame_tabs_text(&line, &vs, 80);
	assert_string_equal(
	    buf_text(&line.text), " 1 Dash[2 Bridges]3 Containers");
	assert_int_equal(line.start[1], 7);
	assert_int_equal(line.start[2], 17);
	assert_true(frame_tab_at(&vs, 80, 6, &tab) && tab == 0);
	assert_true(frame_tab_at(&vs, 80, 7, &tab) && tab == 1);
	assert_true(frame_tab_at(&vs, 80, 29, &tab) && tab == 2);
	assert_false(frame_tab_at(&vs, 80, 31, &tab));
	frame_tabs_text(&line, &vs, 20);
	assert_string_equal(buf_text(&line.text), " 1[2 Bridges]3");
	assert_true(frame_tab_at(&vs, 20, 13, &tab) && tab == 2);
	frame_tabs_text(&line, &vs, 12);
	assert_string_equal(buf_text(&line.text), " 1[2]3");
	assert_true(frame_tab_at(&vs, 12, 3, &tab) && tab == 1);
	assert_true(frame_tab_at(&vs, 12, 5, &tab) && tab == 2);
	memcpy(vs.marks, "!!*", 3);
	frame_tabs_text(&line, &vs, 80);
	assert_string_equal(
	    buf_text(&line.text), " 1 Dash![2 Bridges]!3 Containers*");
	assert_int_equal(line.start[1], 8);
	assert_int_equal(line.start[2], 18);
	assert_true(frame_tab_at(&vs, 80, 7, &tab) && tab == 0);
	assert_true(frame_tab_at(&vs, 80, 8, &tab) && tab == 1);
	assert_true(frame_tab_at(&vs, 80, 18, &tab) && tab == 2);
	vs.marks[0] = ' ';
	frame_tabs_text(&line, &vs, 20);
	assert_string_equal(buf_text(&line.text), " 1[2 Bridges]!3*");
	views_free(&vs);
	buf_free(&line.text);
}

static void
frame_gives_way_to_the_body(void **state)
{
	static const struct {
		int h, w;
		bool fits;
		int body, title, message;
	} sizes[] = {
		{ 24, 80, true, 20, 1, 1 },
		{ 10, 40, true, 6, 1, 1 },
		{ 6, 40, true, 3, 0, 1 },
		{ 4, 20, true, 2, 0, 1 },
		{ 3, 20, false, 3, 0, 0 },
		{ 24, 19, false, 24, 0, 0 },
	};
	struct frame f;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(sizes); i++) {
		assert_int_equal(
		    frame_fit(&f, sizes[i].h, sizes[i].w), sizes[i].fits);
		assert_int_equal(f.body.h, sizes[i].body);
		assert_int_equal(f.title.h, sizes[i].title);
		assert_int_equal(f.message.h, sizes[i].message);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_share_the_width),
		cmocka_unit_test(columns_stay_inside),
		cmocka_unit_test(key_bar_fits),
		cmocka_unit_test(a_key_waits_for_its_pair),
		cmocka_unit_test(help_is_read_from_the_tables),
		cmocka_unit_test(tabs_shrink),
		cmocka_unit_test(frame_gives_way_to_the_body),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
