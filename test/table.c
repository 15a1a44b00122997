/* The table, without a terminal. */
#include "config.h"

#include <ctype.h>
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tui/table.h"

/* A source whose rows come and go. */

struct row {
	const char *name;
	const char *rate;
	int id;
};

struct source {
	struct row rows[64];
	size_t n;
	size_t asked; /* calls of cell */
};

static size_t
source_count(void *arg)
{
	const struct source *s = arg;

	return s->n;
}

static void
source_key(void *arg, size_t row, struct buf *b)
{
	const struct source *s = arg;

	buf_printf(b, "%d", s->rows[row].id);
}

static void
source_cell(void *arg, size_t row, size_t col, struct buf *b)
{
	struct source *s = arg;

	s->asked++;
	buf_add(b, col == 0 ? s->rows[row].name : s->rows[row].rate);
}

static int
source_compare(void *arg, size_t a, size_t b, size_t col)
{
	const struct source *s = arg;

	(void)col;
	return s->rows[a].id - s->rows[b].id;
}

static const struct column columns[] = {
	{ .name = "name", .head = "NAME", .sort = true },
	{ .name = "rate",
	    .head = "IN/s",
	    .rank = 1,
	    .right = true,
	    .number = true,
	    .sort = true },
};

static const struct table_spec by_text = {
	.columns = columns,
	.ncolumns = NITEMS(columns),
	.count = source_count,
	.key = source_key,
	.cell = source_cell,
};

static const struct table_spec by_compare = {
	.columns = columns,
	.ncolumns = NITEMS(columns),
	.count = source_count,
	.key = source_key,
	.cell = source_cell,
	.compare = source_compare,
};

/* The larger id first. */
static int
source_tie(void *arg, size_t a, size_t b)
{
	const struct source *s = arg;

	return s->rows[b].id - s->rows[a].id;
}

static const struct table_spec with_ties = {
	.columns = columns,
	.ncolumns = NITEMS(columns),
	.count = source_count,
	.key = source_key,
	.cell = source_cell,
	.tie = source_tie,
	.sort = 1,
};

static const struct table_spec in_order = {
	.columns = columns,
	.ncolumns = NITEMS(columns),
	.count = source_count,
	.key = source_key,
	.cell = source_cell,
	.fixed = true,
};

/* The first letter is the group; a capital one alone is its caption. */
static long
source_group(void *arg, size_t row)
{
	const struct source *s = arg;

	return tolower((unsigned char)s->rows[row].name[0]) * 2 +
	       (s->rows[row].name[1] != '\0');
}

static void
source_caption(void *arg, size_t row, struct buf *b)
{
	const struct source *s = arg;

	if (s->rows[row].name[1] == '\0')
		buf_add(b, s->rows[row].name);
}

static const struct table_spec in_groups = {
	.columns = columns,
	.ncolumns = NITEMS(columns),
	.count = source_count,
	.key = source_key,
	.cell = source_cell,
	.group = source_group,
	.caption = source_caption,
	.sort = 1,
};

/* Rows stand below the one of their first letter; how is told by the second:
 * "-" what stands for others, "+" behind these, digits folded away. */
static size_t
source_above(void *arg, size_t row)
{
	const struct source *s = arg;
	const char *name = s->rows[row].name;
	size_t i = 0;

	if (name[1] == '\0')
		return NO_ROW;
	while (s->rows[i].name[0] != name[0])
		i++;
	return i;
}

static enum row_fold
source_fold(void *arg, size_t row)
{
	const struct source *s = arg;
	char how = s->rows[row].name[1];

	return how == '-'   ? ROW_REST
	       : how == '+' ? ROW_BEHIND
	       : how > '9'  ? ROW_OPEN
			    : ROW_FOLDED;
}

static const struct table_spec in_families = {
	.columns = columns,
	.ncolumns = NITEMS(columns),
	.count = source_count,
	.key = source_key,
	.cell = source_cell,
	.above = source_above,
	.fold = source_fold,
	.sort = 1,
};

/* How many rows below each are found, which stands for its rate then. */
static size_t matched[64];

static void
source_match(void *arg, size_t row, bool matches)
{
	size_t head = source_above(arg, row);

	if (head == NO_ROW)
		matched[row] = 0;
	else
		matched[head] += matches;
}

static void
source_sum(void *arg, size_t row, size_t col, struct buf *b)
{
	if (col == 1 && source_above(arg, row) == NO_ROW && matched[row] > 0)
		buf_printf(b, "%zu", matched[row]);
	else
		source_cell(arg, row, col, b);
}

