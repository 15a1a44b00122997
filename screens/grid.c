/* A grid: rows and columns below a caption. */
#include "config.h"

#include "screens/grid.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/base/util.h"
#include "tui/term.h"

#define BAR_MIN 8 /* columns of the cursor */
#define BAR_MAX 20
#define BEFORE_CHART 2 /* blanks */

static const void *
grid_row(const struct grid *g, size_t row)
{
	return (const char *)g->rows + row * g->row_size;
}

/* Layout */

/* By the unit of its rates; not translated. */
static const char *
head_of(const struct grid *g, size_t col)
{
	const struct grid_column *c = &g->columns[col];

	return g->bits && c->bits != NULL ? c->bits : c->head;
}

/* Where each column begins, and its width: 0 when it was dropped. */
struct layout {
	int x[GRID_COLUMNS], w[GRID_COLUMNS];
	int right; /* where the numbers begin */
	int chart; /* where the chart does; that is its end without one */
};

static int
wanted(const struct grid *g, size_t col, size_t nrows, struct buf *b)
{
	const struct grid_column *c = &g->columns[col];
	const char *head = head_of(g, col);
	int want = c->min, w = head[0] != '\0' ? (int)text_width(_(head)) : 0;
	size_t row;

	if (c->right && w > want)
		want = w;

	for (row = 0; !c->right && row < nrows; row++) {
		buf_reset(b);
		c->cell(g, grid_row(g, row), b);
		w = (int)text_width(buf_text(b));
		want = w > want ? w : want;
	}
	return c->max > 0 && want > c->max ? c->max : want;
}

static int
total(const struct grid *g, const struct layout *l)
{
	int sum = 0;
	size_t i;

	for (i = 0; i < g->ncolumns; i++)
		sum += l->w[i] > 0 ? l->w[i] + 1 : 0;
	return sum;
}

/* The last column on the left gets what is left, or gives what lacks. */
static void
place(const struct grid *g, int room, struct layout *l)
{
	int spare = room - total(g, l), x = GRID_INDENT;
	size_t last = 0, i;

	for (i = 0; i < g->ncolumns; i++)
		if (l->w[i] > 0 && !g->columns[i].right)
			last = i;
	l->w[last] = l->w[last] + spare > 1 ? l->w[last] + spare : 1;
	for (i = 0; i < g->ncolumns; i++) {
		l->x[i] = x;
		if (i == last)
			l->right = x + l->w[i] + 1;
		x += l->w[i] > 0 ? l->w[i] + 1 : 0;
	}
}

static void
fit(const struct grid *g, int w, size_t nrows, struct layout *l)
{
	struct buf b = { 0 };
	int room;
	size_t i;

	l->chart = w - 1 - g->w;
	room = l->chart - GRID_INDENT - (g->w > 0 ? BEFORE_CHART - 1 : 0);
	for (i = 0; i < g->ncolumns; i++)
		l->w[i] = w >= g->columns[i].from ? wanted(g, i, nrows, &b) : 0;
	place(g, room, l);
	buf_free(&b);
}

static int
bar_of(const struct layout *l)
{
	int w = GRID_INDENT + l->w[0];

	return w < BAR_MIN ? BAR_MIN : w > BAR_MAX ? BAR_MAX : w;
}

/* Drawing */

/* Where both do not fit, the caption stays. */
static void
draw_heads(const struct grid *g, const struct rect *r, const struct layout *l)
{
	int end = r->x + 1 + (int)text_width(g->caption) + 1, x, w;
	const char *text;
	size_t i;

	for (i = 0; i < g->ncolumns; i++) {
		text = head_of(g, i);
		if (l->w[i] == 0 || text[0] == '\0')
			continue;
		text = _(text);
		w = (int)text_width(text);
		x = r->x + l->x[i];
		if (g->columns[i].right)
			x += l->w[i] - w;
		if (x < end)
			continue;
		draw_text(r->y, x, w, ROLE_DIM, text);
		end = x + w + 1;
	}
	if (g->w > 0 && r->x + l->chart >= end)
		draw_text(r->y, r->x + l->chart, g->w, ROLE_DIM, g->chart_head);
}

static void
draw_top(const struct grid *g, const struct rect *r, const struct layout *l)
{
	int x = r->x + 1 + (int)text_width(g->caption) + 2;

	draw_text(r->y, r->x + 1, r->w - 1, ROLE_CAPTION, g->caption);
	if (g->note == NULL)
		draw_heads(g, r, l);
	else
		draw_short(r->y, x, r->x + r->w - 1 - x, ROLE_TEXT, g->note);
}

