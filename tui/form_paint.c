/* How a form is drawn. */
#include "config.h"

#include "tui/form_paint.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "tui/lines.h"

#define LABEL_MAX 16
#define CAPTION_FROM 5 /* rows of the screen from which a form has a caption */
#define TEXT_WIDTH 24

/* r is one row; the part that the field leaves shows the help. */
static void
draw_typed(const struct form *f, size_t i, struct rect *r, const char *close)
{
	const struct field *d = &f->spec.fields[i];
	bool focus = f->focus == i;
	int w = d->width > 0	  ? d->width
		: d->help != NULL ? TEXT_WIDTH
				  : r->w,
	    end = (int)strlen(close) + 1;

	if (w > r->w - end)
		w = r->w - end;
	draw_text(r->y, r->x, 1, ROLE_FIELD, "[");
	edit_draw(&f->values[i], r->y, r->x + 1, w,
	    focus ? ROLE_FOCUS : ROLE_FIELD, focus);
	draw_text(r->y, r->x + 1 + w, end - 1, ROLE_FIELD, close);
	r->x += w + end;
	r->w -= w + end;
}

static void
draw_text_field(const struct form *f, size_t i, struct rect *r)
{
	draw_typed(f, i, r, "]");
}

static void
draw_pick(const struct form *f, size_t i, struct rect *r)
{
	draw_typed(f, i, r, " v]");
}

/* All choices when they fit, else the chosen one. */
static void
draw_choice(const struct form *f, size_t i, struct rect *r)
{
	const struct field_choice *c = f->spec.fields[i].choices;
	enum role role = f->focus == i ? ROLE_FOCUS : ROLE_FIELD;
	struct buf b = { 0 };
	bool on, all;
	int w = 0, n;

	for (n = 0; c[n].word != NULL; n++)
		w += (int)text_width(c[n].word) + 4 + (n > 0 ? 3 : 0);
	all = w <= r->w;
	for (; c->word != NULL; c++) {
		on = strcmp(c->word, edit_text(&f->values[i])) == 0;
		if (!on && !all)
			continue;
		buf_reset(&b);
		buf_printf(&b, "(%s) %s", on ? "*" : " ", c->word);
		if (on && f->focus == i)
			draw_cursor(r->y, r->x + 1);
		w = draw_text(r->y, r->x, r->w, on ? role : ROLE_FIELD,
			buf_text(&b)) +
		    3;
		r->x += w;
		r->w -= w;
	}
	buf_free(&b);
}

static void
draw_tick(const struct form *f, size_t i, struct rect *r)
{
	bool focus = f->focus == i;

	draw_text(r->y, r->x, r->w, focus ? ROLE_FOCUS : ROLE_FIELD,
	    edit_text(&f->values[i])[0] != '\0' ? "[x]" : "[ ]");
	if (focus)
		draw_cursor(r->y, r->x + 1);
	r->x += 3;
	r->w -= 3;
}

static void (*const drawers[])(const struct form *, size_t, struct rect *) = {
	[FIELD_TEXT] = draw_text_field,
	[FIELD_CHOICE] = draw_choice,
	[FIELD_PICK] = draw_pick,
	[FIELD_TICK] = draw_tick,
};

/* Drawing: one list of lines, scrolled under the area. */

/* Blank rows between the parts, in the order in which they are given up for
 * what the form has to say: the fields move last. */
enum gap { GAP_ERROR, GAP_BUTTONS, GAP_PREVIEW, GAP_CAPTION, GAPS };

struct pen {
	const struct form *f;
	struct rect area;
	int y;	       /* the line, from 0 at the top of the list */
	int focus;     /* the line that must be in view */
	int label;     /* width of the labels */
	bool dry;      /* only counting */
	enum gap gaps; /* the first that is kept */
};

static bool
shows(const struct pen *p, struct rect *r)
{
	int row = p->y - p->f->top;

	*r = p->area;
	r->y += row;
	r->h = 1;
	return !p->dry && row >= 0 && row < p->area.h;
}