static const struct table_spec in_summed_families = {
	.columns = columns,
	.ncolumns = NITEMS(columns),
	.count = source_count,
	.key = source_key,
	.cell = source_sum,
	.above = source_above,
	.fold = source_fold,
	.match = source_match,
	.sort = 1,
};

static const struct source three_families = {
	.rows = { { "a", "1", 1 }, { "b", "9", 2 }, { "c", "5", 3 },
	    { "a1", "9", 4 }, { "b-x", "", 5 }, { "bx", "2", 6 },
	    { "b+y", "8", 7 }, { "bz", "7", 8 }, { "c2", "1", 9 },
	    { "c3 b", "4", 10 } },
	.n = 10,
};

static const struct source two_groups = {
	.rows = { { "b1", "1.0M", 1 }, { "a1", "5", 2 }, { "A", "", 3 },
	    { "b2", "9.0M", 4 }, { "B", "", 5 }, { "a2", "7", 6 },
	    { "C", "", 7 } },
	.n = 7,
};

static const struct source four = {
	.rows = { { "vm10", "9.8M", 1 }, { "web", "-", 2 },
	    { "vm2", "88.0k", 3 }, { "Web2", "1.1G", 4 } },
	.n = 4,
};

/* The names shown, in order, with > before the selected one. */
static void
assert_shows(struct table *t, const struct source *s, const char *want)
{
	struct buf b = { 0 };
	size_t i, row, at = 0;
	bool any = table_selected(t, &at);

	for (i = 0; i < table_shown(t); i++) {
		row = table_row(t, i);
		buf_printf(&b, "%s%s%s", i > 0 ? " " : "",
		    any && row == at ? ">" : "", s->rows[row].name);
	}
	assert_string_equal(buf_text(&b), want);
	buf_free(&b);
}

/* The same with captions, of a table that shows all of its rows. */
static void
assert_places(struct table *t, const struct source *s, const char *want)
{
	struct buf b = { 0 };
	size_t i, row, at = 0, first, n;

	table_layout(t, 20, 40);
	n = table_view(t, &first);
	assert_true(table_selected(t, &at));
	for (i = first; i < first + n; i++) {
		row = table_row(t, i);
		buf_printf(&b, "%s%s%s", i > first ? " " : "",
		    row == at ? ">" : "", s->rows[row].name);
	}
	assert_string_equal(buf_text(&b), want);
	buf_free(&b);
}

static void
type_filter(struct table *t, const char *text)
{
	table_act(t, ACT_FILTER);
	for (; *text != '\0'; text++)
		table_key(t, *text);
}

static void
sorts_text_and_numbers(void **state)
{
	struct source s = four;
	struct table *t = table_new(&by_text, &s);

	(void)state;
	table_reload(t);
	assert_shows(t, &s, ">Web2 vm2 vm10 web");
	assert_int_equal(table_act(t, ACT_SORT_RIGHT), ACT_NONE);
	assert_shows(t, &s, ">Web2 vm10 vm2 web"); /* largest first */
	table_act(t, ACT_SORT_REVERSE);
	assert_shows(t, &s, ">vm2 vm10 Web2 web"); /* unknown stays last */
	table_act(t, ACT_SORT_LEFT);
	assert_shows(t, &s, ">Web2 vm2 vm10 web");
	table_free(t);
}

static void
keeps_a_fixed_order(void **state)
{
	struct source s = four;
	struct table *t = table_new(&in_order, &s);

	(void)state;
	table_reload(t);
	table_act(t, ACT_SORT_RIGHT);
	table_sort(t, 1, true);
	assert_shows(t, &s, ">vm10 web vm2 Web2");
	table_free(t);
}

static void
filters_as_typed(void **state)
{
	struct source s = four;
	struct table *t = table_new(&in_order, &s);
	struct buf b = { 0 };

	(void)state;
	table_reload(t);
	assert_null(table_mode(t));
	type_filter(t, "WEB");
	assert_non_null(table_mode(t));
	assert_shows(t, &s, ">web Web2");
	table_info(t, &b);
	assert_string_equal(buf_text(&b), "2 of 4");
	type_filter(t, " !1.1");
	assert_shows(t, &s, ">web");
	type_filter(t, "x");
	table_key(t, K_BACKSPACE);
	table_act(t, ACT_FILTER_KEEP);
	assert_null(table_mode(t));
	assert_shows(t, &s, ">web");
	table_act(t, ACT_FILTER_CLEAR);
	assert_shows(t, &s, "vm10 >web vm2 Web2");
	table_filter(t, "no such row");
	assert_shows(t, &s, "");
	table_act(t, ACT_DOWN);
	table_free(t);
	buf_free(&b);
}

