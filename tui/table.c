/* The table widget. The source, a table_spec, counts its rows from 0 and prints
 * their cells; the table never copies them.
 *
 * A row is a number of the source, a place one of the order on screen:
 * order.rows[place] is the row. `at` is the selected place, `top` the first
 * place in view. The selection is by key, which outlives a reload: table_reload
 * reads, filters and sorts the rows into a new order and finds the place of the
 * key again. A row that nobody moved to (`chosen`) is not followed where rows
 * are sorted by numbers, and else within the first page only.
 *
 * From top to bottom there are a head, the rows, and the filter while there is
 * one; page() is the number of rows in view. A column's width comes from its
 * widest cell in view since the last sort, filter or change of width (`seen`):
 * measure() reads the cells in view once after each reload or scroll, and
 * columns_fit shares the width among the columns. */
#include "config.h"

#include "tui/table.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "tui/empty.h"
#include "tui/key.h"
#include "tui/table_paint.h"

#define FEW 2 /* rows, too few for a caption */

const struct action table_actions[] = {
	{ ACT_UP, { K_UP, 'k' }, "up", NULL, N_("one row up") },
	{ ACT_DOWN, { K_DOWN, 'j' }, "down", NULL, N_("one row down") },
	{ ACT_PAGE_UP, { K_PAGE_UP, K_CTRL('b'), K_CTRL('u') }, "page-up", NULL,
	    N_("one page up") },
	{ ACT_PAGE_DOWN, { K_PAGE_DOWN, K_CTRL('f'), K_CTRL('d') }, "page-down",
	    NULL, N_("one page down") },
	{ ACT_HOME, { K_HOME, 'g' }, "first", NULL, N_("the first row") },
	{ ACT_END, { K_END, 'G' }, "last", NULL, N_("the last row") },
	{ ACT_FILTER, { '/', K_F(3), K_F(4) }, "filter", N_("Filter"),
	    N_("show only rows with these words; !word for rows without it, "
	       "\"words\" for a whole cell") },
	{ ACT_FILTER_SWITCH, { '\\' }, "filter-switch", NULL,
	    N_("show all rows, or type a filter") },
	{ 0 },
};

const struct action table_sort_actions[] = {
	{ ACT_SORT, { 's', K_F(6) }, "sort", N_("Sort"),
	    N_("choose the column to sort by") },
	{ ACT_SORT_RIGHT, { '>' }, "sort-right", NULL,
	    N_("sort by the next column") },
	{ ACT_SORT_LEFT, { '<' }, "sort-left", NULL,
	    N_("sort by the previous column") },
	{ ACT_SORT_REVERSE, { 'S', 'I' }, "sort-reverse", NULL,
	    N_("reverse the sort order") },
	{ 0 },
};

static const struct action filter_actions[] = {
	{ ACT_FILTER_KEEP, { K_ENTER }, "filter-keep", N_("Keep"),
	    N_("keep the filter") },
	{ ACT_FILTER_CLEAR, { K_ESC }, "filter-clear", N_("Clear"),
	    N_("show all rows") },
	{ ACT_UP, { K_UP }, "up", NULL, N_("one row up") },
	{ ACT_DOWN, { K_DOWN }, "down", NULL, N_("one row down") },
	{ 0 },
};

const struct action *const table_modes[] = { filter_actions, NULL };

struct table *
table_new(const struct table_spec *spec, void *arg)
{
	struct table *t = xcalloc(1, sizeof(*t));

	t->spec = spec;
	t->arg = arg;
	t->sort = spec->sort;
	t->down = spec->columns[spec->sort].number;
	t->h = 20;
	return t;
}

void
table_free(struct table *t)
{
	if (t == NULL)
		return;
	order_free(&t->order);
	buf_free(&t->key);
	edit_free(&t->filter);
	free(t);
}

/* Selection */

/* The number of rows in view. Where the height is short, the head goes first,
 * unless all rows have room below it, and a row before the filter. */
