/* A grid: rows and columns under a rule with their heads. */
#include "config.h"

#include "screens/grid.h"

#include <stdlib.h>

#include "core/base/intl.h"
#include "core/base/util.h"

const void *
grid_row(const struct grid *g, size_t row)
{
	return (const char *)g->rows + row * g->row_size;
}

/* Cells, printed once. Those of a flexible column are printed again when its
 * width is known. */
struct cells {
	struct buf text; /* each terminated by NUL */
	size_t *at;	 /* where in it; row by row */
	enum role *roles;
	struct buf one;
};

static const char *
cell_text(const struct grid *g, size_t row, size_t col, const struct cells *c)
{
	return buf_text(&c->text) + c->at[row * g->ncolumns + col];
}

static void
print_cell(const struct grid *g, size_t row, size_t col, int w, struct cells *c)
{
	size_t i = row * g->ncolumns + col;

	buf_reset(&c->one);
	c->roles[i] = g->columns[col].cell(g, grid_row(g, row), w, &c->one);
	c->at[i] = c->text.len;
	buf_add_n(&c->text, buf_text(&c->one), c->one.len + 1);
}

static void
print_cells(const struct grid *g, size_t nrows, int *want, struct cells *c)
{
	size_t row, col;
	int w;

	c->at = xcalloc(nrows * g->ncolumns + 1, sizeof(*c->at));
	c->roles = xcalloc(nrows * g->ncolumns + 1, sizeof(*c->roles));
	for (col = 0; col < g->ncolumns; col++)
		want[col] = g->columns[col].column.min;
	for (row = 0; row < nrows; row++) {
		for (col = 0; col < g->ncolumns; col++) {
			print_cell(g, row, col, 0, c);
			w = (int)text_width(cell_text(g, row, col, c));
			want[col] = w > want[col] ? w : want[col];
		}
	}
}

static void
free_cells(struct cells *c)
{
	buf_free(&c->text);
	buf_free(&c->one);
	free(c->at);
	free(c->roles);
}

void
grid_mark(int y, int x)
{
	draw_text(y, x, 1, ROLE_SELECTED, ">");
	draw_cursor(y, x);
}

/* The translated head; gettext has another answer for "". */
static const char *
head(const struct grid *g, size_t col)
{
	const char *text = g->columns[col].column.head;

	return text[0] != '\0' ? _(text) : "";
}

/* Draws the note at the right end of the rule; returns the column where it
 * begins. */
static int
draw_note(const struct grid *g, const struct rect *r)
{
	int end = r->x + r->w, w = (int)text_width(g->note) + 2;
	struct buf b = { 0 };

	if (w == 2 || w + (int)text_width(g->caption) + 4 > r->w)
		return end;
	buf_printf(&b, " %s ", g->note);
	draw_text(r->y, end - w - 1, w, ROLE_TEXT, buf_text(&b));
	buf_free(&b);
	return end - w - 1;
}

/* Heads have a blank at both sides, to stand out of the rule. */
static void
draw_heads(
    const struct grid *g, const struct rect *r, const int *width, int gap)
{
	int x = r->x + 1, begin = r->x + 3 + (int)text_width(g->caption),
	    end = draw_note(g, r), at, w;
	struct buf b = { 0 };
	size_t col;

	for (col = 0; col < g->ncolumns; col++) {
		if (width[col] == 0)
			continue;
		buf_reset(&b);
		buf_printf(&b, " %s ", head(g, col));
		w = (int)text_width(buf_text(&b));
		at = x - 1;
		if (g->columns[col].column.right)
			at = x + width[col] + 1 - w;
		if (w > 2 && at >= begin && at + w <= end)
			draw_text(r->y, at, w, ROLE_TEXT, buf_text(&b));
		x += width[col] + gap;
	}
	buf_free(&b);
}

static void
draw_row(const struct grid *g, struct cells *c, size_t row, int y, int x,
    const int *width, int gap)
{
	enum role role;
	const char *text;
	size_t col;

	for (col = 0; col < g->ncolumns; col++) {
		if (width[col] == 0)
			continue;
		if (g->columns[col].column.flex)
			print_cell(g, row, col, width[col], c);
		text = cell_text(g, row, col, c);
		role = c->roles[row * g->ncolumns + col];
		if (g->columns[col].column.right)
			draw_right(y, x, width[col], role, text);
		else
			draw_text(y, x, width[col], role, text);
		x += width[col] + gap;
	}
}

void
grid_draw(
    const struct grid *g, const struct rect *r, bool bare, size_t selected)
{
	struct column columns[COLUMNS_MAX];
	int want[COLUMNS_MAX], width[COLUMNS_MAX], gap;
	struct rect body = *r, top = rect_top(&body, bare ? 0 : 1);
	size_t nrows = (size_t)body.h < g->nrows ? (size_t)body.h : g->nrows, i;
	struct cells cells = { 0 };

	for (i = 0; i < g->ncolumns; i++)
		columns[i] = g->columns[i].column;
	print_cells(g, nrows, want, &cells);
	gap = columns_fit(columns, g->ncolumns, want, r->w - 1, width);
	if (top.h > 0) {
		draw_rule(top.y, top.x, top.w, g->caption);
		draw_heads(g, &top, width, gap);
	}
	for (i = 0; i < nrows; i++) {
		draw_row(g, &cells, i, body.y + (int)i, body.x + 1, width, gap);
		if (i == selected)
			grid_mark(body.y + (int)i, body.x);
	}
	free_cells(&cells);
}
