/* Frames as pictures. Text is placed run by run and made as wide as its cells,
 * whatever the font; blocks are shapes, since those of fonts leave gaps. */
#include "config.h"

#include "picture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "looks.h"

/* In units of the picture. */
#define CELL_W 9
#define CELL_H 20
#define FONT 15
#define BASE 15 /* of text, below the top of its row */
#define EDGE 10
#define COLUMNS_MAX 200

/* Blocks, by their halves and eighths. */
enum {
	UPPER_HALF = 0x2580,
	FULL = 0x2588,
	LEFT_EIGHTH = 0x258f,
	UPPER_EIGHTH = 0x2594
};

#define PAPER "#15181c"
#define FRAME "#59616b"
#define INK "#dfe3e8"
#define DIM "#939ba5"

/* Of pairs: each at least 4.5:1 on the paper, and the paper on each. */
static const char *const inks[] = { INK, "#868e98", "#ff7b72", "#56d37f",
	"#e6c34f", "#84b2ff", "#e09cf5", "#57cbdc", INK };

struct cell {
	const char *s; /* its character, of n bytes */
	size_t n;
	uint32_t cp;
	const struct look *look;
	int x, columns;
};

struct row {
	struct cell v[COLUMNS_MAX];
	size_t n;
};

struct picture {
	struct buf shapes, text;
};

/* Reading */

static const struct look *
find_look(char letter)
{
	size_t i;

	for (i = 0; i < look_count; i++)
		if (looks[i].letter == letter)
			return &looks[i];
	fail_msg("no cell looks like '%c'", letter);
	return NULL;
}

/* The looks of row y, below the rows; "" when all of it is plain. */
static const char *
looks_of(const char *frame, int y)
{
	char *start = xasprintf("\n%2d ", y);
	const char *below = strstr(frame, "\n-- cursor ");
	const char *at = below != NULL ? strstr(below + 1, start) : NULL;

	at = at != NULL ? at + strlen(start) : "";
	free(start);
	return at;
}

/* Blanks at its end are not there, but may have a look. */
static void
read_row(struct row *r, const char *text, const char *letters, size_t w)
{
	size_t left = strcspn(text, "\n"), count = strcspn(letters, "\n");
	struct cell *c;
	int x = 0;

	for (r->n = 0; left > 0 || r->n < count; text += c->n * (left > 0)) {
		assert_true(r->n < w && r->n < COLUMNS_MAX);
		c = &r->v[r->n];
		*c = (struct cell){ " ", 1, ' ', NULL, x, 1 };
		c->look = find_look(r->n < count ? letters[r->n] : ' ');
		if (left > 0) {
			c->s = text;
			c->n = utf8_decode(text, left, &c->cp);
			c->columns = (int)text_width_n(text, c->n);
			left -= c->n;
		}
		x += c->columns;
		r->n++;
	}
}

/* Shapes */

/* The part of a cell that a block fills, in eighths from its top left. */
struct part {
	int x, y, w, h;
};

static bool
find_part(uint32_t cp, struct part *p)
{
	*p = (struct part){ 0, 0, 8, 8 };
	if (cp == UPPER_HALF)
		p->h = 4;
	else if (cp == UPPER_EIGHTH)
		p->h = 1;
	else if (cp > UPPER_HALF && cp <= FULL)
		p->h = (int)(cp - UPPER_HALF);
	else if (cp > FULL && cp <= LEFT_EIGHTH)
		p->w = (int)(LEFT_EIGHTH + 1 - cp);
	else
		return false;
	if (cp > UPPER_HALF && cp <= FULL)
		p->y = 8 - p->h;
	return true;
}

static const char *
ink_of(const struct look *l)
{
	return l->attr & A_DIM ? DIM : inks[l->pair];
}

/* Over the cells from i to, not including, end. */
static void
add_shape(struct picture *p, const struct row *r, size_t i, size_t end, int y,
    const struct part *part)
{
	const struct cell *c = &r->v[i], *last = &r->v[end - 1];
	double w = (last->x + last->columns - 1 - c->x) * CELL_W +
		   part->w * CELL_W / 8.0;

	buf_printf(&p->shapes, "<path fill=\"%s\" d=\"M%g %gh%gv%gh-%gz\"/>\n",
	    ink_of(c->look), c->x * CELL_W + part->x * CELL_W / 8.0,
	    y * CELL_H + part->y * CELL_H / 8.0, w, part->h * CELL_H / 8.0, w);
}

