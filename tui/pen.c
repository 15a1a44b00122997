/* The pen of the terminal. Moves of the cursor and changes of attributes (SGR,
 * "ESC [ PARAMETERS m") are pending until something is written. Of several
 * moves only the last place counts, and from a place that is known the way may
 * be shorter; of attributes, what is in force already is not said again.
 * Designations of ASCII, the only character set in use, are dropped.
 *
 * Curses moves by absolute positions, unless the way is very short. */
#include "config.h"

#include "tui/pen.h"

#include <stdlib.h>
#include <string.h>

#define BLANKS_MAX 3 /* a shorter move than "ESC [ N C" */
#define ATTRIBUTES_MAX 64

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

/* Attributes */

static void
read_attributes(struct pen *p, const struct sequence *q)
{
	bool reset = q->n == 0 || q->params[0] == '0';

	if (reset)
		buf_reset(&p->changes);
	if (p->changes.len > 0)
		buf_add(&p->changes, ";");
	buf_add_n(&p->changes, q->n > 0 ? q->params : "0", q->n > 0 ? q->n : 1);
}

/* What is missing of the wanted attributes if those in force are the first of
 * them; NULL if they are not. */
static const char *
missing(const struct pen *p, const char *wanted)
{
	size_t n = p->attributes.len;

	if (!p->known || !has_prefix(wanted, buf_text(&p->attributes)))
		return NULL;
	if (n == 0 || wanted[n] == '\0')
		return wanted + n;
	return wanted[n] == ';' ? wanted + n + 1 : NULL;
}

static void
replace_attributes(struct pen *p, struct buf *out)
{
	const char *all = buf_text(&p->changes);
	const char *wanted = all[1] == ';' ? all + 2 : all + 1;
	const char *rest = missing(p, wanted);

	if (rest == NULL)
		buf_printf(out, "\033[%sm", wanted[0] != '\0' ? all : "");
	else if (rest[0] != '\0')
		buf_printf(out, "\033[%sm", rest);
	p->known = true;
	buf_reset(&p->attributes);
	buf_add(&p->attributes, wanted);
}

static void
add_attributes(struct pen *p, struct buf *out)
{
	const char *more = buf_text(&p->changes);

	buf_printf(out, "\033[%sm", more);
	buf_printf(
	    &p->attributes, "%s%s", p->attributes.len > 0 ? ";" : "", more);
	if (p->known && p->attributes.len < ATTRIBUTES_MAX)
		return;
	p->known = false;
	buf_reset(&p->attributes);
}

static void
put_attributes(struct pen *p, struct buf *out)
{
	const char *all = buf_text(&p->changes);

	if (all[0] == '0')
		replace_attributes(p, out);
	else if (all[0] != '\0')
		add_attributes(p, out);
	buf_reset(&p->changes);
}

/* A blank looks the same in all attributes but reverse, underlined, and a
 * background, whose numbers have a 4 or a 7. */
static bool
hides_in_blank(const struct pen *p, const struct buf *attributes)
{
	return p->known && strpbrk(buf_text(attributes), "47") == NULL;
}

/* "ESC ( B" */
static size_t
skip_ascii(const char *s, size_t left)
{
	return left >= 3 && memcmp(s, "\033(B", 3) == 0 ? 3 : 0;
}

/* Moves */

static bool
read_move(struct pen *p, const struct sequence *q)
{
	char *end;
	int first = (int)strtol(q->params, &end, 10);
	int second = *end == ';' ? (int)strtol(end + 1, NULL, 10) : 0;

	if (q->final == 'H') {
		p->to_y = first > 0 ? first : 1;
		p->to_x = second > 0 ? second : 1;
	} else if (q->final == 'd') {
		p->to_y = first > 0 ? first : 1;
	} else if (q->final == 'G') {
		p->to_x = first > 0 ? first : 1;
	} else {
		return false;
	}
	return true;
}

static bool
read_step(struct pen *p, char c)
{
	if (c == '\r')
		p->to_x = 1;
	else if (c == '\b' && p->to_x > 1)
		p->to_x--;
	else
		return false;
	return true;
}

static void
add_right(const struct pen *p, struct buf *way, int n)
{
	if (n <= BLANKS_MAX && p->blank && hides_in_blank(p, &p->attributes))
		buf_fill(way, ' ', (size_t)n);
	else if (n == 1)
		buf_add(way, "\033[C");
	else if (n > 0)
		buf_printf(way, "\033[%dC", n);
}