static void
put_lines(struct pen *p, const char *text, int indent)
{
	enum role role = ROLE_STATEMENT, mark = ROLE_TEXT;
	const char *start = text;
	size_t n, skip;
	struct rect r;
	char *line;
	int w = p->area.w - indent;

	for (; *text != '\0'; text += skip, p->y++) {
		n = text_wrap(text, w > 0 ? (size_t)w : 1, &skip);
		line = xstrndup(text, n);
		mark = text == start || text[-1] == '\n' ? role_of_line(line)
							 : ROLE_TEXT;
		if (mark != ROLE_TEXT)
			role = ROLE_TEXT;
		else if (n == 0)
			role = ROLE_STATEMENT;
		if (shows(p, &r)) {
			draw_text(r.y, r.x + indent, w, role, line);
			draw_first(r.y, r.x + indent, w, mark, line);
		}
		free(line);
	}
}

static void
put_field(struct pen *p, size_t i)
{
	const struct form *f = p->f;
	const struct field *d = &f->spec.fields[i];
	struct buf b = { 0 };
	struct rect r;

	if (f->focus == i)
		p->focus = p->y;
	if (shows(p, &r)) {
		draw_text(r.y, r.x, p->label, ROLE_LABEL, d->label);
		r.x += p->label + 1;
		r.w -= p->label + 1;
		drawers[d->kind](f, i, &r);
		r.x++;
		r.w--;
		if (d->help != NULL && (int)text_width(d->help) <= r.w)
			draw_text(r.y, r.x, r.w, ROLE_DIM, d->help);
	}
	p->y++;
	if (f->touched[i] && f->why[i].len > 0) {
		buf_printf(&b, "FAIL %s", buf_text(&f->why[i]));
		put_lines(p, buf_text(&b), p->label + 1);
	}
	buf_free(&b);
}

static int
buttons_width(const struct form *f, int gap)
{
	size_t i;
	int w = 0;

	for (i = 0; i < f->nbuttons; i++)
		w += (int)text_width(_(f->buttons[i]->label)) +
		     (i > 0 ? gap : 0);
	return w;
}

/* Only the button in focus where they do not fit side by side. */
static void
put_buttons(struct pen *p)
{
	const struct form *f = p->f;
	int gap = buttons_width(f, 4) <= p->area.w ? 4 : 1, x, w;
	bool all = (w = buttons_width(f, gap)) <= p->area.w, on;
	const char *b;
	struct rect r;
	size_t i;

	if (f->focus >= f->spec.nfields)
		p->focus = p->y;
	if (shows(p, &r)) {
		x = r.x + (all ? (r.w - w) / 2 : 0);
		for (i = 0; i < f->nbuttons; i++) {
			b = _(f->buttons[i]->label);
			on = f->focus == f->spec.nfields + i;
			if (!on && !all)
				continue;
			draw_text(r.y, x, r.w, on ? ROLE_FOCUS : ROLE_FIELD, b);
			if (on)
				draw_cursor(r.y, x + 2);
			x += (int)text_width(b) + gap;
		}
	}
	p->y++;
}

static void
put_gap(struct pen *p, enum gap gap)
{
	p->y += gap >= p->gaps;
}

static void
put_all(struct pen *p)
{
	const struct form *f = p->f;
	size_t i;

	p->y = 0;
	for (i = 0; i < f->spec.nfields; i++)
		put_field(p, i);
	if (f->preview.len > 0) {
		put_gap(p, GAP_PREVIEW);
		put_lines(p, buf_text(&f->preview), 0);
	}
	if (f->error.len > 0) {
		put_gap(p, GAP_ERROR);
		put_lines(p, buf_text(&f->error), 0);
	}
	put_gap(p, GAP_BUTTONS);
	put_buttons(p);
}

static int
label_width(const struct form *f, int w)
{
	int max = 0, n;
	size_t i;

	for (i = 0; i < f->spec.nfields; i++) {
		n = (int)text_width(f->spec.fields[i].label);
		max = n > max ? n : max;
	}
	max = max < LABEL_MAX ? max : LABEL_MAX;
	return max < w / 3 ? max : w / 3;
}