/* A word matches within one cell, not across two. */
static void
filters_by_cell(void **state)
{
	struct source s = four;
	struct table *t = table_new(&in_order, &s);

	(void)state;
	table_filter(t, "vm109");
	assert_shows(t, &s, "");
	table_filter(t, "\"web\"");
	assert_shows(t, &s, ">web");
	table_filter(t, "\"vm1\"");
	assert_shows(t, &s, "");
	table_free(t);
}

static void
selection_follows_its_row(void **state)
{
	struct source s = four;
	struct table *t = table_new(&by_compare, &s);

	(void)state;
	table_reload(t);
	assert_true(table_select(t, "3"));
	assert_false(table_select(t, "99"));
	assert_shows(t, &s, "vm10 web >vm2 Web2");
	memmove(s.rows, s.rows + 1, 3 * sizeof(s.rows[0]));
	s.rows[3] = (struct row){ "new", "0", 0 };
	table_reload(t);
	assert_shows(t, &s, "new web >vm2 Web2");
	s.rows[1] = s.rows[2]; /* vm2 goes: its place stays selected */
	s.rows[2] = s.rows[3];
	s.n = 3;
	table_reload(t);
	assert_shows(t, &s, "new web >Web2");
	s.n = 0;
	table_reload(t);
	assert_shows(t, &s, "");
	s.n = 1;
	table_reload(t);
	assert_shows(t, &s, ">web");
	table_free(t);
}

static void
many_rows(struct source *s, size_t n)
{
	size_t i;

	*s = (struct source){ .n = n };
	for (i = 0; i < n; i++)
		s->rows[i] = (struct row){ "row", "1", (int)i };
}

static void
assert_at(const struct table *t, size_t want)
{
	size_t row = 99;

	assert_true(table_selected(t, &row));
	assert_int_equal(row, want);
}

static void
moves_by_pages(void **state)
{
	struct source s;
	struct table *t;

	(void)state;
	many_rows(&s, 50);
	t = table_new(&in_order, &s);
	table_reload(t);
	table_layout(t, 11, 80); /* ten rows and the head */
	table_act(t, ACT_UP);
	assert_at(t, 0);
	table_act(t, ACT_PAGE_DOWN);
	assert_at(t, 10);
	table_act(t, ACT_END);
	assert_at(t, 49);
	table_act(t, ACT_DOWN);
	assert_at(t, 49);
	table_act(t, ACT_PAGE_UP);
	assert_at(t, 39);
	table_act(t, ACT_HOME);
	assert_at(t, 0);
	assert_int_equal(table_act(t, ACT_QUIT), ACT_QUIT);
	table_free(t);
}

static void
assert_range(const struct table *t, const char *want)
{
	struct buf b = { 0 };

	assert_int_equal(table_range(t, &b), want[0] != '\0');
	assert_string_equal(buf_text(&b), want);
	buf_free(&b);
}

static void
tells_which_rows_are_in_view(void **state)
{
	struct source s;
	struct table *t;

	(void)state;
	many_rows(&s, 12);
	t = table_new(&in_order, &s);
	table_reload(t);
	table_layout(t, 11, 80); /* ten rows and the head */
	assert_range(t, "1-10 of 12");
	table_act(t, ACT_END);
	assert_range(t, "3-12 of 12");
	s.n = 10;
	table_reload(t);
	assert_range(t, "");
	table_free(t);
}

/* Rows 50 to 61 sink below the ten that are in view. */
static void
follows_down_only_who_was_chosen(void **state)
{
	struct source s;
	struct table *t;

	(void)state;
	many_rows(&s, 12);
	t = table_new(&in_order, &s);
	table_reload(t);
	table_layout(t, 11, 80);
	s.rows[3].id = 0; /* still in view */
	s.rows[0].id = 50;
	table_reload(t);
	assert_at(t, 3);
	s.rows[11].id = 0;
	s.rows[3].id = 51;
	table_reload(t);
	assert_at(t, 0);
	assert_range(t, "1-10 of 12");
	table_act(t, ACT_DOWN);
	s.rows[11].id = 1;
	s.rows[1].id = 52;
	table_reload(t);
	assert_at(t, 11);
	table_free(t);
}

