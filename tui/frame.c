/* The fixed parts of the screen around a view: title, tabs, message, keys. */
#include "config.h"

#include "tui/frame.h"

#include <stdlib.h>

#include "core/base/intl.h"
#include "core/base/util.h"

#define BANNER_FROM 60 /* columns that have room for more than keys */

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

enum tab_names { ALL_NAMES, ONE_NAME, NO_NAMES };

/* Neighbouring tabs share the column between them, which holds a bracket, a
 * mark or a blank. A mark beside a bracket has a column of its own. */
static void
end_tab(struct buf *b, bool front, char mark)
{
	if (front)
		buf_add(b, "]");
	if (!front || mark != ' ')
		buf_fill(b, mark, 1);
}

static void
tabs_text(struct tabs_line *line, const struct views *vs, enum tab_names names)
{
	struct buf *b = &line->text;
	char mark = ' '; /* of the tab before */
	bool front;
	size_t i;

	buf_reset(b);
	for (i = 0; i < vs->ntabs; i++) {
		front = i == vs->tab;
		if (front && mark != ' ')
			buf_fill(b, mark, 1);
		line->start[i] = b->len;
		if (front)
			buf_add(b, "[");
		else
			end_tab(b, i == vs->tab + 1, mark);
		mark = vs->marks[i] != '\0' ? vs->marks[i] : ' ';
		buf_printf(b, "%zu", i + 1);
		if (names == ALL_NAMES || (names == ONE_NAME && front))
			buf_printf(b, " %s", _(vs->tabs[i].ops->name));
	}
	line->start[i] = b->len;
	if (i == vs->tab + 1 || mark != ' ')
		end_tab(b, i == vs->tab + 1, mark);
}

void
frame_tabs_text(struct tabs_line *line, const struct views *vs, size_t w)
{
	int names;

	for (names = ALL_NAMES; names <= NO_NAMES; names++) {
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
title_free(struct title *t)
{
	buf_free(&t->name);
	buf_free(&t->state);
	buf_free(&t->words);
	buf_free(&t->right);
}

/* Draws the row again as a bar, which is never empty, and ends with a whole
 * character. */
static void
draw_bar(const struct rect *r, const struct title *t, const char *line)
{
	int n = (int)(t->part * r->w + 0.5);
	struct buf part = { 0 };
	size_t used;

	n = n < 1 ? 1 : n > r->w ? r->w : n;
	used = text_clip(&part, line, (size_t)n, false);
	if ((size_t)n < text_width(line))
		n = (int)used;
	draw_pad(r->y, r->x, n, t->bar, line);
	buf_free(&part);
}

/* Draws what stands on the left, and appends it to line. Returns its columns.
 */
static int
draw_left(const struct rect *r, const struct title *t, struct buf *line)
{
	const struct {
		const struct buf *text;
		enum role role;
	} parts[] = {
		{ &t->name, ROLE_TITLE },
		{ &t->state, t->state_role },
		{ &t->words, ROLE_ALERT },
	};
	int x = 0;
	size_t i;

	for (i = 0; i < NITEMS(parts); i++) {
		if (parts[i].text->len == 0)
			continue;
		buf_fill(line, ' ', x == 0 ? 1 : 2);
		x += x == 0 ? 1 : 2;
		x += draw_text(r->y, r->x + x, r->w - x, parts[i].role,
		    buf_text(parts[i].text));
		buf_add(line, buf_text(parts[i].text));
	}
	return x;
}

void
frame_draw_title(const struct rect *r, const struct title *t)
{
	int w = (int)text_width(buf_text(&t->right)), x, blank;
	struct buf line = { 0 };

	if (r->h == 0)
		return;
	x = draw_left(r, t, &line);
	blank = r->w - 1 - w - x;
	if (blank >= 2) {
		buf_fill(&line, ' ', (size_t)blank);
		buf_add(&line, buf_text(&t->right));
		draw_text(r->y, r->x + x + blank, w, t->right_role,
		    buf_text(&t->right));
	}
	if (t->part > 0)
		draw_bar(r, t, buf_text(&line));
	buf_free(&line);
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
frame_draw_message(const struct rect *r, enum role role, const char *text)
{
	bool bad = role == ROLE_WARN || role == ROLE_FAIL;
	int x = bad ? 3 : 1;

	if (bad)
		draw_text(r->y, r->x + 1, 1, role, "!");
	draw_short(r->y, r->x + x, r->w - x, ROLE_TEXT, text);
}

int
frame_banner_width(const struct rect *r, const char *banner)
{
	return banner != NULL && r->w >= BANNER_FROM
		   ? (int)text_width(banner) + 4
		   : 0;
}

static void
draw_banner(const struct rect *r, const char *banner)
{
	struct buf b = { 0 };

	buf_printf(&b, " %s ", banner);
	draw_text(r->y, r->x, r->w, ROLE_SELECTED, buf_text(&b));
	buf_free(&b);
}

void
frame_draw_keys(const struct rect *r, const char *banner,
    const struct action *const *tables, const struct action_namer *by)
{
	const struct action *rows[ACTION_BAR_MAX];
	struct buf b = { 0 };
	size_t n, i;
	int start = frame_banner_width(r, banner), x = r->x + start,
	    end = r->x + r->w;

	if (start > 0)
		draw_banner(r, banner);
	n = action_bar(
	    tables, by, (size_t)(r->w - start), rows, ACTION_BAR_MAX);
	for (i = 0; i < n; i++) {
		buf_reset(&b);
		action_keys(&b, rows[i]);
		x += draw_text(r->y, x, end - x, ROLE_KEY, buf_text(&b)) + 1;
		x += draw_text(
		    r->y, x, end - x, ROLE_LABEL, action_label(by, rows[i]));
		x += 2;
	}
	buf_free(&b);
}
