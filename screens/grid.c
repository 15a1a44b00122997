/* A grid: rows and columns under a rule with their heads. */
#include "config.h"

#include "screens/grid.h"

#include "core/base/intl.h"

const void *
grid_row(const struct grid *g, size_t row)
{
	return (const char *)g->rows + row * g->row_size;
}

static enum role
print_cell(const struct grid *g, size_t row, size_t col, int w, struct buf *b)
{
	buf_reset(b);
	return g->columns[col].cell(g, grid_row(g, row), w, b);
}

static void
measure(const struct grid *g, size_t nrows, int *want)
{
	struct buf b = { 0 };
	size_t row, col;
	int w;

	for (col = 0; col < g->ncolumns; col++)
		want[col] = g->columns[col].column.min;
	for (row = 0; row < nrows; row++) {
		for (col = 0; col < g->ncolumns; col++) {
			print_cell(g, row, col, 0, &b);
			w = (int)text_width(buf_text(&b));
			want[col] = w > want[col] ? w : want[col];
		}
	}
	buf_free(&b);
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
draw_row(
    const struct grid *g, size_t row, int y, int x, const int *width, int gap)
{
	struct buf b = { 0 };
	enum role role;
	size_t col;

	for (col = 0; col < g->ncolumns; col++) {
		if (width[col] == 0)
			continue;
		role = print_cell(g, row, col, width[col], &b);
		if (g->columns[col].column.right)
			draw_right(y, x, width[col], role, buf_text(&b));
		else
			draw_text(y, x, width[col], role, buf_text(&b));
		x += width[col] + gap;
	}
	buf_free(&b);
}

void
grid_draw(
    const struct grid *g, const struct rect *r, bool bare, size_t selected)
{
	struct column columns[COLUMNS_MAX];
	int want[COLUMNS_MAX], width[COLUMNS_MAX], gap;
	struct rect body = *r, top = rect_top(&body, bare ? 0 : 1);
	size_t nrows = (size_t)body.h < g->nrows ? (size_t)body.h : g->nrows, i;

	for (i = 0; i < g->ncolumns; i++)
		columns[i] = g->columns[i].column;
	measure(g, nrows, want);
	gap = columns_fit(columns, g->ncolumns, want, r->w - 1, width);
	if (top.h > 0) {
		draw_rule(top.y, top.x, top.w, g->caption);
		draw_heads(g, &top, width, gap);
	}
	for (i = 0; i < nrows; i++) {
		draw_row(g, i, body.y + (int)i, body.x + 1, width, gap);
		if (i == selected)
			grid_mark(body.y + (int)i, body.x);
	}
}
