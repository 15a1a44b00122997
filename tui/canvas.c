/* What is drawn, kept as spans of rows.
 *
 * A screen is printed anew each second, and is nearly the same each time. To
 * hand it to curses costs more than to print it: text becomes cells, and all
 * cells are compared with those on the terminal. So a frame is collected first,
 * and compared span by span with the last one. Columns of a span that differs
 * are damaged; they are blanked, and the spans on them drawn, in order. */
#include "config.h"

#include "tui/canvas.h"

#include <curses.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/util.h"
#include "tui/term.h"

struct span {
	int x, columns;
	enum role role;
	char fill;    /* of a run; 0: text, */
	size_t at, n; /* which is there */
};

struct line {
	struct span *v;
	size_t n;
	struct buf text;
	bool unknown; /* something was drawn over it */
};

static struct {
	int h, w;
	struct line *shown, *next;
	bool *damaged; /* of a row, by column */
	bool begun;
} canvas;

/* Curses */

/* Reads one character with as many combining marks as a cell holds; returns its
 * bytes. */
static size_t
read_cell(cchar_t *cell, const char *s, size_t n, attr_t attr, short pair)
{
	wchar_t text[CCHARW_MAX] = { 0 };
	size_t used = 0, len, i = 0;
	uint32_t cp;

	for (; used < n; used += len) {
		len = utf8_decode(s + used, n - used, &cp);
		if (len == 0 || (i > 0 && text_width_n(s + used, len) > 0))
			break;
		if (i + 1 < NITEMS(text))
			text[i++] = (wchar_t)cp;
	}
	setcchar(cell, text, attr, pair, NULL);
	return used;
}

/* Both are much faster than adding a string, which curses converts again by the
 * locale. */

static void
add_ascii(int y, int x, enum role r, const char *s, size_t n)
{
	chtype attr = (chtype)theme_attr(r, term_color()), cells[64];
	size_t i, k;

	for (i = 0; i < n; i += k) {
		for (k = 0; k < NITEMS(cells) && i + k < n; k++)
			cells[k] = (unsigned char)s[i + k] | attr;
		mvaddchnstr(y, x + (int)i, cells, (int)k);
	}
}

/* A wide character fills two columns. Combining marks without a base character
 * have no cell. */
static void
add_cells(int y, int x, enum role r, const char *s, size_t n)
{
	attr_t attr = (attr_t)theme_attr(r, term_color());
	short pair = (short)PAIR_NUMBER(attr);
	cchar_t cells[64];
	int count = 0, columns = 0;
	size_t len, width;

	for (; n > 0; s += len, n -= len) {
		len = read_cell(&cells[count], s, n, attr & ~A_COLOR, pair);
		if (len == 0)
			break;
		width = text_width_n(s, len);
		count += width > 0;
		columns += (int)width;
		if (count < (int)NITEMS(cells) && n > len)
			continue;
		mvadd_wchnstr(y, x, cells, count);
		x += columns;
		count = columns = 0;
	}
}

static void
add_run(int y, int x, int w, enum role r, char c)
{
	term_drew(y, x, w);
	mvhline(y, x,
	    (chtype)(unsigned char)c | (chtype)theme_attr(r, term_color()), w);
}

/* Blanks before a text, as in a chart that begins with nothing, need no
 * colour, which would be written to the terminal. */
static size_t
add_blanks(int y, int x, enum role r, const char *s, size_t n)
{
	size_t blanks = 0;

	if ((theme_attr(r, term_color()) & (A_REVERSE | A_UNDERLINE)) != 0)
		return 0;
	while (blanks < n && s[blanks] == ' ')
		blanks++;
	add_ascii(y, x, ROLE_TEXT, s, blanks);
	return blanks;
}

static void
add_span(int y, const struct span *s, const char *text)
{
	size_t blanks;

	if (s->fill != 0) {
		add_run(y, s->x, s->columns, s->role, s->fill);
		return;
	}
	term_drew(y, s->x, s->columns);
	blanks = add_blanks(y, s->x, s->role, text, s->n);
	text += blanks;
	if (s->n == (size_t)s->columns) /* all of it is ASCII */
		add_ascii(y, s->x + (int)blanks, s->role, text, s->n - blanks);
	else
		add_cells(y, s->x + (int)blanks, s->role, text, s->n - blanks);
}

/* Damage */

static bool *
columns_of(const struct span *s, size_t *n)
{
	int w = canvas.w - s->x;

	*n = (size_t)(s->columns < w ? s->columns : w);
	return &canvas.damaged[s->x];
}

static void
damage(const struct span *s)
{
	size_t n;
	bool *at = columns_of(s, &n);

	memset(at, true, n);
}

