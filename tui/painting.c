/* What curses writes, cut into strokes: text at a place with attributes. In a
 * redraw hardly any stroke is over another, so they may go to the terminal in
 * any order: the pen goes on with the stroke that takes the fewest bytes, if
 * that is shorter than the order of curses.
 *
 * Anything else, such as erasing, is written in its place among them; and so is
 * text whose place or attributes are not known, with what curses wrote before
 * it. Designations of ASCII, the only character set in use, are dropped. */
#include "config.h"

#include "tui/painting.h"

#include <stdlib.h>
#include <string.h>

#define SOME 24 /* strokes, of which the next is chosen */

struct stroke {
	int y, x;
	int columns;
	struct style style;
	const char *text; /* borrowed */
	size_t n;
	size_t blanks; /* that it begins with */
	bool done;
};

/* A control sequence: "ESC [ PARAMETERS FINAL". */
struct sequence {
	const char *params;
	size_t n; /* of them */
	char final;
	size_t len; /* of all; 0 for none */
};

static struct sequence
read_sequence(const char *s, size_t left)
{
	struct sequence q = { .params = s + 2 };

	if (left < 3 || s[0] != '\033' || s[1] != '[')
		return q;
	while (q.n + 3 < left && memchr("0123456789;:", q.params[q.n], 12))
		q.n++;
	q.final = q.params[q.n];
	q.len = q.final >= '@' && q.final <= '~' ? q.n + 3 : 0;
	return q;
}

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
	buf_add_n(out, s->text, blanks);
	if (blanks < s->n)
		pen_change(&p->pen, &s->style, out);
	buf_add_n(out, s->text + blanks, s->n - blanks);
	go_behind(&p->pen, s, p->width);
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
		pretend(&pen, &v[i], p->width);
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
		pretend(&pen, &v[order[i]], p->width);
	}
	return length + length_of(&pen, end);
}

static void
put_in_order(struct painting *p, struct buf *out)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		put_stroke(p, &p->strokes[i], out);
	p->n = 0;
	p->erased = 0;
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

static bool
is_placed(const struct painting *p)
{
	return p->y > 0 && p->x > 0;
}

/* Some after the others, so that a new screen comes from the top down over a
 * slow line. Afterwards the pen is not where curses is. */
static void
put_strokes(struct painting *p, struct buf *out)
{
	const struct stroke here = { .y = p->y, .x = p->x };
	size_t i, n;

	for (i = 0; i < p->n; i += n) {
		n = p->n - i < SOME ? p->n - i : SOME;
		put_some(p, &p->strokes[i], n,
		    i + n < p->n ? &p->strokes[i + n] : &here, out);
	}
	p->n = 0;
	p->erased = 0;
}

/* Takes the pen to where curses is. From a place that is not known this needs
 * what curses wrote, in its order. */
static void
put_moves(struct painting *p, struct buf *out)
{
	if (is_placed(p)) {
		if (p->n > 0)
			put_strokes(p, out);
		if (p->pen.y != p->y || p->pen.x != p->x)
			pen_move(&p->pen, p->y, p->x, out);
	} else {
		put_in_order(p, out);
		buf_add(out, buf_text(&p->moves));
		pen_put(&p->pen, p->y, p->x);
	}
	buf_reset(&p->moves);
}

static void
put_attributes(struct painting *p, struct buf *out)
{
	if (p->style.known) {
		pen_change(&p->pen, &p->style, out);
	} else if (p->attributes.len > 0) {
		if (p->before.known)
			pen_change(&p->pen, &p->before, out);
		buf_printf(out, "\033[%sm", buf_text(&p->attributes));
	}
	p->pen.style = p->style;
	buf_reset(&p->attributes);
}

/* Reading */

/* A sequence that begins with a reset makes all attributes known. */
static void
read_attributes(struct painting *p, const struct sequence *q)
{
	bool reset = q->n == 0 || q->params[0] == '0';
	size_t skip = !reset ? 0 : q->n > 2 ? 2 : q->n;

	if (reset) {
		buf_reset(&p->attributes);
		p->before = (struct style){ 0 };
		p->style = (struct style){ .known = true };
	} else if (p->attributes.len == 0) {
		p->before = p->style;
	} else {
		buf_add(&p->attributes, ";");
	}
	buf_add_n(
	    &p->attributes, q->n > 0 ? q->params : "0", q->n > 0 ? q->n : 1);
	style_apply(&p->style, q->params + skip, q->n - skip);
}

static bool
read_move(struct painting *p, const struct sequence *q)
{
	char *end;
	int first = (int)strtol(q->params, &end, 10);
	int second = *end == ';' ? (int)strtol(end + 1, NULL, 10) : 0;

	if (q->final == 'H') {
		p->y = first > 0 ? first : 1;
		p->x = second > 0 ? second : 1;
	} else if (q->final == 'd') {
		p->y = first > 0 ? first : 1;
	} else if (q->final == 'G') {
		p->x = first > 0 ? first : 1;
	} else {
		return false;
	}
	return true;
}

static bool
read_step(struct painting *p, char c)
{
	if (c == '\r')
		p->x = 1;
	else if (c == '\b' && p->x > 1)
		p->x--;
	else
		return false;
	return true;
}

/* "ESC ( B" */
static size_t
skip_ascii(const char *s, size_t left)
{
	return left >= 3 && memcmp(s, "\033(B", 3) == 0 ? 3 : 0;
}