/* Until somebody leaves it, and from when somebody returns to it. */
static void
keeps_to_the_first_of_numbers(void **state)
{
	struct source s = four;
	struct table *t = table_new(&by_text, &s);

	(void)state;
	table_sort(t, 1, true);
	assert_shows(t, &s, ">Web2 vm10 vm2 web");
	s.rows[2].rate = "2.0G";
	table_reload(t);
	assert_shows(t, &s, ">vm2 Web2 vm10 web");
	table_act(t, ACT_DOWN);
	s.rows[0].rate = "3.0G";
	table_reload(t);
	assert_shows(t, &s, "vm10 vm2 >Web2 web");
	table_act(t, ACT_HOME);
	s.rows[2].rate = "4.0G";
	table_reload(t);
	assert_shows(t, &s, ">vm2 vm10 Web2 web");
	table_keep(t);
	s.rows[2].rate = "1";
	table_reload(t);
	assert_shows(t, &s, "vm10 Web2 >vm2 web");
	table_free(t);
}

static void
holds_what_is_asked_about(void **state)
{
	struct source s = four;
	struct table *t = table_new(&by_text, &s);

	(void)state;
	table_sort(t, 1, true);
	table_hold(t, true);
	s.rows[3].rate = "1"; /* the first sinks, and goes */
	table_reload(t);
	assert_shows(t, &s, "vm10 vm2 >Web2 web");
	s.n = 3;
	table_reload(t);
	assert_shows(t, &s, "vm10 vm2 web");
	s.n = 4;
	table_reload(t);
	assert_shows(t, &s, "vm10 vm2 >Web2 web");
	s.n = 3;
	table_reload(t);
	table_hold(t, false);
	assert_shows(t, &s, ">vm10 vm2 web");
	table_free(t);
}

static void
asks_only_for_rows_in_view(void **state)
{
	struct source s;
	struct table *t;

	(void)state;
	many_rows(&s, 60);
	t = table_new(&by_compare, &s);
	table_reload(t);
	assert_int_equal(s.asked, 0);
	table_layout(t, 11, 80);
	assert_int_equal(s.asked, 20);
	table_free(t);
}

static void
columns_do_not_jump(void **state)
{
	struct source s = four;
	struct table *t = table_new(&in_order, &s);

	(void)state;
	s.rows[0].rate = "1234567890";
	table_reload(t);
	table_layout(t, 11, 80);
	assert_int_equal(table_column_width(t, 1), 10);
	s.rows[0].rate = "1";
	table_layout(t, 11, 80);
	assert_int_equal(table_column_width(t, 1), 10);
	table_renew(t);
	table_layout(t, 11, 80);
	assert_int_equal(table_column_width(t, 1), 5);
	s.rows[0].rate = "1234567890";
	table_reload(t);
	table_layout(t, 11, 80);
	assert_int_equal(table_column_width(t, 1), 10);
	s.rows[0].rate = "1";
	table_layout(t, 11, 79); /* a new size is a new start */
	assert_int_equal(table_column_width(t, 1), 5);
	table_layout(t, 11, 6);
	assert_int_equal(table_column_width(t, 1), 0);
	table_free(t);
}

/* Groups keep their order however they are sorted; their captions are neither
 * selected nor counted, and go with the last of their rows. */
static void
keeps_groups_together(void **state)
{
	struct source s = two_groups;
	struct table *t = table_new(&in_groups, &s);
	struct buf b = { 0 };
	size_t row, at;

	(void)state;
	table_reload(t);
	table_layout(t, 20, 40);
	assert_places(t, &s, "A >a2 a1 B b2 b1");
	assert_int_equal(table_shown(t), 4);
	table_act(t, ACT_UP);
	assert_places(t, &s, "A >a2 a1 B b2 b1");
	table_act(t, ACT_DOWN);
	table_act(t, ACT_DOWN);
	assert_places(t, &s, "A a2 a1 B >b2 b1");
	table_act(t, ACT_UP);
	assert_places(t, &s, "A a2 >a1 B b2 b1");
	table_sort(t, 1, false);
	assert_places(t, &s, "A >a1 a2 B b1 b2");
	table_filter(t, "b2");
	assert_places(t, &s, "B >b2");
	table_info(t, &b);
	assert_string_equal(buf_text(&b), "1 of 4");
	table_filter(t, "");
	table_act(t, ACT_END);
	table_layout(t, 4, 40);
	buf_reset(&b);
	assert_true(table_range(t, &b));
	assert_string_equal(buf_text(&b), "3-4 of 4");
	assert_int_equal(table_view(t, &at), 3);
	assert_string_equal(s.rows[table_row(t, at)].name, "B");
	assert_true(table_selected(t, &row));
	buf_free(&b);
	table_free(t);
}