static bool
is_damaged(const struct span *s)
{
	size_t n;
	const bool *at = columns_of(s, &n);

	return memchr(at, true, n) != NULL;
}

static bool
is_whole(const struct span *s)
{
	size_t n;
	const bool *at = columns_of(s, &n);

	return memchr(at, false, n) == NULL;
}

static bool
same(const struct line *a, const struct line *b, size_t i)
{
	const struct span *s = &a->v[i], *t = &b->v[i];

	return s->x == t->x && s->columns == t->columns && s->role == t->role &&
	       s->fill == t->fill && s->n == t->n &&
	       memcmp(buf_text(&a->text) + s->at, buf_text(&b->text) + t->at,
		   s->n) == 0;
}

/* Whether a row differs, and then where. */
static bool
compare(const struct line *old, const struct line *new)
{
	bool any = old->unknown;
	size_t i;

	memset(canvas.damaged, old->unknown, (size_t)canvas.w);
	for (i = 0; i < old->n || i < new->n; i++) {
		if (i < old->n && i < new->n &&same(old, new, i))
			continue;
		if (i < old->n)
			damage(&old->v[i]);
		if (i < new->n)
			damage(&new->v[i]);
		any = true;
	}
	return any;
}

/* A span is drawn whole. */
static void
spread(const struct line *l)
{
	bool more = true;
	size_t i;

	while (more) {
		more = false;
		for (i = 0; i < l->n; i++) {
			if (!is_damaged(&l->v[i]) || is_whole(&l->v[i]))
				continue;
			damage(&l->v[i]);
			more = true;
		}
	}
}

static void
mend(int y, const struct line *l)
{
	int x, end;
	size_t i;

	for (x = 0; x < canvas.w; x = end) {
		end = x + 1;
		if (!canvas.damaged[x])
			continue;
		while (end < canvas.w && canvas.damaged[end])
			end++;
		add_run(y, x, end - x, ROLE_TEXT, ' ');
	}
	for (i = 0; i < l->n; i++)
		if (is_damaged(&l->v[i]))
			add_span(y, &l->v[i], buf_text(&l->text) + l->v[i].at);
}

/* Frames */

static void
free_lines(struct line *v)
{
	int y;

	for (y = 0; v != NULL && y < canvas.h; y++) {
		free(v[y].v);
		buf_free(&v[y].text);
	}
	free(v);
}

void
canvas_free(void)
{
	free_lines(canvas.shown);
	free_lines(canvas.next);
	free(canvas.damaged);
	memset(&canvas, 0, sizeof(canvas));
}

/* Curses may have lost what was shown. */
static void
resize(int h, int w)
{
	int y;

	canvas_free();
	canvas.h = h;
	canvas.w = w;
	canvas.shown = xcalloc((size_t)h, sizeof(*canvas.shown));
	canvas.next = xcalloc((size_t)h, sizeof(*canvas.next));
	canvas.damaged = xcalloc((size_t)w, sizeof(*canvas.damaged));
	for (y = 0; y < h; y++)
		canvas.shown[y].unknown = true;
}

void
canvas_begin(void)
{
	int h, w, y;

	getmaxyx(stdscr, h, w);
	if (h != canvas.h || w != canvas.w)
		resize(h, w);
	for (y = 0; y < h; y++) {
		canvas.next[y].n = 0;
		canvas.next[y].unknown = false;
		buf_reset(&canvas.next[y].text);
	}
	canvas.begun = true;
}

void
canvas_end(void)
{
	struct line old;
	int y;

	for (y = 0; canvas.begun && y < canvas.h; y++) {
		if (compare(&canvas.shown[y], &canvas.next[y])) {
			spread(&canvas.next[y]);
			mend(y, &canvas.next[y]);
		}
		old = canvas.shown[y];
		canvas.shown[y] = canvas.next[y];
		canvas.next[y] = old;
	}
	canvas.begun = false;
}

static void
add(int y, struct span s, const char *text)
{
	struct line *l;

	if (y < 0 || y >= canvas.h || s.x < 0 || s.x >= canvas.w ||
	    s.columns <= 0)
		return;
	if (!canvas.begun) {
		add_span(y, &s, text);
		canvas.shown[y].unknown = true;
		return;
	}
	l = &canvas.next[y];
	s.at = l->text.len;
	buf_add_n(&l->text, text, s.n);
	l->v = xgrow(l->v, l->n, sizeof(*l->v));
	l->v[l->n++] = s;
}

void
canvas_text(int y, int x, enum role r, const char *text, size_t n, int columns)
{
	add(y, (struct span){ .x = x, .columns = columns, .role = r, .n = n },
	    text);
}

void
canvas_run(int y, int x, int w, enum role r, char c)
{
	add(y, (struct span){ .x = x, .columns = w, .role = r, .fill = c }, "");
}
