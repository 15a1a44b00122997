/* Drawing: the only place that puts text on the screen. */
#include "config.h"

#include "tui/draw.h"

#include <stdlib.h>
#include <string.h>

#include "tui/canvas.h"
#include "tui/term.h"

#define COLUMN_BYTES 4 /* of UTF-8 */
#define MARK_FROM 3    /* columns that have room to say that more follows */

struct rect
rect_top(struct rect *r, int n)
{
	struct rect top = *r;

	top.h = n < r->h ? n : r->h;
	r->y += top.h;
	r->h -= top.h;
	return top;
}

struct rect
rect_bottom(struct rect *r, int n)
{
	struct rect bottom = *r;

	bottom.h = n < r->h ? n : r->h;
	r->h -= bottom.h;
	bottom.y = r->y + r->h;
	return bottom;
}

struct rect
rect_inside(const struct rect *r)
{
	return (struct rect){
		.y = r->y + 1,
		.x = r->x + 1,
		.h = r->h > 2 ? r->h - 2 : 0,
		.w = r->w > 2 ? r->w - 2 : 0,
	};
}

struct rect
rect_center(const struct rect *r, int h, int w)
{
	struct rect c = { .h = h < r->h ? h : r->h, .w = w < r->w ? w : r->w };

	c.y = r->y + (r->h - c.h) / 2;
	c.x = r->x + (r->w - c.w) / 2;
	return c;
}

/* The length of the run at the start of text, at most max, that is drawn as it
 * is. */
static size_t
plain_run(const char *text, size_t max)
{
	size_t n = 0;

	while (n < max && text[n] >= ' ' && text[n] < 0x7f && text[n] != '\\')
		n++;
	return n;
}

size_t
text_clip(struct buf *b, const char *text, size_t w, bool ascii)
{
	size_t used = 0, left = strlen(text), len, width;
	uint32_t cp;

	for (; left > 0; text += len, left -= len) {
		len = plain_run(text, w - used);
		if (len > 0) {
			buf_add_n(b, text, len);
			used += len;
			continue;
		}
		len = utf8_decode(text, left, &cp);
		len = len > 0 ? len : 1;
		width = text_width_n(text, len);
		if (used + width > w)
			break;
		used += width;
		if (ascii && len > 1 && width <= 2)
			buf_fill(b, '?', width);
		else
			buf_escape(b, text, len);
	}
	return used;
}

size_t
text_wrap(const char *text, size_t w, size_t *skip)
{
	size_t end = strcspn(text, "\n"), fit = 0, place = 0, used = 0;
	size_t len;
	uint32_t cp;

	/* Most lines fit; how far others go need not be known. */
	if (end / COLUMN_BYTES <= w && text_width_n(text, end) <= w)
		fit = end;
	for (; fit < end; fit += len) {
		len = utf8_decode(text + fit, end - fit, &cp);
		len = len > 0 ? len : 1;
		if (text_may_break(text, fit))
			place = fit;
		used += text_width_n(text + fit, len);
		if (used > w && fit > 0)
			break;
	}
	if (fit >= end) {
		*skip = text[end] == '\n' ? end + 1 : end;
		return end;
	}
	if (place > 0)
		fit = place;
	*skip = text[fit] == ' ' ? fit + 1 : fit;
	return fit;
}

size_t
text_first(const char *text, size_t at, size_t w)
{
	size_t first, len, width = text_width_n(text, at);
	uint32_t cp;

	for (first = 0; first < at && width + 1 > w; first += len) {
		len = utf8_decode(text + first, at - first, &cp);
		len = len > 0 ? len : 1;
		width -= text_width_n(text + first, len);
	}
	return first;
}

void
draw_begin(void)
{
	canvas_begin();
}

void
draw_end(void)
{
	canvas_end();
}

const char *
draw_more(void)
{
	return term_blocks() ? "…" : "~";
}

/* Whether all of the text fits as it is, as most does: then it is drawn without
 * a copy, and its columns are its bytes. */
static bool
draw_plain(int y, int x, int w, enum role r, const char *text, int *used)
{
	size_t n = w > 0 ? plain_run(text, (size_t)w) : 0;

	if (w <= 0 || text[n] != '\0')
		return false;
	*used = (int)n;
	canvas_text(y, x, r, text, n, *used);
	return true;
}

/* Draws what fits, with a mark behind it. Returns the columns. */
static int
draw_clip(int y, int x, int w, enum role r, const char *text, const char *mark)
{
	struct buf b = { 0 };
	size_t used;

	if (w <= 0)
		return 0;
	used = text_clip(&b, text, (size_t)w - text_width(mark), term_ascii());
	used += text_width(mark);
	buf_add(&b, mark);
	canvas_text(y, x, r, buf_text(&b), b.len, (int)used);
	buf_free(&b);
	return (int)used;
}

int
draw_text(int y, int x, int w, enum role r, const char *text)
{
	bool whole;
	int used;

	if (draw_plain(y, x, w, r, text, &used))
		return used;
	whole = w < MARK_FROM || text_width(text) <= (size_t)w;
	return draw_clip(y, x, w, r, text, whole ? "" : draw_more());
}