static int
page(const struct table *t)
{
	bool fits;
	int h = t->h;

	if (h >= 2 && table_filters(t))
		h--;
	fits = h >= 3 || (t->order.n > 0 && (size_t)h > t->order.n);
	return fits && table_has_head(t) ? h - 1 : h;
}

static bool
is_caption(const struct table *t, size_t at)
{
	return order_is_caption(t->spec, t->arg, t->order.rows[at]);
}

static void
scroll(struct table *t)
{
	size_t rows = page(t) > 0 ? (size_t)page(t) : 1, top = t->top;
	size_t first =
	    t->at - (t->at > 0 && rows > 1 && is_caption(t, t->at - 1));

	if (first < t->top)
		t->top = first;
	if (t->at >= t->top + rows)
		t->top = t->at - rows + 1;
	if (t->top + rows > t->order.n)
		t->top = t->order.n > rows ? t->order.n - rows : 0;
	if (rows <= FEW && t->at > t->top && is_caption(t, t->top))
		t->top++;
	if (t->top == top)
		return;
	t->measured = false;
	t->drawn = false;
}

static size_t
nearest(const struct table *t, size_t at)
{
	return at < t->order.n ? at : t->order.n > 0 ? t->order.n - 1 : 0;
}

static void
go(struct table *t, size_t at)
{
	size_t from = t->at;

	t->at = nearest(t, at);
	if (t->order.n > 0 && is_caption(t, t->at))
		t->at += t->at < from && t->at > 0 ? -1 : 1;
	buf_reset(&t->key);
	if (t->order.n > 0)
		t->spec->key(t->arg, t->order.rows[t->at], &t->key);
	scroll(t);
}

static void
choose(struct table *t, size_t at)
{
	go(t, at);
	t->chosen = t->at > (t->order.n > 0 && is_caption(t, 0));
}

static bool
is_at(const struct table *t, size_t at, const char *key, struct buf *b)
{
	buf_reset(b);
	t->spec->key(t->arg, t->order.rows[at], b);
	return strcmp(buf_text(b), key) == 0;
}

/* The place of a key; order.n when it is not shown. Mostly it has not moved. */
static size_t
find(const struct table *t, const char *key)
{
	struct buf b = { 0 };
	size_t at = t->order.n;

	if (t->at < t->order.n && is_at(t, t->at, key, &b))
		at = t->at;
	else
		for (at = 0; at < t->order.n && !is_at(t, at, key, &b); at++)
			continue;
	buf_free(&b);
	return at;
}

/* Whether the rows change places by themselves. */
static bool
is_restless(const struct table *t)
{
	return !t->spec->fixed && t->spec->columns[t->sort].number;
}

/* A row that nobody chose is not followed down: an admin who looks at the first
 * rows wants to see those that become the first. */
static void
place(struct table *t)
{
	size_t at;

	t->measured = false;
	t->drawn = false;
	at = t->key.len > 0 ? find(t, buf_text(&t->key)) : t->order.n;
	t->gone = t->held && at == t->order.n;
	if (at == t->order.n)
		at = t->at;
	if (!t->chosen && !t->held && (is_restless(t) || (long)at >= page(t)))
		at = 0;
	if (!t->gone) {
		go(t, at);
		return;
	}
	t->at = nearest(t, at);
	scroll(t);
}

void
table_keep(struct table *t)
{
	t->chosen = t->order.n > 0;
}

void
table_rest(struct table *t)
{
	t->chosen = false;
	buf_reset(&t->key);
	t->at = 0;
	place(t);
}

void
table_hold(struct table *t, bool held)
{
	t->held = held;
	if (t->gone)
		place(t);
}

void
table_reload(struct table *t)
{
	order_read(&t->order, t->spec, t->arg, edit_text(&t->filter), t->sort,
	    t->down);
	place(t);
}

struct ordering *
table_ordering(const struct table *t, void *arg)
{
	return ordering_new(
	    t->spec, arg, edit_text(&t->filter), t->sort, t->down);
}

