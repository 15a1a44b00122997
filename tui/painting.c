/* A screen of curses on the terminal: the cells that changed, cut into strokes,
 * which are text at a place with one style. No stroke is over another, so they
 * may go to the terminal in any order: the pen goes on with the one that takes
 * the fewest bytes, if that is shorter than from the top down.
 *
 * Curses could do this, too. But it says all attributes again for each change,
 * looks only at the next move, and makes a system call of each. */
#include "config.h"

#include "tui/painting.h"

#include <curses.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "tui/pen.h"
#include "tui/theme.h"

#define SOME 16	    /* strokes, of which the next is chosen */
#define GAP 3	    /* columns over which writing is shorter than a move */
#define WIDE 0x1100 /* the first character of two columns */
#define ERASE "\033[K"

struct stroke {
	int y, x; /* from 1 */
	int columns;
	struct style style;
	size_t at, n;  /* of its text */
	size_t blanks; /* that it begins with */
	bool done;
};

struct extent {
	int from, end; /* columns */
};

struct line {
	struct extent drawn; /* as was said; nothing: all of it may be */
	int used;	     /* columns up to the last one that is not blank */
	bool wide;	     /* has, or had, characters of two columns */
};

/* Of a wide character the second cell is all zeros. */
struct painting {
	struct pen pen;
	int h, w;
	cchar_t blank;
	cchar_t *shown; /* the cells on the terminal */
	struct line *lines;
	cchar_t *read; /* what curses gives of a row, */
	cchar_t *row;  /* and with a cell for each column */
	struct stroke *strokes;
	size_t n;
	struct buf text; /* of strokes */
	bool all;	 /* rows that were not touched, too */
};

/* Strokes */

/* Blanks look the same in most attributes, and need no change. */
static size_t
free_blanks(const struct pen *p, const struct stroke *s)
{
	return style_hides(&p->style) && style_hides(&s->style) ? s->blanks : 0;
}

static size_t
length_of(const struct pen *p, const struct stroke *s)
{
	size_t length = pen_move_length(p, s->y, s->x);

	if (free_blanks(p, s) < s->n)
		length += pen_change_length(p, &s->style);
	return length;
}

static void
go_behind(struct pen *p, const struct stroke *s, int width)
{
	int x = s->x + s->columns;

	pen_put(p, s->y, x <= width ? x : 0);
}

/* Takes the pen along without writing. */
static void
pretend(struct pen *p, const struct stroke *s, int width)
{
	pen_put(p, s->y, s->x);
	if (free_blanks(p, s) < s->n)
		p->style = s->style;
	go_behind(p, s, width);
}

static void
put_stroke(struct painting *p, const struct stroke *s, struct buf *out)
{
	size_t blanks;

	pen_move(&p->pen, s->y, s->x, out);
	blanks = free_blanks(&p->pen, s);
	buf_add_n(out, p->text.s + s->at, blanks);
	if (blanks < s->n)
		pen_change(&p->pen, &s->style, out);
	buf_add_n(out, p->text.s + s->at + blanks, s->n - blanks);
	go_behind(&p->pen, s, p->w);
}

/* The cheapest one that is not done, from the first on. */
static size_t
cheapest(const struct pen *pen, const struct stroke *v, size_t n, size_t first)
{
	size_t best = first, least = SIZE_MAX, i, length;

	for (i = first; i < n && least > 0; i++) {
		if (v[i].done)
			continue;
		length = length_of(pen, &v[i]);
		if (length < least) {
			least = length;
			best = i;
		}
	}
	return best;
}

/* The lengths of two orders are those to end, which comes after them. */

static size_t
length_in_order(const struct painting *p, const struct stroke *v, size_t n,
    const struct stroke *end)
{
	struct pen pen = p->pen;
	size_t length = 0, i;

	for (i = 0; i < n; i++) {
		length += length_of(&pen, &v[i]);
		pretend(&pen, &v[i], p->w);
	}
	return length + length_of(&pen, end);
}

static size_t
find_order(const struct painting *p, struct stroke *v, size_t n,
    const struct stroke *end, size_t *order)
{
	struct pen pen = p->pen;
	size_t length = 0, first = 0, i;

	for (i = 0; i < n; i++) {
		while (v[first].done)
			first++;
		order[i] = cheapest(&pen, v, n, first);
		v[order[i]].done = true;
		length += length_of(&pen, &v[order[i]]);
		pretend(&pen, &v[order[i]], p->w);
	}
	return length + length_of(&pen, end);
}

static void
put_some(struct painting *p, struct stroke *v, size_t n,
    const struct stroke *end, struct buf *out)
{
	size_t order[SOME], i;
	bool better =
	    find_order(p, v, n, end, order) < length_in_order(p, v, n, end);

	for (i = 0; i < n; i++)
		put_stroke(p, &v[better ? order[i] : i], out);
}