/* Draws the columns on one side. */
static void
draw_columns(const struct grid *g, const void *row, int y, int x,
    const struct layout *l, bool right, bool selected)
{
	const struct grid_column *c;
	struct buf b = { 0 };
	enum role role;
	size_t i;

	for (i = 0; i < g->ncolumns; i++) {
		c = &g->columns[i];
		if (l->w[i] == 0 || c->right != right)
			continue;
		buf_reset(&b);
		role = c->cell(g, row, &b);
		role = selected ? ROLE_SELECTED : role;
		if (right)
			draw_right(y, x + l->x[i], l->w[i], role, buf_text(&b));
		else
			draw_short(y, x + l->x[i], l->w[i], role, buf_text(&b));
	}
	buf_free(&b);
}

/* The column behind the text of the last cell on the left. */
static int
least(const struct grid *g, const void *row, const struct layout *l)
{
	struct buf b = { 0 };
	int end = GRID_INDENT;
	size_t i;

	for (i = 0; i < g->ncolumns; i++) {
		if (l->w[i] == 0 || g->columns[i].right)
			continue;
		buf_reset(&b);
		g->columns[i].cell(g, row, &b);
		end = l->x[i] + (int)text_width(buf_text(&b)) + 2;
	}
	buf_free(&b);
	return end < l->right ? end : l->right;
}

static void
draw_row(const struct grid *g, const void *row, int y, int x, int w,
    const struct layout *l, bool selected)
{
	struct buf b = { 0 };
	enum role role = ROLE_TEXT;

	draw_columns(g, row, y, x, l, false, selected);
	if (g->trouble != NULL)
		role = g->trouble(g, row, &b);
	role = selected ? ROLE_SELECTED : role;
	if (b.len > 0) {
		draw_before(y, x + least(g, row, l), x + l->right, x + w - 1,
		    role, b.s);
	} else {
		draw_columns(g, row, y, x, l, true, selected);
		if (g->w > 0 && g->chart != NULL) {
			role = g->chart(g, row, g->w, &b);
			role = selected ? ROLE_SELECTED : role;
			draw_text(y, x + l->chart, g->w, role, buf_text(&b));
		}
	}
	buf_free(&b);
}

/* The name, to the end of the bar; a bar that is as wide as the names marks
 * what it cuts. */
static void
draw_name(int y, int x, int w, enum role role, const char *name, int bar)
{
	if (bar < BAR_MAX && text_width(name) > (size_t)w)
		draw_text(y, x, w, role, name);
	else
		draw_pad(y, x, w, role, name);
}

/* The row as it is, or all of it as a bar. */
static void
draw_whole(
    const struct grid *g, const void *row, int y, int x, int w, bool selected)
{
	struct layout l = { 0 };

	draw_fill(
	    &(struct rect){ y, x, 1, w }, selected ? ROLE_SELECTED : ROLE_TEXT);
	fit(g, w, g->nrows, &l);
	draw_row(g, row, y, x, w, &l, selected);
}

void
grid_draw_bar(
    const struct grid *g, size_t row, int y, int x, int w, bool selected)
{
	const void *at = grid_row(g, row);
	char start[] = { selected ? '>' : ' ',
		g->mark != NULL ? g->mark(g, at) : ' ', ' ', '\0' };
	struct buf b = { 0 };
	enum role role = g->columns[0].cell(g, at, &b);

	if (term_quick())
		draw_whole(g, at, y, x, w, selected);
	else
		draw_name(y, x + GRID_INDENT, w - GRID_INDENT,
		    selected ? ROLE_SELECTED : role, buf_text(&b), w);
	draw_text(
	    y, x, GRID_INDENT, selected ? ROLE_SELECTED : ROLE_TEXT, start);
	if (selected)
		draw_cursor(y, x);
	buf_free(&b);
}

int
grid_draw(
    const struct grid *g, const struct rect *r, bool bare, size_t selected)
{
	struct rect body = *r, top = rect_top(&body, bare ? 0 : 1);
	size_t nrows = (size_t)body.h < g->nrows ? (size_t)body.h : g->nrows, i;
	struct layout l = { 0 };
	int bar;

	fit(g, r->w, nrows, &l);
	bar = term_quick() ? r->w : bar_of(&l);
	if (top.h > 0)
		draw_top(g, &top, &l);
	for (i = 0; i < nrows; i++, body.y++) {
		draw_row(g, grid_row(g, i), body.y, body.x, r->w, &l, false);
		grid_draw_bar(g, i, body.y, body.x, bar, i == selected);
	}
	if (g->foot != NULL && body.y < r->y + r->h)
		draw_short(body.y, body.x + GRID_INDENT, r->w - 1 - GRID_INDENT,
		    ROLE_DIM, g->foot);
	return bar;
}