/* Rows below others move with them, and a filter finds those that are folded
 * away, unless it finds the row above them. */
static void
keeps_families_together(void **state)
{
	struct source s = three_families;
	struct table *t = table_new(&in_families, &s);
	struct buf b = { 0 };

	(void)state;
	table_reload(t);
	table_layout(t, 20, 40);
	assert_places(t, &s, ">b bz bx b-x c a");
	assert_int_equal(table_shown(t), 6);
	table_info(t, &b);
	assert_string_equal(buf_text(&b), "3");
	table_sort(t, 1, false);
	assert_places(t, &s, ">a c b bx bz b-x");
	table_filter(t, "a1");
	assert_places(t, &s, ">a a1");
	table_filter(t, "b");
	assert_places(t, &s, ">c c3 b b bx bz b+y");
	table_filter(t, "c");
	assert_places(t, &s, ">c");
	buf_reset(&b);
	table_info(t, &b);
	assert_string_equal(buf_text(&b), "1 of 3");
	table_filter(t, "!9");
	assert_places(t, &s, ">a c b bx bz b+y");
	buf_free(&b);
	table_free(t);
}

/* Rows that others stand below are sorted by what is found of these. */
static void
sums_what_is_found(void **state)
{
	struct source s = three_families;
	struct table *t = table_new(&in_summed_families, &s);

	(void)state;
	table_reload(t);
	table_layout(t, 20, 40);
	assert_places(t, &s, ">b bz bx b-x c a");
	table_filter(t, "!8");
	assert_int_equal(matched[0], 1);
	assert_int_equal(matched[1], 2);
	assert_int_equal(matched[2], 2);
	assert_places(t, &s, ">b bz bx c a");
	table_filter(t, "!b");
	assert_int_equal(matched[1], 0);
	assert_places(t, &s, ">a c");
	table_filter(t, "!2");
	assert_places(t, &s, ">b b+y bz a c");
	table_filter(t, "");
	assert_places(t, &s, ">b bz bx b-x c a");
	table_free(t);
}

/* Both ways, and where nothing is known yet. */
static void
ties_are_broken(void **state)
{
	struct source s = { .rows = { { "a", "1", 1 }, { "b", "-", 2 },
				{ "c", "1", 3 }, { "d", "-", 4 },
				{ "e", "2", 5 } },
		.n = 5 };
	struct table *t = table_new(&with_ties, &s);

	(void)state;
	table_reload(t);
	table_layout(t, 20, 40);
	assert_places(t, &s, ">e c a d b");
	table_sort(t, 1, false);
	assert_places(t, &s, ">c a e d b");
	table_free(t);
}

/* Who comes back to a list finds the first row, unless he had left it. */
static void
rests_on_the_first(void **state)
{
	struct source s = four;
	struct table *t = table_new(&by_text, &s);

	(void)state;
	table_reload(t);
	table_layout(t, 20, 40);
	assert_string_equal(table_key_chosen(t), "");
	table_act(t, ACT_END);
	assert_string_not_equal(table_key_chosen(t), "");
	table_rest(t);
	assert_string_equal(table_key_chosen(t), "");
	table_sort(t, 1, true);
	assert_false(table_select(t, table_key_chosen(t)));
	table_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sorts_text_and_numbers),
		cmocka_unit_test(keeps_a_fixed_order),
		cmocka_unit_test(keeps_groups_together),
		cmocka_unit_test(keeps_families_together),
		cmocka_unit_test(sums_what_is_found),
		cmocka_unit_test(ties_are_broken),
		cmocka_unit_test(rests_on_the_first),
		cmocka_unit_test(filters_as_typed),
		cmocka_unit_test(filters_by_cell),
		cmocka_unit_test(selection_follows_its_row),
		cmocka_unit_test(moves_by_pages),
		cmocka_unit_test(tells_which_rows_are_in_view),
		cmocka_unit_test(follows_down_only_who_was_chosen),
		cmocka_unit_test(keeps_to_the_first_of_numbers),
		cmocka_unit_test(holds_what_is_asked_about),
		cmocka_unit_test(asks_only_for_rows_in_view),
		cmocka_unit_test(columns_do_not_jump),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
