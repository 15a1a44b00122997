/* Text wrapped at blanks and drawn as rows. */
#include "config.h"

#include "tui/lines.h"

#include <stdlib.h>
#include <string.h>

/* The state of wrapping a text. */
struct cut {
	const char *rest; /* not wrapped yet */
	const char *row;  /* the last row */
	size_t n;	  /* its length */
	int indent;	  /* blanks before it */
	int hang;	  /* blanks before rows that continue its line */
	bool goes_on;	  /* its line continues */
};

/* The hanging indent of a row: the column of the text that it sets off by
 * blanks; 0 for none. */
static int
hang_of(const char *row, size_t n, int w)
{
	size_t i;
	int hang;

	for (i = 1; i + 1 < n; i++)
		if (row[i - 1] == ' ' && row[i] == ' ' && row[i + 1] != ' ')
			break;
	if (i + 1 >= n)
		return 0;
	hang = (int)text_width_n(row, i + 1);
	return hang <= w / 2 ? hang : 0;
}

/* Cuts the next row; false at the end of the text. */
static bool
cut_row(struct cut *c, int w)
{
	bool begins = !c->goes_on;
	size_t skip;

	if (c->rest[0] == '\0')
		return false;
	c->indent = begins ? 0 : c->hang;
	c->row = c->rest;
	c->n = text_wrap(
	    c->row, w > c->indent ? (size_t)(w - c->indent) : 1, &skip);
	c->rest += skip;
	c->goes_on = c->rest[-1] != '\n';
	if (begins)
		c->hang = hang_of(c->row, c->n, w);
	return true;
}

int
lines_count(const char *text, int w)
{
	struct cut c = { .rest = text };
	int n = 0;

	while (cut_row(&c, w))
		n++;
	return n;
}

void
lines_place(const char *text, int w, size_t at, int *row, int *col)
{
	struct cut c = { .rest = text };

	for (*row = 0, *col = 0; cut_row(&c, w); (*row)++) {
		if (text + at >= c.rest)
			continue;
		*col = c.indent +
		       (int)text_width_n(c.row, (size_t)(text + at - c.row));
		return;
	}
}

size_t
lines_start(const char *text, int w, int row)
{
	struct cut c = { .rest = text };

	while (row-- > 0 && cut_row(&c, w))
		;
	return (size_t)(c.rest - text);
}

bool
lines_draw_part(const char *text, const struct rect *r, int top, bool marks)
{
	struct cut c = { .rest = text };
	bool begins = true;
	char *line;
	int row;

	for (row = 0; row < top + r->h && cut_row(&c, r->w); row++) {
		line = xstrndup(c.row, c.n);
		if (row >= top)
			draw_text(r->y + row - top, r->x + c.indent,
			    r->w - c.indent, ROLE_TEXT, line);
		if (row >= top && marks && begins)
			draw_first(r->y + row - top, r->x, r->w,
			    role_of_line(line), line);
		begins = !c.goes_on;
		free(line);
	}
	return c.rest[0] != '\0';
}

void
lines_draw(const char *text, const struct rect *r)
{
	const struct rect mark = { r->y + r->h - 1, r->x + r->w - 2, 1, 2 };

	if (!lines_draw_part(text, r, 0, true) || r->h <= 0 || r->w <= mark.w)
		return;
	draw_fill(&mark, ROLE_TEXT);
	draw_text(mark.y, mark.x + 1, 1, ROLE_DIM, draw_more());
}
