/* The pen of the terminal: the shortest way to another place, and to other
 * attributes (SGR, "ESC [ PARAMETERS m"). */
#include "config.h"

#include "tui/pen.h"

#include <stdlib.h>
#include <string.h>

/* Attributes */

#define FLAGS 9
/* What does not show in a blank: bold, dim and italic. */
#define HIDDEN (STYLE_FLAG(1) | STYLE_FLAG(2) | STYLE_FLAG(3))

bool
style_hides(const struct style *l)
{
	return l->known && (l->flags & ~HIDDEN) == 0 && l->paper == 0;
}

bool
style_same(const struct style *a, const struct style *b)
{
	return a->known && b->known && a->flags == b->flags &&
	       a->ink == b->ink && a->paper == b->paper;
}

/* Whether a style is the one before and more, or in another colour. */
static bool
adds(const struct style *before, const struct style *l)
{
	return before->known && (before->flags & ~l->flags) == 0 &&
	       (before->ink == 0 || l->ink != 0) &&
	       (before->paper == 0 || l->paper != 0);
}

/* The parameters of l, and of another that need not be said again. */
struct change {
	unsigned flags;
	int ink, paper;
	bool reset;
};

static struct change
change_to(const struct style *before, const struct style *l)
{
	struct change c = { l->flags, l->ink, l->paper, true };

	if (!adds(before, l))
		return c;
	c.reset = false;
	c.flags &= ~before->flags;
	c.ink = l->ink != before->ink ? l->ink : 0;
	c.paper = l->paper != before->paper ? l->paper : 0;
	return c;
}

size_t
pen_change_length(const struct pen *p, const struct style *l)
{
	struct change c;
	size_t n, length;

	if (style_same(&p->style, l))
		return 0;
	c = change_to(&p->style, l);
	length = 2 + 3 * (c.ink > 0) + 3 * (c.paper > 0);
	for (n = 1; n <= FLAGS; n++)
		length += (c.flags & STYLE_FLAG(n)) != 0 ? 2 : 0;
	return length > 2 ? length + 2 * c.reset : 3;
}

static void
add_parameter(struct buf *out, int n, bool *any)
{
	if (*any)
		buf_add(out, ";");
	buf_add_number(out, (uint64_t)n);
	*any = true;
}

/* A reset alone needs no parameter. */
void
pen_change(struct pen *p, const struct style *l, struct buf *out)
{
	struct change c;
	bool any = false;
	int n;

	if (style_same(&p->style, l))
		return;
	c = change_to(&p->style, l);
	buf_add(out, "\033[");
	if (c.reset && (c.flags != 0 || c.ink != 0 || c.paper != 0))
		add_parameter(out, 0, &any);
	for (n = 1; n <= FLAGS; n++)
		if ((c.flags & STYLE_FLAG(n)) != 0)
			add_parameter(out, n, &any);
	if (c.ink != 0)
		add_parameter(out, c.ink, &any);
	if (c.paper != 0)
		add_parameter(out, c.paper, &any);
	buf_add(out, "m");
	p->style = *l;
}

/* Moves */

static size_t
digits(int n)
{
	return n < 10 ? 1 : n < 100 ? 2 : n < 1000 ? 3 : 4;
}

/* One direction: as many characters as steps, where there is one that goes
 * there, or "ESC [ STEPS FINAL". */
struct steps {
	int n;
	char each; /* '\0': there is none */
	char final;
};

static size_t
sequence_length(const struct steps *s)
{
	return s->n == 1 ? 3 : 3 + digits(s->n);
}

static bool
each_is_shorter(const struct steps *s)
{
	return s->n == 0 ||
	       (s->each != '\0' && (size_t)s->n <= sequence_length(s));
}

static size_t
steps_length(const struct steps *s)
{
	return each_is_shorter(s) ? (size_t)s->n : sequence_length(s);
}

static void
add_steps(struct buf *out, const struct steps *s)
{
	if (each_is_shorter(s)) {
		buf_fill(out, s->each, (size_t)s->n);
		return;
	}
	buf_add(out, "\033[");
	if (s->n > 1)
		buf_add_number(out, (uint64_t)s->n);
	buf_fill(out, s->final, 1);
}

/* To the start of the row perhaps, then to the row, then to the column. */
struct way {
	bool home;
	struct steps rows, columns;
};

static size_t
way_length(const struct way *w)
{
	return w->home + steps_length(&w->rows) + steps_length(&w->columns);
}

/* To the right, blanks go over what is blank, where attributes do not show. A
 * line feed stays in its column: curses has turned ONLCR off. */
static struct way
way_to(const struct pen *p, int y, int x, bool home)
{
	int down = y - p->y, right = x - (home ? 1 : p->x);
	bool ahead = down > 0 || (down == 0 && !home);
	char blank = ahead && p->blank && style_hides(&p->style) ? ' ' : '\0';

	return (struct way){
		.home = home,
		.rows = down < 0 ? (struct steps){ -down, '\0', 'A' }
				 : (struct steps){ down, '\n', 'B' },
		.columns = right < 0 ? (struct steps){ -right, '\b', 'D' }
				     : (struct steps){ right, blank, 'C' },
	};
}

static size_t
place_length(int y, int x)
{
	if (x > 1)
		return 4 + digits(y) + digits(x);
	return y > 1 ? 3 + digits(y) : 3;
}

/* The shortest way, and its length; false when the place itself is shorter. */
static bool
find_way(const struct pen *p, int y, int x, struct way *w, size_t *length)
{
	size_t place = place_length(y, x), direct;

	*length = place;
	if (p->y == 0)
		return false;
	*w = way_to(p, y, x, true);
	*length = way_length(w);
	if (p->x > 0) {
		struct way other = way_to(p, y, x, false);

		direct = way_length(&other);
		if (direct <= *length) {
			*w = other;
			*length = direct;
		}
	}
	if (*length <= place)
		return true;
	*length = place;
	return false;
}

size_t
pen_move_length(const struct pen *p, int y, int x)
{
	struct way w;
	size_t length;

	find_way(p, y, x, &w, &length);
	return length;
}

static void
add_place(struct buf *out, int y, int x)
{
	buf_add(out, "\033[");
	if (y > 1 || x > 1)
		buf_add_number(out, (uint64_t)y);
	if (x > 1) {
		buf_add(out, ";");
		buf_add_number(out, (uint64_t)x);
	}
	buf_add(out, "H");
}

void
pen_move(struct pen *p, int y, int x, struct buf *out)
{
	struct way w;
	size_t length;

	if (find_way(p, y, x, &w, &length)) {
		buf_add(out, w.home ? "\r" : "");
		add_steps(out, &w.rows);
		add_steps(out, &w.columns);
	} else {
		add_place(out, y, x);
	}
	pen_put(p, y, x);
}

/* Behind the last column, x is 0. */
static bool
is_ahead(const struct pen *p, int y, int x)
{
	return y > p->y || (y == p->y && p->x > 0 && (x == 0 || x >= p->x));
}

void
pen_put(struct pen *p, int y, int x)
{
	p->blank = p->blank && is_ahead(p, y, x);
	p->y = y;
	p->x = x;
}