/* Some after the others, so that a new screen comes from the top down over a
 * slow line. */
static void
put_strokes(struct painting *p, int y, int x, struct buf *out)
{
	const struct stroke here = { .y = y, .x = x };
	size_t i, n;

	for (i = 0; i < p->n; i += n) {
		n = p->n - i < SOME ? p->n - i : SOME;
		put_some(p, &p->strokes[i], n,
		    i + n < p->n ? &p->strokes[i + n] : &here, out);
	}
}

/* Cells */

static bool
same_cells(const cchar_t *a, const cchar_t *b, int n)
{
	return memcmp(a, b, (size_t)n * sizeof(*a)) == 0;
}

static bool
is_wide(const cchar_t *c)
{
	return c->chars[0] >= WIDE && wcwidth(c->chars[0]) == 2;
}

/* Fills all of p->row. What curses gives has no second cells. */
static void
read_wide(struct painting *p, int y)
{
	const cchar_t *from = p->read;
	int x = 0;

	mvin_wchnstr(y, 0, p->read, p->w);
	for (; x < p->w && from->chars[0] != L'\0'; from++) {
		p->row[x++] = *from;
		if (is_wide(from))
			p->row[x++] = (cchar_t){ 0 };
	}
	while (x < p->w)
		p->row[x++] = (cchar_t){ 0 };
}

/* Returns false when there are wide characters in it. */
static bool
read_part(struct painting *p, int y, const struct extent *part)
{
	int x = part->from;

	mvin_wchnstr(y, x, &p->row[x], part->end - x);
	while (x < part->end && p->row[x].chars[0] != L'\0' &&
	       !is_wide(&p->row[x]))
		x++;
	return x == part->end;
}

/* Fills what may have changed of p->row, and returns where that is. */
static struct extent
read_row(struct painting *p, int y)
{
	struct line *l = &p->lines[y];
	struct extent part = l->drawn, all = { 0, p->w };

	l->drawn = (struct extent){ 0 };
	if (p->all || l->wide || part.from == part.end)
		part = all;
	if (read_part(p, y, &part))
		return part;
	l->wide = true;
	read_wide(p, y);
	return all;
}

/* The columns up to the last one before end that is not blank. */
static int
used(const struct painting *p, const cchar_t *row, int from, int end)
{
	while (end > from && same_cells(&row[end - 1], &p->blank, 1))
		end--;
	return end;
}

static struct style
style_of(const cchar_t *c)
{
	static const struct {
		attr_t attr;
		int flag;
	} flags[] = { { A_BOLD, 1 }, { A_DIM, 2 }, { A_UNDERLINE, 4 },
		{ A_REVERSE, 7 } };
	struct style s = { .known = true };
	short pair = (short)PAIR_NUMBER(c->attr);
	size_t i;

	for (i = 0; i < NITEMS(flags); i++)
		if ((c->attr & flags[i].attr) != 0)
			s.flags |= STYLE_FLAG(flags[i].flag);
	s.ink = pair > 0 ? 30 + theme_color(pair) : 0;
	return s;
}

static void
add_text(struct buf *b, const cchar_t *c)
{
	mbstate_t state = { 0 };
	char bytes[MB_LEN_MAX];
	size_t i, n;

	if (c->chars[0] < 0x80 && c->chars[1] == L'\0') {
		bytes[0] = (char)c->chars[0];
		buf_add_n(b, bytes, c->chars[0] != L'\0');
		return;
	}
	for (i = 0; i < CCHARW_MAX && c->chars[i] != L'\0'; i++) {
		n = wcrtomb(bytes, c->chars[i], &state);
		if (n != (size_t)-1)
			buf_add_n(b, bytes, n);
	}
}

/* Cutting */

/* Whether a cell can be part of the stroke. Blanks join any style that does not
 * show in them. */
static bool
joins(struct stroke *s, const struct style *style, bool blank)
{
	bool hides = style_hides(&s->style) && style_hides(style);

	if (s->columns > 0 && !style_same(&s->style, style) &&
	    (!hides || (!blank && s->blanks < s->n)))
		return false;
	if (s->columns == 0 || !blank)
		s->style = *style;
	return true;
}

static bool
add_cell(struct painting *p, struct stroke *s, const cchar_t *c)
{
	bool blank = c->chars[0] == L' ' && c->chars[1] == L'\0';
	struct style style;

	if (c->chars[0] != L'\0') {
		style = style_of(c);
		if (!joins(s, &style, blank))
			return false;
	}
	s->blanks += blank && s->blanks == s->n;
	add_text(&p->text, c);
	s->n = p->text.len - s->at;
	s->columns++;
	return true;
}

