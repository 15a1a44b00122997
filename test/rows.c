/* Thousands of rows in a table, that come and go. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tui/table.h"

#define MANY 5000
#define PAGE 20

struct row {
	unsigned id;
	unsigned rate;
};

struct source {
	struct row rows[2 * MANY];
	size_t n;
	unsigned next;		   /* the id of the next new one */
	size_t asked, first, last; /* calls of cell; the rows they were for */
	uint32_t seed;
};

/* Numerical Recipes' generator: the same on every machine. */
static unsigned
chance(struct source *s, unsigned below)
{
	s->seed = s->seed * 1664525 + 1013904223;
	return (unsigned)(((uint64_t)s->seed * below) >> 32);
}

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

	buf_printf(b, "tcp-%u-in", s->rows[row].id);
}

static void
source_cell(void *arg, size_t row, size_t col, struct buf *b)
{
	struct source *s = arg;

	s->asked++;
	s->first = row < s->first ? row : s->first;
	s->last = row > s->last ? row : s->last;
	if (col == 0)
		source_key(arg, row, b);
	else
		buf_printf(b, "%u", s->rows[row].rate);
}

static int
source_compare(void *arg, size_t a, size_t b, size_t col)
{
	const struct source *s = arg;
	const struct row *x = &s->rows[a], *y = &s->rows[b];

	if (col == 0)
		return (x->id > y->id) - (x->id < y->id);
	return (x->rate > y->rate) - (x->rate < y->rate);
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

static const struct table_spec sorted = {
	.columns = columns,
	.ncolumns = NITEMS(columns),
	.count = source_count,
	.key = source_key,
	.cell = source_cell,
	.compare = source_compare,
};

static const struct table_spec in_order = {
	.columns = columns,
	.ncolumns = NITEMS(columns),
	.count = source_count,
	.key = source_key,
	.cell = source_cell,
	.fixed = true,
};

static void
add_row(struct source *s)
{
	s->rows[s->n++] = (struct row){ s->next++, chance(s, 1000000) };
}

static void
remove_row(struct source *s, size_t row)
{
	s->n--;
	memmove(
	    s->rows + row, s->rows + row + 1, (s->n - row) * sizeof(*s->rows));
}

static struct source *
source_new(void)
{
	struct source *s = xcalloc(1, sizeof(*s));

	s->seed = 4;
	while (s->n < MANY)
		add_row(s);
	return s;
}

static struct table *
show(const struct table_spec *spec, struct source *s)
{
	struct table *t = table_new(spec, s);

	table_reload(t);
	table_layout(t, PAGE + 1, 80);
	return t;
}

/* What a turn of the console does; afterwards s has the rows it looked at. */
static void
repaint(struct table *t, struct source *s)
{
	table_reload(t);
	s->asked = s->last = 0;
	s->first = SIZE_MAX;
	table_layout(t, PAGE + 1, 80);
}

static unsigned
selected(const struct table *t, const struct source *s)
{
	size_t row = SIZE_MAX;

	assert_true(table_selected(t, &row));
	return s->rows[row].id;
}

static void
assert_sorted(const struct table *t, const struct source *s)
{
	size_t i;

	for (i = 1; i < table_shown(t); i++)
		assert_true(s->rows[table_row(t, i - 1)].rate >=
			    s->rows[table_row(t, i)].rate);
}

static void
sorting_keeps_the_selection(void **state)
{
	struct source *s = source_new();
	struct table *t = show(&sorted, s);

	(void)state;
	assert_true(table_select(t, "tcp-2500-in"));
	table_sort(t, 1, true);
	assert_int_equal(table_shown(t), MANY);
	assert_sorted(t, s);
	assert_int_equal(selected(t, s), 2500);
	table_sort(t, 0, false);
	assert_int_equal(table_row(t, 2500), 2500);
	assert_int_equal(selected(t, s), 2500);
	table_free(t);
	free(s);
}

static void
filtering_keeps_the_selection(void **state)
{
	struct source *s = source_new();
	struct table *t = show(&in_order, s);

	(void)state;
	assert_true(table_select(t, "tcp-4321-in"));
	table_filter(t, "tcp-43");
	assert_int_equal(table_shown(t), 111); /* 43, 430-439, 4300-4399 */
	assert_int_equal(selected(t, s), 4321);
	table_filter(t, "tcp-43 -43-in");
	assert_int_equal(table_shown(t), 1);
	assert_int_equal(selected(t, s), 43);
	table_filter(t, "");
	assert_int_equal(table_shown(t), MANY);
	assert_int_equal(selected(t, s), 43);
	table_free(t);
	free(s);
}

/* Each round some go, some come, and all rates are others. */
static void
selection_lives_as_long_as_its_row(void **state)
{
	struct source *s = source_new();
	struct table *t = show(&sorted, s);
	size_t round, i, row;
	unsigned id = 2500;
	bool gone;

	(void)state;
	table_sort(t, 1, true);
	table_select(t, "tcp-2500-in");
	for (round = 0; round < 50; round++) {
		for (gone = false, i = 0; i < 100; i++) {
			row = chance(s, (unsigned)s->n);
			gone = gone || s->rows[row].id == id;
			remove_row(s, row);
			add_row(s);
		}
		for (i = 0; i < s->n; i++)
			s->rows[i].rate = chance(s, 1000000);
		repaint(t, s);
		assert_sorted(t, s);
		if (!gone)
			assert_int_equal(selected(t, s), id);
		id = selected(t, s);
	}
	assert_true(table_select(t, table_key_chosen(t)));
	table_free(t);
	free(s);
}

static void
scroll_stays_while_rows_come(void **state)
{
	struct source *s = source_new();
	struct table *t = show(&in_order, s);
	size_t i;

	(void)state;
	table_select(t, "tcp-3000-in");
	repaint(t, s);
	assert_int_equal(s->first, 3000 - PAGE + 1);
	assert_int_equal(s->last, 3000);
	for (i = 0; i < PAGE / 2; i++)
		table_act(t, ACT_UP);
	for (i = 0; i < 1000; i++)
		add_row(s);
	repaint(t, s);
	assert_int_equal(s->first, 3000 - PAGE + 1);
	for (i = 0; i < 3; i++)
		remove_row(s, s->n - 1);
	repaint(t, s);
	assert_int_equal(s->first, 3000 - PAGE + 1);
	assert_int_equal(selected(t, s), 3000 - PAGE / 2);
	table_act(t, ACT_END);
	repaint(t, s);
	assert_int_equal(s->last, s->n - 1);
	s->n = PAGE / 2; /* most of them go at once */
	repaint(t, s);
	assert_int_equal(s->first, 0);
	assert_int_equal(selected(t, s), PAGE / 2 - 1);
	table_free(t);
	free(s);
}

/* So that the number of rows is no delay. */
static void
only_rows_in_view_are_written(void **state)
{
	struct source *s = source_new();
	struct table *t = show(&sorted, s);

	(void)state;
	table_sort(t, 1, true);
	repaint(t, s);
	assert_int_equal(s->asked, PAGE * NITEMS(columns));
	table_act(t, ACT_HOME);
	table_layout(t, PAGE + 1, 80);
	s->asked = 0;
	table_act(t, ACT_DOWN);
	table_layout(t, PAGE + 1, 80);
	assert_int_equal(s->asked, 0);
	table_act(t, ACT_PAGE_DOWN);
	table_layout(t, PAGE + 1, 80);
	assert_true(s->asked <= PAGE * NITEMS(columns));
	table_free(t);
	free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sorting_keeps_the_selection),
		cmocka_unit_test(filtering_keeps_the_selection),
		cmocka_unit_test(selection_lives_as_long_as_its_row),
		cmocka_unit_test(scroll_stays_while_rows_come),
		cmocka_unit_test(only_rows_in_view_are_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