void
table_take(struct table *t, struct ordering *o)
{
	if (!ordering_is(o, edit_text(&t->filter), t->sort, t->down)) {
		table_reload(t);
		return;
	}
	ordering_take(o, &t->order);
	place(t);
}

bool
table_selected(const struct table *t, size_t *row)
{
	if (t->order.n == 0 || t->gone)
		return false;
	*row = t->order.rows[t->at];
	return true;
}

bool
table_select(struct table *t, const char *key)
{
	size_t at = find(t, key);

	if (at == t->order.n)
		return false;
	choose(t, at);
	return true;
}

size_t
table_row(const struct table *t, size_t place)
{
	return t->order.rows[place];
}

size_t
table_shown(const struct table *t)
{
	return t->order.n - t->order.captions;
}

void
table_sort(struct table *t, size_t col, bool down)
{
	if (t->spec->fixed || col >= t->spec->ncolumns)
		return;
	t->sort = col;
	t->down = down;
	memset(t->seen, 0, sizeof(t->seen));
	if (!t->chosen) {
		buf_reset(&t->key);
		t->at = 0;
	}
	table_reload(t);
}

size_t
table_sorted(const struct table *t, bool *down)
{
	*down = t->down;
	return t->sort;
}

void
table_filter(struct table *t, const char *text)
{
	edit_set(&t->filter, text);
	memset(t->seen, 0, sizeof(t->seen));
	table_reload(t);
}

bool
table_filters(const struct table *t)
{
	return t->typing || t->filter.text.len > 0;
}

const char *
table_words(const struct table *t)
{
	return edit_text(&t->filter);
}

const char *
table_key_chosen(const struct table *t)
{
	return t->chosen ? buf_text(&t->key) : "";
}

void
table_info(const struct table *t, struct buf *b)
{
	size_t n = table_shown(t) - t->order.below;

	if (n < t->order.total)
		buf_printf(b, _("%zu of %zu"), n, t->order.total);
	else
		buf_printf(b, "%zu", t->order.total);
}

static size_t
rows_before(const struct table *t, size_t place)
{
	size_t i, n = place;

	for (i = 0; t->order.captions > 0 && i < place; i++)
		n -= is_caption(t, i);
	return n;
}

bool
table_range(const struct table *t, struct buf *b)
{
	size_t rows = page(t) > 0 ? (size_t)page(t) : 0;

	if (rows == 0 || t->order.n <= rows)
		return false;
	buf_printf(b, _("%zu-%zu of %zu"), rows_before(t, t->top) + 1,
	    rows_before(t, t->top + rows), table_shown(t));
	return true;
}

size_t
table_view(const struct table *t, size_t *first)
{
	size_t rows = page(t) > 0 ? (size_t)page(t) : 0;

	*first = t->top;
	return t->order.n - t->top < rows ? t->order.n - t->top : rows;
}

void
table_order(const struct table *t, struct buf *b)
{
	if (!t->spec->fixed)
		buf_printf(b, t->down ? _("%s down") : _("%s up"),
		    _(t->spec->columns[t->sort].head));
}

/* Actions */

static void
move_step(struct table *t, long by)
{
	struct buf b = { 0 };
	size_t n;

	table_empty_text(t, &b);
	n = empty_steps(&t->rows, buf_text(&b));
	if (t->step >= n)
		t->step = n > 0 ? n - 1 : 0;
	if (by < 0)
		t->step -= t->step > 0;
	else if (t->step + 1 < n)
		t->step++;
	t->drawn = false;
	buf_free(&b);
}

static void
move(struct table *t, long rows)
{
	if (t->order.n == 0)
		move_step(t, rows);
	else if (rows < 0 && (size_t)-rows > t->at)
		choose(t, 0);
	else
		choose(t, t->at + (size_t)rows);
}

static void
up(void *self)
{
	struct table *t = self;

	move(t, -1);
}

static void
down(void *self)
{
	struct table *t = self;

	move(t, 1);
}