/* From where it is to the right, or into the row below. Returns whether it can
 * be done so. */
static bool
add_steps(const struct pen *p, struct buf *way)
{
	if (p->to_y == p->y && p->x > 0 && p->to_x >= p->x) {
		add_right(p, way, p->to_x - p->x);
		return true;
	}
	if (p->to_y != p->y + 1 || p->y == 0)
		return false;
	buf_add(way, "\r\n");
	add_right(p, way, p->to_x - 1);
	return true;
}

static void
add_place(const struct pen *p, struct buf *way)
{
	if (p->to_x > 1)
		buf_printf(way, "\033[%d;%dH", p->to_y, p->to_x);
	else
		buf_printf(way, "\033[%dH", p->to_y);
}

static void
put_moves(struct pen *p, struct buf *out)
{
	bool known = p->to_y > 0 && p->to_x > 0;
	struct buf way = { 0 };
	const char *best = buf_text(&p->moves);

	if (p->moves.len == 0)
		return;
	if (known && !add_steps(p, &way))
		add_place(p, &way);
	if (known && way.len < p->moves.len)
		best = buf_text(&way);
	buf_add(out, best);
	p->blank = p->blank && known &&
		   (p->to_y > p->y || (p->to_y == p->y && p->to_x >= p->x));
	p->y = p->to_y;
	p->x = p->to_x;
	buf_reset(&p->moves);
	buf_free(&way);
}

/* Text */

static void
put_pending(struct pen *p, struct buf *out)
{
	put_moves(p, out);
	put_attributes(p, out);
}

static void
lose_place(struct pen *p)
{
	p->y = p->x = p->to_y = p->to_x = 0;
	p->blank = false;
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

/* The blanks at the start of a text need no change of attributes. */
static size_t
leading_blanks(const struct pen *p, const char *s, size_t n)
{
	size_t blanks = 0;

	if (hides_in_blank(p, &p->attributes) && hides_in_blank(p, &p->changes))
		while (blanks < n && s[blanks] == ' ')
			blanks++;
	return blanks;
}

/* Behind the last column, the cursor waits for the next character in it. */
static void
advance(struct pen *p, size_t n)
{
	if (p->x > 0)
		p->to_x = p->x += (int)n;
	if (p->x == p->width + 1)
		p->to_x = p->x = 0;
	else if (p->x > p->width)
		lose_place(p);
}

static void
put_text(struct pen *p, struct buf *out, const char *s, size_t n)
{
	size_t blanks;

	put_moves(p, out);
	blanks = leading_blanks(p, s, n);
	buf_add_n(out, s, blanks);
	if (blanks < n)
		put_attributes(p, out);
	buf_add_n(out, s + blanks, n - blanks);
	advance(p, text_width_n(s, n));
}

/* Erasing, the only other thing that curses does often, leaves the pen where it
 * is. */
static void
put_other(
    struct pen *p, struct buf *out, const char *s, const struct sequence *q)
{
	put_pending(p, out);
	buf_add_n(out, s, q->len > 0 ? q->len : 1);
	if (q->len == 0 || strchr("JKX", q->final) == NULL)
		lose_place(p);
	else if (q->final == 'J' && q->params[0] == '2')
		p->blank = p->y == 1 && p->x == 1;
}

/* Reads one item that stays pending; returns its length, 0 for another. */
static size_t
read_pending(
    struct pen *p, const char *s, size_t left, const struct sequence *q)
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

void
pen_write(struct pen *p, struct buf *out, const char *text, size_t n)
{
	const char *end = text + n;
	struct sequence q;
	size_t len, left;

	for (; text < end; text += len) {
		left = (size_t)(end - text);
		q = read_sequence(text, left);
		len = read_pending(p, text, left, &q);
		if (len > 0)
			continue;
		len = text_run(text, left);
		if (len > 0) {
			put_text(p, out, text, len);
			continue;
		}
		put_other(p, out, text, &q);
		len = q.len > 0 ? q.len : 1;
	}
	put_pending(p, out);
}

void
pen_forget(struct pen *p)
{
	lose_place(p);
	p->known = false;
	buf_reset(&p->attributes);
}

void
pen_free(struct pen *p)
{
	buf_free(&p->attributes);
	buf_free(&p->moves);
	buf_free(&p->changes);
}
