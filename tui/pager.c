/* A text that scrolls, on the whole screen or in a box. */
#include "config.h"

#include "tui/pager.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "tui/box.h"
#include "tui/lines.h"

static const struct action box_actions[] = {
	{ ACT_BACK, { K_ENTER, K_ESC, 'q' }, "back", N_("Close"),
	    N_("close the box") },
	{ 0 },
};

static const struct action view_actions[] = {
	{ ACT_BACK, { K_ESC, 'q' }, "back", N_("Back"),
	    N_("back to the screen") },
	{ 0 },
};

const struct action pager_actions[] = {
	{ ACT_UP, { K_UP, 'k' }, "up", NULL, N_("one line up") },
	{ ACT_DOWN, { K_DOWN, 'j' }, "down", NULL, N_("one line down") },
	{ ACT_PAGE_UP, { K_PAGE_UP, K_CTRL('b'), K_CTRL('u') }, "page-up",
	    N_("Up"), N_("one page up") },
	{ ACT_PAGE_DOWN, { K_PAGE_DOWN, K_SPACE, K_CTRL('f'), K_CTRL('d') },
	    "page-down", N_("Down"), N_("one page down") },
	{ ACT_HOME, { K_HOME, 'g' }, "first", NULL, N_("the start") },
	{ ACT_END, { K_END, 'G' }, "last", NULL, N_("the end") },
	{ 0 },
};

int
pager_open(
    void *self, struct ui *ui UNUSED, const void *arg, struct err *e UNUSED)
{
	const struct pager_arg *a = arg;
	struct pager *p = self;

	p->title = xstrdup(a->title);
	p->text = xstrdup(a->text);
	p->marks = a->marks;
	return 0;
}

void
pager_close(void *self)
{
	struct pager *p = self;

	free(p->title);
	free(p->text);
}

void
pager_show(struct pager *p, const char *title, const char *text)
{
	pager_close(p);
	p->title = xstrdup(title);
	p->text = xstrdup(text);
	p->top = 0;
}

static void
stay_inside(struct pager *p)
{
	if (p->top > p->rows - p->h)
		p->top = p->rows - p->h;
	if (p->top < 0)
		p->top = 0;
}

static void
draw_part(struct pager *p, const struct rect *r)
{
	p->h = r->h;
	p->rows = lines_count(p->text, r->w);
	stay_inside(p);
	lines_draw_part(p->text, r, p->top, p->marks);
	draw_cursor(r->y, r->x);
}

static void
pager_draw_box(void *self, const struct rect *area)
{
	struct pager *p = self;
	struct rect in = box_around_text(area, p->title, p->text, 0);

	draw_part(p, &in);
}

void
pager_draw(void *self, const struct rect *area)
{
	struct pager *p = self;
	struct rect body = *area, head = rect_top(&body, 1);

	draw_caption(head.y, head.x, head.w, ROLE_CAPTION, p->title);
	body.x++;
	body.w -= 2;
	draw_part(p, &body);
}

/* How far an action scrolls: lines, pages, or the whole text. */
static const struct {
	int id;
	int lines, pages, texts;
} moves[] = {
	{ ACT_UP, -1, 0, 0 },
	{ ACT_DOWN, 1, 0, 0 },
	{ ACT_PAGE_UP, 0, -1, 0 },
	{ ACT_PAGE_DOWN, 0, 1, 0 },
	{ ACT_HOME, 0, 0, -1 },
	{ ACT_END, 0, 0, 1 },
};

int
pager_act(void *self, int id)
{
	struct pager *p = self;
	size_t i;

	if (id == ACT_HELP) /* the key that opened it closes it */
		return ACT_BACK;
	for (i = 0; i < NITEMS(moves); i++) {
		if (moves[i].id != id)
			continue;
		p->top += moves[i].lines + moves[i].pages * p->h +
			  moves[i].texts * p->rows;
		stay_inside(p);
		return ACT_NONE;
	}
	return id;
}

void
pager_status(void *self, struct buf *b)
{
	const struct pager *p = self;
	int end = p->top + p->h < p->rows ? p->top + p->h : p->rows;

	if (p->rows > p->h)
		buf_printf(
		    b, _("lines %d to %d of %d"), p->top + 1, end, p->rows);
}

const struct view_ops pager_box = {
	.name = N_("Message"),
	.size = sizeof(struct pager),
	.modal = true,
	.actions =
	    (const struct action *const[]){ box_actions, pager_actions, NULL },
	.open = pager_open,
	.close = pager_close,
	.draw = pager_draw_box,
	.act = pager_act,
	.status = pager_status,
};

const struct view_ops pager_view = {
	.name = N_("Text"),
	.size = sizeof(struct pager),
	.actions =
	    (const struct action *const[]){ view_actions, pager_actions, NULL },
	.open = pager_open,
	.close = pager_close,
	.draw = pager_draw,
	.act = pager_act,
	.status = pager_status,
};

const struct view_ops pager_help = {
	.name = N_("Help"),
	.unbound = N_("this help has no such key: Esc closes it"),
	.size = sizeof(struct pager),
	.actions =
	    (const struct action *const[]){ view_actions, pager_actions, NULL },
	.open = pager_open,
	.close = pager_close,
	.draw = pager_draw,
	.act = pager_act,
	.status = pager_status,
};