/* The rows above the fields: the caption, and a blank one. */
static int
head_rows(const struct rect *r, enum gap gaps)
{
	return r->h < CAPTION_FROM ? 0 : gaps <= GAP_CAPTION ? 2 : 1;
}

static void
scroll(struct form *f, const struct pen *p)
{
	if (p->focus < f->top)
		f->top = p->focus;
	if (p->focus >= f->top + p->area.h)
		f->top = p->focus - p->area.h + 1;
	if (f->top > 0 && p->y - f->top < p->area.h)
		f->top = p->y > p->area.h ? p->y - p->area.h : 0;
}

static void
add_hint(const struct form *f, size_t i, struct buf *b)
{
	const struct field *d = &f->spec.fields[i];
	const struct field_choice *c;

	if (d->help != NULL)
		buf_add(b, d->help);
	for (c = d->choices; c != NULL && c->word != NULL; c++)
		if (strcmp(c->word, edit_text(&f->values[i])) == 0)
			buf_printf(b, "   %s: %s", c->word, c->help);
}

/* The message line, where it has no room for all, shows what is to be typed:
 * what follows the colon. */
void
form_hint(const struct form *f, struct buf *b)
{
	struct buf hint = { 0 };
	const char *text, *what;

	if (f->hinted || f->focus >= f->spec.nfields)
		return;
	add_hint(f, f->focus, &hint);
	text = buf_text(&hint);
	what = f->spec.fields[f->focus].choices == NULL ? strstr(text, ": ")
							: NULL;
	if (what != NULL && (int)text_width(text) > f->w - 2)
		text = what + 2;
	buf_add(b, text);
	buf_free(&hint);
}

/* Of the longest one, so that nothing moves with the focus. */
static int
hint_rows(const struct form *f, int w)
{
	struct buf b = { 0 };
	int max = 0, n;
	size_t i;

	for (i = 0; i < f->spec.nfields; i++) {
		buf_reset(&b);
		add_hint(f, i, &b);
		n = lines_count(buf_text(&b), w);
		max = n > max ? n : max;
	}
	buf_free(&b);
	return max;
}

/* Draws the help of the field in focus in the rows under the form. Where they
 * do not hold it, the message line shows as much of it as fits. */
static void
put_hint(struct form *f, const struct rect *area, int used)
{
	struct rect r = *area;
	struct buf b = { 0 };
	int rows;

	rect_top(&r, used);
	r.x++;
	r.w -= 2;
	if (f->focus < f->spec.nfields)
		add_hint(f, f->focus, &b);
	rows = lines_count(buf_text(&b), r.w);
	rect_top(&r, r.h > rows);
	f->hinted = rows <= r.h;
	if (f->hinted)
		lines_draw_part(buf_text(&b), &r, 0, false);
	buf_free(&b);
}

/* As few gaps are given up as lets all be seen, the longest hint included. */
static int
lay_out(struct pen *p, const struct rect *r)
{
	int hint = hint_rows(p->f, r->w - 2), head;

	for (p->gaps = 0;; p->gaps++) {
		head = head_rows(r, p->gaps);
		put_all(p);
		if (p->gaps == GAPS || head + p->y + 1 + hint <= r->h)
			return head;
	}
}

void
form_paint(void *self, const struct rect *r)
{
	struct form *f = self;
	struct pen p = { .f = f, .area = *r, .dry = true };
	int head;

	f->w = r->w;
	p.area.x++;
	p.area.w -= 2;
	p.label = label_width(f, p.area.w);
	head = lay_out(&p, r);
	rect_top(&p.area, head);
	scroll(f, &p);
	if (head > 0)
		draw_caption(r->y, r->x, r->w, ROLE_CAPTION, f->spec.title);
	p.dry = false;
	put_all(&p);
	put_hint(f, r, head + p.y);
}