/* The offset of the last gap (two blanks or more) in the first n bytes; 0 when
 * there is none. */
static size_t
last_gap(const char *text, size_t n)
{
	while (n > 0 && strncmp(text + n, "  ", 2) != 0)
		n--;
	while (n > 0 && text[n - 1] == ' ')
		n--;
	return n;
}

void
draw_short(int y, int x, int w, enum role r, const char *text)
{
	size_t skip, n, gap, room = w > 0 ? (size_t)w : 0;
	struct buf b = { 0 };

	if (text_width(text) <= room || room < MARK_FROM) {
		draw_text(y, x, w, r, text);
		return;
	}
	n = text_wrap(text, room - text_width(draw_more()), &skip);
	gap = last_gap(text, n);
	while (n > 0 && strchr(",:; ", text[n - 1]) != NULL)
		n--;
	buf_add_n(&b, text, gap > 0 ? gap : n);
	buf_add(&b, gap > 0 ? "" : draw_more());
	draw_text(y, x, w, r, buf_text(&b));
	buf_free(&b);
}

/* The first byte of the last characters that take so many columns. */
static size_t
tail_of(const char *text, size_t columns)
{
	size_t at = 0;

	while (text_width(text + at) > columns)
		do
			at++;
		while (((unsigned char)text[at] & 0xc0) == 0x80);
	return at;
}

void
draw_ends(const char *text, int w, struct buf *b)
{
	size_t room = (size_t)w - text_width(draw_more()), n = strlen(text);

	while (n > 0 && text_width_n(text, n) > room - room / 2)
		do
			n--;
		while (((unsigned char)text[n] & 0xc0) == 0x80);
	buf_add_n(b, text, n);
	buf_add(b, draw_more());
	buf_add(b, text + tail_of(text, room / 2));
}

void
draw_first(int y, int x, int w, enum role r, const char *text)
{
	size_t n = strspn(text, " ");
	char *mark = xstrndup(text, n + strcspn(text + n, " "));

	if (r != ROLE_TEXT)
		draw_text(y, x, w, r, mark);
	free(mark);
}

static void
draw_marked(int y, int x, int w, enum role r, const char *text)
{
	bool marked = r != ROLE_SELECTED && role_of_line(text) != ROLE_TEXT;

	draw_short(y, x, w, marked ? ROLE_TEXT : r, text);
	if (marked)
		draw_first(y, x, w, r, text);
}

void
draw_before(int y, int least, int x, int right, enum role r, const char *text)
{
	int lacks = (int)text_width(text) - (right - x);

	if (lacks > x - least)
		lacks = x - least;
	x -= lacks > 0 ? lacks : 0;
	draw_marked(y, x, right - x, r, text);
}

void
draw_pad(int y, int x, int w, enum role r, const char *text)
{
	int used;

	if (!draw_plain(y, x, w, r, text, &used))
		used = draw_clip(y, x, w, r, text, "");
	canvas_run(y, x + used, w - used, r, ' ');
}

void
draw_right(int y, int x, int w, enum role r, const char *text)
{
	int used = (int)text_width(text);

	if (used >= w) {
		draw_text(y, x, w, r, text);
		return;
	}
	canvas_run(y, x, w - used, r, ' ');
	draw_text(y, x + w - used, used, r, text);
}

void
draw_fill(const struct rect *r, enum role role)
{
	int i;

	for (i = 0; i < r->h; i++)
		canvas_run(r->y + i, r->x, r->w, role, ' ');
}

void
draw_caption(int y, int x, int w, enum role r, const char *caption)
{
	canvas_run(y, x, w, ROLE_TEXT, ' ');
	draw_text(y, x + 1, w - 2, r, caption);
}

/* Dashes and not line drawing: every terminal has them, and a run of them is
 * two bytes where the terminal can repeat a character. */
void
draw_rule(int y, int x, int w, const char *caption)
{
	int used;

	canvas_run(y, x, w, ROLE_RULE, '-');
	if (caption[0] == '\0' || w < 8)
		return;
	used = draw_text(y, x + 2, w - 5, ROLE_TITLE, caption);
	canvas_run(y, x + 1, 1, ROLE_RULE, ' ');
	canvas_run(y, x + 2 + used, 1, ROLE_RULE, ' ');
}

void
draw_box(const struct rect *r, const char *caption)
{
	int i, right = r->x + r->w - 1, bottom = r->y + r->h - 1;

	if (r->h < 2 || r->w < 2)
		return;
	draw_fill(r, ROLE_TEXT);
	draw_rule(r->y, r->x + 1, r->w - 2, caption);
	draw_rule(bottom, r->x + 1, r->w - 2, "");
	for (i = r->y + 1; i < bottom; i++) {
		canvas_run(i, r->x, 1, ROLE_RULE, '|');
		canvas_run(i, right, 1, ROLE_RULE, '|');
	}
	for (i = r->y; i <= bottom; i += bottom - r->y) {
		canvas_run(i, r->x, 1, ROLE_RULE, '+');
		canvas_run(i, right, 1, ROLE_RULE, '+');
	}
}

void
draw_cursor(int y, int x)
{
	term_cursor(y, x);
}