static void
page_up(void *self)
{
	struct table *t = self;

	move(t, -page(t));
}

static void
page_down(void *self)
{
	struct table *t = self;

	move(t, page(t));
}

static void
first(void *self)
{
	struct table *t = self;

	choose(t, 0);
}

static void
last(void *self)
{
	struct table *t = self;

	choose(t, t->order.n);
}

static void
filter_type(void *self)
{
	struct table *t = self;

	t->typing = true;
	t->drawn = false;
}

static void
filter_keep(void *self)
{
	struct table *t = self;

	t->typing = false;
	t->drawn = false;
}

static void
filter_clear(void *self)
{
	struct table *t = self;

	t->typing = false;
	table_filter(t, "");
}

/* So that what is typed behind it runs no key, though nothing was filtered. */
static void
filter_switch(void *self)
{
	struct table *t = self;

	(table_words(t)[0] != '\0' ? filter_clear : filter_type)(t);
}

/* Sorts by the next column that can be sorted by, wrapping around. */
static void
sort_step(struct table *t, size_t step)
{
	const struct column *c = t->spec->columns;
	size_t n = t->spec->ncolumns, i, col;

	for (i = 1; i <= n; i++) {
		col = (t->sort + i * step) % n;
		if (c[col].sort && !c[col].hidden) {
			table_sort(t, col, c[col].number);
			return;
		}
	}
}

static void
sort_right(void *self)
{
	struct table *t = self;

	sort_step(t, 1);
}

static void
sort_left(void *self)
{
	struct table *t = self;

	sort_step(t, t->spec->ncolumns - 1);
}

static void
sort_reverse(void *self)
{
	struct table *t = self;

	table_sort(t, t->sort, !t->down);
}

static const struct act acts[] = {
	{ ACT_UP, up },
	{ ACT_DOWN, down },
	{ ACT_PAGE_UP, page_up },
	{ ACT_PAGE_DOWN, page_down },
	{ ACT_HOME, first },
	{ ACT_END, last },
	{ ACT_FILTER, filter_type },
	{ ACT_FILTER_KEEP, filter_keep },
	{ ACT_FILTER_CLEAR, filter_clear },
	{ ACT_FILTER_SWITCH, filter_switch },
	{ ACT_SORT_LEFT, sort_left },
	{ ACT_SORT_RIGHT, sort_right },
	{ ACT_SORT_REVERSE, sort_reverse },
	{ 0 },
};

int
table_act(struct table *t, int id)
{
	return act_run(acts, id, t);
}

const struct action *
table_mode(const struct table *t)
{
	return t->typing ? filter_actions : NULL;
}

void
table_key(struct table *t, int key)
{
	t->drawn = false;
	if (!t->typing || !edit_key(&t->filter, key))
		return;
	memset(t->seen, 0, sizeof(t->seen));
	table_reload(t);
}

/* The column at x; ncolumns when there is none. */
static size_t
column_at(const struct table *t, int x)
{
	int end = t->rows.x + table_edge(t);
	size_t col;

	for (col = 0; col < t->spec->ncolumns; col++) {
		end += t->width[col] > 0 ? t->width[col] + t->gap : 0;
		if (x < end)
			break;
	}
	return col;
}

static void
click_head(struct table *t, int x)
{
	size_t col = column_at(t, x);

	if (col == t->spec->ncolumns || !t->spec->columns[col].sort)
		return;
	if (col == t->sort)
		sort_reverse(t);
	else
		table_sort(t, col, t->spec->columns[col].number);
}

int
table_stands_for(const struct table *t, int key)
{
	struct buf b = { 0 };
	size_t n;

	if (key != K_ENTER || t->typing || t->order.n > 0)
		return key;
	table_empty_text(t, &b);
	n = empty_steps(&t->rows, buf_text(&b));
	if (n > 0)
		key =
		    empty_step_key(buf_text(&b), t->step < n ? t->step : n - 1);
	buf_free(&b);
	return key;
}