static void
add_shapes(struct picture *p, const struct row *r, int y)
{
	const struct part whole = { 0, 0, 8, 8 };
	struct part part;
	size_t i, end;

	for (i = 0; i < r->n; i = end) {
		for (end = i + 1; end < r->n; end++)
			if (r->v[end].look != r->v[i].look)
				break;
		if (r->v[i].look->attr & A_REVERSE)
			add_shape(p, r, i, end, y, &whole);
	}
	for (i = 0; i < r->n; i = end) {
		for (end = i + 1; end < r->n; end++)
			if (r->v[end].look != r->v[i].look ||
			    r->v[end].cp != r->v[i].cp)
				break;
		if (find_part(r->v[i].cp, &part))
			add_shape(p, r, i, end, y, &part);
	}
}

/* Text */

static bool
is_blank(const struct row *r, size_t i)
{
	struct part part;

	return i >= r->n || r->v[i].cp == ' ' || find_part(r->v[i].cp, &part);
}

/* Where a run of text in one look ends: at a gap of two cells, at least. */
static size_t
end_of_run(const struct row *r, size_t i)
{
	const struct look *look = r->v[i].look;

	while (!is_blank(r, i) || (r->v[i].cp == ' ' && !is_blank(r, i + 1) &&
				      r->v[i + 1].look == look)) {
		if (++i == r->n || r->v[i].look != look)
			break;
	}
	return i;
}

static void
add_escaped(struct buf *b, const struct cell *c)
{
	const char *text = c->cp == '<'	  ? "&lt;"
			   : c->cp == '>' ? "&gt;"
			   : c->cp == '&' ? "&amp;"
					  : NULL;

	if (text != NULL)
		buf_add(b, text);
	else
		buf_add_n(b, c->s, c->n);
}

static void
add_run(struct buf *b, const struct row *r, size_t i, size_t end, int y)
{
	const struct look *look = r->v[i].look;
	const struct cell *last = &r->v[end - 1];
	const char *ink = look->attr & A_REVERSE ? PAPER : ink_of(look);

	buf_printf(b, "<text x=\"%d\" y=\"%d\" textLength=\"%d\"",
	    r->v[i].x * CELL_W, y * CELL_H + BASE,
	    (last->x + last->columns - r->v[i].x) * CELL_W);
	if (strcmp(ink, INK) != 0)
		buf_printf(b, " fill=\"%s\"", ink);
	if (look->attr & A_BOLD)
		buf_add(b, " font-weight=\"bold\"");
	buf_add(b, ">");
	for (; i < end; i++)
		add_escaped(b, &r->v[i]);
	buf_add(b, "</text>\n");
}

static void
add_text(struct picture *p, const struct row *r, int y)
{
	size_t i = 0, end;

	while (i < r->n) {
		if (is_blank(r, i)) {
			i++;
			continue;
		}
		end = end_of_run(r, i);
		add_run(&p->text, r, i, end, y);
		i = end;
	}
}

void
picture_print(struct buf *b, const char *frame, int w, int h, const char *shows)
{
	const int width = w * CELL_W + 2 * EDGE, height = h * CELL_H + 2 * EDGE;
	struct picture p = { 0 };
	const char *line = frame;
	struct row row;
	int y;

	for (y = 0; y < h; y++) {
		read_row(&row, line, looks_of(frame, y), (size_t)w);
		add_shapes(&p, &row, y);
		add_text(&p, &row, y);
		line += strcspn(line, "\n") + 1;
	}
	buf_printf(b,
	    "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" "
	    "height=\"%d\" viewBox=\"%d %d %d %d\" font-size=\"%d\" "
	    "font-family=\"'DejaVu Sans Mono',Menlo,Consolas,monospace\" "
	    "fill=\"" INK "\">\n<title>%s</title>\n"
	    "<rect x=\"%g\" y=\"%g\" width=\"%d\" height=\"%d\" rx=\"6\" "
	    "fill=\"" PAPER "\" stroke=\"" FRAME "\"/>\n"
	    "<g shape-rendering=\"crispEdges\">\n%s</g>\n%s</svg>\n",
	    width, height, -EDGE, -EDGE, width, height, FONT, shows, 0.5 - EDGE,
	    0.5 - EDGE, width - 1, height - 1, buf_text(&p.shapes),
	    buf_text(&p.text));
	buf_free(&p.shapes);
	buf_free(&p.text);
}
