/* How a table is laid out and drawn. */
#include "config.h"

#include "tui/table_paint.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "tui/empty.h"
#include "tui/term.h"

#define BAR 16	      /* columns of the cursor, or as many as its cells take */
#define ENDS_FROM 9   /* columns that have room for both ends of a cell */
#define FILTER_KEY 60 /* columns that hold its key too */

bool
table_has_head(const struct table *t)
{
	size_t col;

	for (col = 0; col < t->spec->ncolumns; col++)
		if (t->spec->columns[col].head[0] != '\0')
			return true;
	return false;
}

/* The columns left of the cells: the cursor, and the marks with a blank behind.
 */
int
table_edge(const struct table *t)
{
	size_t head;

	if (t->spec->mark == NULL)
		return 1;
	head = t->spec->mark_head != NULL ? strlen(t->spec->mark_head) : 0;
	return 2 + (head > 1 ? (int)head : 1);
}

bool
table_is_sorted_by(const struct table *t, size_t col)
{
	return !t->spec->fixed && t->sort == col;
}

/* The columns that the bar of the cursor covers: all where they cost little. */
size_t
table_bar(const struct table *t, int *w)
{
	size_t col, n = 0;

	*w = table_edge(t);
	if (term_quick()) {
		*w = t->w;
		return t->spec->ncolumns;
	}
	for (col = 0; col < t->spec->ncolumns && *w < BAR; col++) {
		if (t->width[col] == 0)
			continue;
		*w += (n > 0 ? t->gap : 0) + t->width[col];
		n++;
	}
	return n;
}

/* A chart leaves a column at the edge of the screen. */
static void
chart_text(const struct table *t, size_t row, size_t col, struct buf *b)
{
	t->spec->chart(t->arg, row, t->width[col] - 1, b);
}

/* Draws what a row says in place of the columns from col on, if it does: at x,
 * or where it needs more room from least on. */
static bool
draw_instead(const struct table *t, int y, int least, int x, size_t row,
    size_t col, bool on_bar)
{
	int right = t->rows.x + t->w - 1;
	struct buf b = { 0 };
	enum role role;
	bool said;

	if (row == NO_ROW || t->spec->instead == NULL ||
	    col < t->spec->instead_from)
		return false;
	role = t->spec->instead(t->arg, row, &b);
	said = b.len > 0;
	if (said)
		draw_before(
		    y, least, x, right, on_bar ? ROLE_SELECTED : role, b.s);
	buf_free(&b);
	return said;
}

/* What tells addresses apart is often their end. */
static void
cut(const struct column *c, int w, struct buf *text)
{
	struct buf ends = { 0 };

	if (!c->ends || w < ENDS_FROM || (int)text_width(buf_text(text)) <= w)
		return;
	draw_ends(text->s, w, &ends);
	buf_free(text);
	*text = ends;
}

static void
draw_cell(int y, int x, int w, enum role r, const char *text)
{
	draw_text(y, x, w, role_is_mark(r) ? ROLE_TEXT : r, text);
	if (role_is_mark(r))
		draw_first(y, x, w, r, text);
}

/* A row of cells, or that of the heads. */
struct strip {
	int y, x;
	int bar;     /* columns of the screen that are on it, from x on */
	size_t most; /* so many columns of the table */
	enum role role;
	size_t row; /* NO_ROW: the heads */
	void (*text)(
	    const struct table *, size_t row, size_t col, struct buf *);
};

static void
draw_cells(const struct table *t, const struct strip *s)
{
	const struct column *c = t->spec->columns;
	struct buf b = { 0 };
	int y = s->y, x = s->x, end = x + s->bar, least;
	size_t row = s->row, most = s->most;
	enum role role;
	size_t col;

	x += table_edge(t);
	least = x;
	for (col = 0; col < t->spec->ncolumns && most > 0; col++) {
		if (t->width[col] == 0)
			continue;
		most--;
		if (draw_instead(t, y, least, x, row, col, x < end))
			break;
		buf_reset(&b);
		(c[col].chart ? chart_text : s->text)(t, row, col, &b);
		cut(&c[col], t->width[col], &b);
		role = x < end			       ? ROLE_SELECTED
		       : c[col].chart && row != NO_ROW ? ROLE_OUT
						       : s->role;
		if (c[col].right)
			draw_right(y, x, t->width[col], role, buf_text(&b));
		else
			draw_cell(y, x, t->width[col], role, buf_text(&b));
		least = c[col].right || c[col].chart
			    ? x + t->width[col] + 1
			    : x + (int)text_width(buf_text(&b)) + 2;
		x += t->width[col] + t->gap;
	}
	buf_free(&b);
}