/* Whether something changes soon. The second cell of what was written is
 * written with it, also over that of another wide character. */
static bool
goes_on(const struct painting *p, const cchar_t *old, int x,
    const struct extent *part)
{
	int left = part->end - x, more = left < GAP + 1 ? left : GAP + 1;

	return (x > part->from && is_wide(&p->row[x - 1])) ||
	       !same_cells(&p->row[x], &old[x], more);
}

static struct stroke *
new_stroke(struct painting *p, int y, int x)
{
	p->strokes = xgrow(p->strokes, p->n, sizeof(*p->strokes));
	p->strokes[p->n] =
	    (struct stroke){ .y = y + 1, .x = x + 1, .at = p->text.len };
	return &p->strokes[p->n++];
}

static void
cut(struct painting *p, int y, const cchar_t *old, const struct extent *part)
{
	struct stroke *s;
	int x = part->from;

	while (x < part->end) {
		if (same_cells(&p->row[x], &old[x], 1)) {
			x++;
			continue;
		}
		s = new_stroke(p, y, x);
		while (x < part->end && goes_on(p, old, x, part) &&
		       add_cell(p, s, &p->row[x]))
			x++;
	}
}

static void
erase_from(struct painting *p, int y, int x)
{
	struct stroke *s = new_stroke(p, y, x);

	buf_add(&p->text, ERASE);
	s->n = s->blanks = strlen(ERASE);
	s->style.known = true;
}

/* Of the cells behind the part, none changed. */
static int
used_now(const struct painting *p, const struct line *l, const cchar_t *old,
    const struct extent *part)
{
	int end;

	if (l->used > part->end)
		return l->used;
	end = used(p, p->row, part->from, part->end);
	return end > part->from ? end : used(p, old, 0, end);
}

static void
cut_row(struct painting *p, int y)
{
	struct extent all = read_row(p, y), part = all;
	cchar_t *old = &p->shown[y * p->w];
	size_t n = (size_t)(all.end - all.from);
	struct line *l = &p->lines[y];
	int end;

	if (same_cells(&p->row[all.from], &old[all.from], (int)n))
		return;
	end = used_now(p, l, old, &all);
	if (l->used > end + 1) {
		part.end = end;
		cut(p, y, old, &part);
		erase_from(p, y, end);
	} else {
		cut(p, y, old, &part);
	}
	l->used = end;
	memcpy(&old[all.from], &p->row[all.from], n * sizeof(*old));
}

/* The screen */

struct painting *
painting_new(void)
{
	struct painting *p = xcalloc(1, sizeof(*p));

	setcchar(&p->blank, L" ", A_NORMAL, 0, NULL);
	return p;
}

void
painting_free(struct painting *p)
{
	if (p == NULL)
		return;
	free(p->shown);
	free(p->lines);
	free(p->read);
	free(p->row);
	free(p->strokes);
	buf_free(&p->text);
	free(p);
}

void
painting_cleared(struct painting *p)
{
	int i;

	getmaxyx(stdscr, p->h, p->w);
	p->shown = xresize(p->shown, (size_t)(p->h * p->w), sizeof(*p->shown));
	free(p->lines);
	p->lines = xcalloc((size_t)p->h, sizeof(*p->lines));
	p->read = xresize(p->read, (size_t)p->w + 1, sizeof(*p->read));
	p->row = xresize(p->row, (size_t)p->w + 1, sizeof(*p->row));
	for (i = 0; i < p->h * p->w; i++)
		p->shown[i] = p->blank;
	p->pen =
	    (struct pen){ .y = 1, .x = 1, .blank = true, .style.known = true };
	p->all = true;
}

void
painting_drew(struct painting *p, int y, int x, int w)
{
	struct extent *drawn;
	int end = x + w < p->w ? x + w : p->w;

	if (y < 0 || y >= p->h || x < 0 || x >= end)
		return;
	drawn = &p->lines[y].drawn;
	if (drawn->from == drawn->end)
		*drawn = (struct extent){ x, end };
	if (x < drawn->from)
		drawn->from = x;
	if (end > drawn->end)
		drawn->end = end;
}

void
painting_draw(struct painting *p, int y, int x, struct buf *out)
{
	int i;

	p->n = 0;
	buf_reset(&p->text);
	for (i = 0; i < p->h; i++)
		if (p->all || is_linetouched(stdscr, i))
			cut_row(p, i);
	p->all = false;
	untouchwin(stdscr);
	put_strokes(p, y + 1, x + 1, out);
	pen_move(&p->pen, y + 1, x + 1, out);
}

void
painting_rest(struct painting *p, struct buf *out)
{
	const struct style plain = { .known = true };

	pen_change(&p->pen, &plain, out);
}