bool
table_click(struct table *t, int y, int x)
{
	const size_t at = t->top + (size_t)(y - t->rows.y);
	bool same = at == t->at;

	if (x < t->rows.x || x >= t->rows.x + t->rows.w)
		return false;
	if (y == t->rows.y - 1 && table_has_head(t))
		click_head(t, x);
	if (y < t->rows.y || y >= t->rows.y + page(t) || at >= t->order.n)
		return false;
	choose(t, at);
	return same;
}

/* Drawing */

static void
measure(struct table *t)
{
	size_t col, i, end = t->top + (size_t)page(t);
	struct buf b = { 0 };
	int w;

	if (t->measured)
		return;
	t->measured = true;
	for (i = t->top; i < end && i < t->order.n; i++) {
		if (is_caption(t, i))
			continue;
		for (col = 0; col < t->spec->ncolumns; col++) {
			if (t->spec->columns[col].chart)
				continue;
			buf_reset(&b);
			table_cell(t, t->order.rows[i], col, &b);
			w = (int)text_width(buf_text(&b));
			if (w > t->seen[col])
				t->seen[col] = w;
		}
	}
	buf_free(&b);
}

void
table_layout(struct table *t, int h, int w)
{
	int want[COLUMNS_MAX], head;
	const struct column *c;
	size_t col;

	if (w != t->w)
		memset(t->seen, 0, sizeof(t->seen));
	if (w != t->w || h != t->h)
		t->measured = false;
	t->h = h;
	t->w = w;
	scroll(t);
	measure(t);
	for (col = 0; col < t->spec->ncolumns; col++) {
		c = &t->spec->columns[col];
		head = (int)text_width(_(c->head)) +
		       2 * table_is_sorted_by(t, col);
		want[col] = t->seen[col];
		if (c->max > 0 && want[col] > c->max)
			want[col] = c->max;
		if (want[col] < head)
			want[col] = head;
		if (c->chart)
			want[col] = c->min;
	}
	t->gap = columns_fit(t->spec->columns, t->spec->ncolumns, want,
	    w - table_edge(t), t->width);
}

int
table_column_width(const struct table *t, size_t col)
{
	return t->width[col];
}

void
table_draw(struct table *t, const struct rect *area)
{
	struct rect body = *area, part;
	struct buf info = { 0 };
	size_t i, rows;

	table_layout(t, area->h, area->w);
	rows = page(t) > 0 ? (size_t)page(t) : 0;
	part = rect_bottom(&body, area->h >= 2 && table_filters(t));
	if (body.h > (int)rows) {
		struct rect head = rect_top(&body, 1);

		table_draw_head(t, &head);
	}
	t->rows = body;
	for (i = 0; i < rows && t->top + i < t->order.n; i++)
		table_draw_row(
		    t, body.y + (int)i, body.x, COLUMNS_MAX, t->top + i);
	if (t->order.n == 0 && rows > 0)
		table_draw_empty(t, &body);
	if (part.h > 0) {
		table_info(t, &info);
		table_draw_filter(t, &part, buf_text(&info));
		buf_free(&info);
	}
	t->drawn = true;
	t->drawn_at = t->at;
}

/* What the cursor changes. */
static void
redraw_row(const struct table *t, size_t at)
{
	int y = t->rows.y + (int)(at - t->top), w;
	size_t n = table_bar(t, &w);

	draw_fill(&(struct rect){ y, t->rows.x, 1, w }, ROLE_TEXT);
	table_draw_row(t, y, t->rows.x, n, at);
}

bool
table_redraw(struct table *t)
{
	if (!t->drawn || t->typing || t->order.n == 0 || page(t) <= 0)
		return false;
	redraw_row(t, t->drawn_at);
	redraw_row(t, t->at);
	t->drawn_at = t->at;
	return true;
}

void
table_changed(struct table *t)
{
	t->drawn = false;
}

void
table_renew(struct table *t)
{
	memset(t->seen, 0, sizeof(t->seen));
	t->measured = false;
	t->drawn = false;
}