static void
head_text(const struct table *t, size_t row UNUSED, size_t col, struct buf *b)
{
	buf_add(b, _(t->spec->columns[col].head));
	if (table_is_sorted_by(t, col))
		buf_add(b, t->down ? " v" : " ^");
}

void
table_cell(const struct table *t, size_t row, size_t col, struct buf *b)
{
	(t->spec->shown != NULL ? t->spec->shown : t->spec->cell)(
	    t->arg, row, col, b);
}

/* Draws the caption of the rows below, if the row is that. */
static bool
draw_caption_row(const struct table *t, int y, int x, size_t row)
{
	struct buf b = { 0 };
	bool is;

	if (t->spec->caption != NULL)
		t->spec->caption(t->arg, row, &b);
	is = b.len > 0;
	if (is) {
		draw_short(y, x + 1, t->w - 2, ROLE_TEXT, b.s);
		draw_first(y, x + 1, t->w - 2, ROLE_CAPTION, b.s);
	}
	buf_free(&b);
	return is;
}

/* Only the start of the selected row is highlighted, unless the line is quick:
 * a whole row costs some 300 bytes for each press of an arrow. */
void
table_draw_row(const struct table *t, int y, int x, size_t most, size_t at)
{
	size_t row = t->order.rows[at];
	bool is_at = at == t->at && !t->gone;
	char edge_text[3] = { is_at ? '>' : ' ', ' ', '\0' };
	enum role r =
	    t->spec->role != NULL ? t->spec->role(t->arg, row) : ROLE_TEXT;
	bool whole =
	    t->spec->mark == NULL || r == ROLE_DIM || r == ROLE_CAPTION;

	int w = 0;

	if (draw_caption_row(t, y, x, row))
		return;
	if (t->spec->mark != NULL)
		edge_text[1] = t->spec->mark(t->arg, row);
	if (is_at)
		table_bar(t, &w);
	draw_fill(&(struct rect){ y, x, 1, w }, ROLE_SELECTED);
	draw_pad(y, x, table_edge(t), w > 0 ? ROLE_SELECTED : r, edge_text);
	draw_cells(t, &(struct strip){ .y = y,
			  .x = x,
			  .bar = w,
			  .most = most,
			  .role = whole ? r : ROLE_TEXT,
			  .row = row,
			  .text = table_cell });
	if (is_at)
		draw_cursor(y, x);
}

/* The filter has a line of its own at the foot, so that an admin sees why rows
 * are missing. */
void
table_draw_filter(
    const struct table *t, const struct rect *foot, const char *info)
{
	struct buf b = { 0 };
	int w;

	buf_add(&b, info);
	if (!t->typing && foot->w >= FILTER_KEY)
		buf_add(&b, _("   (\\: all)"));
	w = (int)text_width(buf_text(&b)) + 1;
	draw_pad(foot->y, foot->x, foot->w, ROLE_FIELD, " /");
	edit_draw(&t->filter, foot->y, foot->x + 2, foot->w - 3 - w, ROLE_FIELD,
	    t->typing);
	draw_right(
	    foot->y, foot->x + foot->w - w, w - 1, ROLE_DIM, buf_text(&b));
	buf_free(&b);
}

void
table_draw_head(const struct table *t, const struct rect *r)
{
	draw_pad(r->y, r->x, r->w, ROLE_HEADER, " ");
	if (t->spec->mark != NULL && t->spec->mark_head != NULL)
		draw_text(
		    r->y, r->x + 1, r->w - 1, ROLE_HEADER, t->spec->mark_head);
	draw_cells(t, &(struct strip){ .y = r->y,
			  .x = r->x,
			  .most = COLUMNS_MAX,
			  .role = ROLE_HEADER,
			  .row = NO_ROW,
			  .text = head_text });
}

void
table_empty_text(const struct table *t, struct buf *b)
{
	if (t->order.total > 0)
		empty_filtered(edit_text(&t->filter), t->typing, b);
	else
		buf_add(b, t->spec->empty != NULL ? _(t->spec->empty)
						  : _("nothing here"));
}

void
table_draw_empty(const struct table *t, const struct rect *r)
{
	struct buf b = { 0 };

	table_empty_text(t, &b);
	empty_draw(r, buf_text(&b), t->step);
	buf_free(&b);
}
