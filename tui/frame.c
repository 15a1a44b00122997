/* The fixed parts of the screen around a view: title, tabs, message, keys. */
#include "config.h"

#include "tui/frame.h"

#include <stdlib.h>

#include "core/base/intl.h"

bool
frame_fit(struct frame *f, int h, int w)
{
	struct rect r = { .h = h, .w = w };

	*f = (struct frame){ .body = r };
	if (h < 4 || w < 20)
		return false;
	if (h >= 8)
		f->title = rect_top(&r, 1);
	f->tabs = rect_top(&r, 1);
	f->keys = rect_bottom(&r, 1);
	f->message = h >= 6 ? rect_bottom(&r, 1) : f->keys;
	f->body = r;
	return true;
}

enum tab_names { ALL_NAMES, ONE_NAME, ONE_TAB };

/* Neighbouring tabs share the column between them, which holds a bracket or a
 * blank. */
static void
tabs_text(struct tabs_line *line, const struct views *vs, enum tab_names names)
{
	struct buf *b = &line->text;
	size_t i;

	buf_reset(b);
	for (i = 0; i < vs->ntabs; i++) {
		line->start[i] = b->len;
		if (names == ONE_TAB && i != vs->tab)
			continue;
		buf_add(b, i == vs->tab				  ? "["
			   : i == vs->tab + 1 && names != ONE_TAB ? "]"
								  : " ");
		buf_printf(b, "%zu", i + 1);
		if (names == ALL_NAMES || i == vs->tab)
			buf_printf(b, " %s", _(vs->tabs[i].ops->name));
	}
	line->start[i] = b->len;
	if (names == ONE_TAB || vs->tab + 1 == vs->ntabs)
		buf_add(b, "]");
}

void
frame_tabs_text(struct tabs_line *line, const struct views *vs, size_t w)
{
	int names;

	for (names = ALL_NAMES; names <= ONE_TAB; names++) {
		tabs_text(line, vs, (enum tab_names)names);
		if (text_width(buf_text(&line->text)) <= w)
			return;
	}
}

bool
frame_tab_at(const struct views *vs, size_t w, size_t x, size_t *tab)
{
	struct tabs_line line = { 0 };
	size_t i = 0;

	frame_tabs_text(&line, vs, w);
	while (i < vs->ntabs &&
	       x >= text_width_n(buf_text(&line.text), line.start[i + 1]))
		i++;
	buf_free(&line.text);
	*tab = i;
	return i < vs->ntabs;
}

void
frame_draw_title(
    const struct rect *r, enum role role, const char *left, const char *right)
{
	int used = (int)text_width(right);

	if (r->h == 0)
		return;
	draw_text(r->y, r->x + 1, r->w - used - 3, ROLE_TITLE, left);
	if (used < r->w)
		draw_text(r->y, r->x + r->w - used - 1, used, role, right);
	else
		draw_text(r->y, r->x, r->w, role, right);
}

void
frame_draw_tabs(const struct rect *r, const struct views *vs)
{
	struct tabs_line line = { 0 };
	size_t start, len;
	char *front;
	int x;

	frame_tabs_text(&line, vs, (size_t)r->w);
	draw_text(r->y, r->x, r->w, ROLE_TAB, buf_text(&line.text));
	start = line.start[vs->tab];
	len = line.start[vs->tab + 1] + 1 - start;
	front = xstrndup(buf_text(&line.text) + start, len);
	x = (int)text_width_n(buf_text(&line.text), start);
	draw_text(r->y, r->x + x, r->w - x, ROLE_TAB_ACTIVE, front);
	free(front);
	buf_free(&line.text);
}

void
frame_draw_keys(
    const struct rect *r, const struct action *const *tables, bool read_only)
{
	const struct action *rows[ACTION_BAR_MAX];
	struct buf b = { 0 };
	size_t n, i;
	int x = r->x, end = r->x + r->w;

	n = action_bar(tables, read_only, (size_t)r->w, rows, ACTION_BAR_MAX);
	for (i = 0; i < n; i++) {
		buf_reset(&b);
		action_keys(&b, rows[i]);
		x += draw_text(r->y, x, end - x, ROLE_KEY, buf_text(&b)) + 1;
		x += draw_text(r->y, x, end - x, ROLE_LABEL, _(rows[i]->label));
		x += 2;
	}
	buf_free(&b);
}