/* Reads one item that is nothing on the screen; returns its length, 0 for
 * another. */
static size_t
read_pending(
    struct painting *p, const char *s, size_t left, const struct sequence *q)
{
	size_t len = q->len > 0 ? q->len : 1;

	if (q->len > 0 && q->final == 'm') {
		read_attributes(p, q);
		return len;
	}
	if (q->len > 0 ? !read_move(p, q) : !read_step(p, s[0]))
		return skip_ascii(s, left);
	buf_add_n(&p->moves, s, len);
	return len;
}

/* Behind the last column, the cursor waits for the next character in it. */
static void
advance(struct painting *p, int columns)
{
	p->x += p->x > 0 ? columns : 0;
	if (p->x > p->width + 1)
		p->y = 0;
	if (p->x > p->width)
		p->x = 0;
}

static void
add_stroke(struct painting *p, const char *s, size_t n, int columns)
{
	struct stroke stroke = { p->y, p->x, columns, p->style, s, n,
		.blanks = strspn(s, " ") };

	if (stroke.blanks > n)
		stroke.blanks = n;
	p->strokes = xgrow(p->strokes, p->n, sizeof(*p->strokes));
	p->strokes[p->n++] = stroke;
	buf_reset(&p->moves);
	buf_reset(&p->attributes);
	advance(p, columns);
}

/* Text whose place or attributes are not known. */
static void
put_text(
    struct painting *p, struct buf *out, const char *s, size_t n, int columns)
{
	put_moves(p, out);
	put_attributes(p, out);
	buf_add_n(out, s, n);
	advance(p, columns);
	pen_put(&p->pen, p->y, p->x);
}

/* Whether the next stroke is behind all those that wait, and so not over them.
 */
static bool
is_ahead(const struct painting *p)
{
	const struct stroke *last;

	if (p->n == 0)
		return true;
	last = &p->strokes[p->n - 1];
	return p->y > last->y || (p->y == last->y && p->y != p->erased &&
				     p->x >= last->x + last->columns);
}

static void
read_text(struct painting *p, struct buf *out, const char *s, size_t n)
{
	int columns = (int)text_width_n(s, n);

	if (is_placed(p) && !is_ahead(p))
		put_moves(p, out);
	if (is_placed(p) && p->style.known && p->x + columns <= p->width + 1)
		add_stroke(p, s, n, columns);
	else
		put_text(p, out, s, n, columns);
}

/* Erasing, the only other thing that curses does often, leaves the pen where it
 * is. */
static void
put_other(struct painting *p, struct buf *out, const char *s,
    const struct sequence *q)
{
	put_moves(p, out);
	put_attributes(p, out);
	buf_add_n(out, s, q->len > 0 ? q->len : 1);
	if (q->len == 0 || strchr("JKX", q->final) == NULL) {
		p->y = p->x = 0;
		p->pen.y = p->pen.x = 0;
		p->pen.blank = false;
	} else if (q->final == 'J' && q->params[0] == '2') {
		p->pen.blank = p->y == 1 && p->x == 1;
	}
}

/* The length of the text at s, up to a control character. */
static size_t
text_run(const char *s, size_t left)
{
	size_t n = 0;

	while (n < left && (unsigned char)s[n] >= ' ' && s[n] != 0x7f)
		n++;
	return n;
}

/* Right behind a text, a repetition of its last character belongs to it, and so
 * does erasing the rest of the row: what comes after that is not before it.
 * Returns the length of the sequence, 0 for another. */
static size_t
read_tail(struct painting *p, const char *s, const struct sequence *q)
{
	struct stroke *last = p->n > 0 ? &p->strokes[p->n - 1] : NULL;
	int more = q->len > 0 && q->final == 'b' ? atoi(q->params) : 0;

	if (q->len == 0 || last == NULL || last->text + last->n != s ||
	    p->x == 0 || p->x + more > p->width + 1)
		return 0;
	if (q->final == 'K' && q->n == 0)
		p->erased = p->y;
	else if (more == 0)
		return 0;
	if (last->blanks == last->n)
		last->blanks = 0; /* attributes do not come in between */
	last->n += q->len;
	last->columns += more;
	advance(p, more);
	return q->len;
}

void
painting_write(struct painting *p, struct buf *out, const char *text, size_t n)
{
	const char *end = text + n;
	struct sequence q;
	size_t len, left;

	for (; text < end; text += len) {
		left = (size_t)(end - text);
		q = read_sequence(text, left);
		len = read_tail(p, text, &q);
		if (len > 0)
			continue;
		len = read_pending(p, text, left, &q);
		if (len > 0)
			continue;
		len = text_run(text, left);
		if (len > 0) {
			read_text(p, out, text, len);
			continue;
		}
		put_other(p, out, text, &q);
		len = q.len > 0 ? q.len : 1;
	}
	put_moves(p, out);
}

void
painting_end(struct painting *p, struct buf *out)
{
	put_attributes(p, out);
}

void
painting_forget(struct painting *p)
{
	p->y = p->x = 0;
	p->pen = (struct pen){ 0 };
}

void
painting_free(struct painting *p)
{
	buf_free(&p->moves);
	buf_free(&p->attributes);
	free(p->strokes);
	*p = (struct painting){ 0 };
}
