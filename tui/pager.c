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
	{ ACT_SEARCH, { '/', K_F(3) }, "search", N_("Search"),
	    N_("search the text, in capitals or not") },
	{ ACT_NEXT, { 'n' }, "next", NULL, N_("where it is found next") },
	{ ACT_PREVIOUS, { 'N' }, "previous", NULL,
	    N_("where it is found before") },
	{ ACT_HOME, { K_HOME, 'g' }, "first", NULL, N_("the start") },
	{ ACT_END, { K_END, 'G' }, "last", NULL, N_("the end") },
	{ 0 },
};

static const struct action search_actions[] = {
	{ ACT_ENTER, { K_ENTER }, "search-keep", N_("Stay"),
	    N_("stay where it was found: n and N go on") },
	{ ACT_CANCEL, { K_ESC }, "search-end", N_("Back"),
	    N_("go back to where the search began") },
	{ 0 },
};

const struct action *const pager_modes[] = { search_actions, NULL };

int
pager_open(
    void *self, struct ui *ui UNUSED, const void *arg, struct err *e UNUSED)
{
	const struct pager_arg *a = arg;
	struct pager *p = self;

	p->title = xstrdup(a->title);
	p->text = xstrdup(a->text);
	p->marks = a->marks;
	p->unbound = a->unbound;
	return 0;
}

void
pager_close(void *self)
{
	struct pager *p = self;

	free(p->title);
	free(p->text);
	edit_free(&p->word);
}

void
pager_show(struct pager *p, const char *title, const char *text)
{
	free(p->title);
	free(p->text);
	p->title = xstrdup(title);
	p->text = xstrdup(text);
	p->top = 0;
	p->found = 0;
}

static void
stay_inside(struct pager *p)
{
	if (p->top > p->rows - p->h)
		p->top = p->rows - p->h;
	if (p->top < 0)
		p->top = 0;
}

/* The last one that begins before an offset, or the first at or behind it;
 * NULL when there is none there. */
static const char *
find(const struct pager *p, size_t at, bool before)
{
	const char *word = edit_text(&p->word), *s = p->text, *last = NULL;

	if (word[0] == '\0')
		return NULL;
	if (!before)
		return strcasestr(p->text + at, word);
	for (; (s = strcasestr(s, word)) != NULL; last = s++)
		if (s >= p->text + at)
			break;
	return last;
}

/* How many begin before an offset. */
static size_t
count(const struct pager *p, size_t end)
{
	const char *s = p->text;
	size_t n = 0;

	while ((s = find(p, (size_t)(s - p->text), false)) != NULL &&
	       s < p->text + end) {
		n++;
		s++;
	}
	return n;
}

/* Where it is not in sight, a third of the rows is above it. */
static void
show_found(struct pager *p)
{
	int row, col;

	lines_place(p->text, p->w, p->found - 1, &row, &col);
	if (row < p->top || row >= p->top + p->h)
		p->top = row - p->h / 3;
	stay_inside(p);
}

/* Round the end, too, as editors do. */
static void
search(struct pager *p, size_t at, bool before)
{
	const char *s = find(p, at, before);

	if (s == NULL)
		s = find(p, before ? strlen(p->text) : 0, before);
	p->found = s != NULL ? (size_t)(s - p->text) + 1 : 0;
	if (s != NULL)
		show_found(p);
}

static void
draw_found(const struct pager *p, const struct rect *r)
{
	char *word;
	int row, col;

	lines_place(p->text, r->w, p->found - 1, &row, &col);
	if (row < p->top || row >= p->top + r->h)
		return;
	word = xstrndup(p->text + p->found - 1, p->word.text.len);
	word[strcspn(word, "\n")] = '\0';
	row += r->y - p->top;
	draw_text(row, r->x + col, r->w - col,
	    p->typing ? ROLE_KEY : ROLE_SELECTED, word);
	draw_cursor(row, r->x + col);
	free(word);
}

static void
draw_word(const struct pager *p, const struct rect *r)
{
	draw_text(r->y, r->x, r->w, ROLE_LABEL, "/");
	edit_draw(&p->word, r->y, r->x + 1, r->w - 1, ROLE_FOCUS, true);
}

/* While a word is typed, its row is below the text. */
static void
draw_part(struct pager *p, const struct rect *r)
{
	struct rect text = *r, last = { 0 };

	if (p->typing)
		last = rect_bottom(&text, 1);
	p->w = text.w;
	p->h = text.h;
	p->rows = lines_count(p->text, text.w);
	stay_inside(p);
	lines_draw_part(p->text, &text, p->top, p->marks);
	draw_cursor(text.y, text.x);
	if (p->found > 0)
		draw_found(p, &text);
	if (p->typing)
		draw_word(p, &last);
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

static bool
scroll(struct pager *p, int id)
{
	size_t i;

	for (i = 0; i < NITEMS(moves); i++) {
		if (moves[i].id != id)
			continue;
		p->top += moves[i].lines + moves[i].pages * p->h +
			  moves[i].texts * p->rows;
		stay_inside(p);
		return true;
	}
	return false;
}

static void
search_begin(void *self)
{
	struct pager *p = self;

	p->typing = true;
	p->from = p->top;
	p->at = lines_start(p->text, p->w, p->top);
	p->found = 0;
	edit_set(&p->word, "");
}

static void
search_keep(void *self)
{
	struct pager *p = self;

	p->typing = false;
}

static void
search_end(void *self)
{
	struct pager *p = self;

	p->typing = false;
	p->top = p->from;
	p->found = 0;
	edit_set(&p->word, "");
}

static void
search_on(struct pager *p, bool before)
{
	if (edit_text(&p->word)[0] == '\0')
		search_begin(p);
	else if (p->found == 0)
		search(p, lines_start(p->text, p->w, p->top), before);
	else
		search(p, before ? p->found - 1 : p->found, before);
}

static void
search_next(void *self)
{
	search_on(self, false);
}

static void
search_previous(void *self)
{
	search_on(self, true);
}

static const struct act acts[] = {
	{ ACT_SEARCH, search_begin },
	{ ACT_NEXT, search_next },
	{ ACT_PREVIOUS, search_previous },
	{ 0 },
};

static const struct act typing_acts[] = {
	{ ACT_ENTER, search_keep },
	{ ACT_CANCEL, search_end },
	{ 0 },
};

int
pager_act(void *self, int id)
{
	const struct pager *p = self;

	if (id == ACT_HELP) /* the key that opened it closes it */
		return ACT_BACK;
	if (scroll(self, id))
		return ACT_NONE;
	return act_run(p->typing ? typing_acts : acts, id, self);
}

const struct action *
pager_mode(const void *self)
{
	const struct pager *p = self;

	return p->typing ? search_actions : NULL;
}

void
pager_key(void *self, int key)
{
	struct pager *p = self;

	if (!edit_key(&p->word, key))
		return;
	p->top = p->from;
	search(p, p->at, false);
}

static const char *
pager_unbound(const void *self)
{
	const struct pager *p = self;

	return p->unbound;
}

void
pager_status(void *self, struct buf *b)
{
	const struct pager *p = self;
	int end = p->top + p->h < p->rows ? p->top + p->h : p->rows;

	if (p->found > 0)
		buf_printf(b, _("/%s: %zu of %zu   "), edit_text(&p->word),
		    count(p, p->found), count(p, strlen(p->text)));
	else if (edit_text(&p->word)[0] != '\0')
		buf_printf(
		    b, _("nothing here has \"%s\"   "), edit_text(&p->word));
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
	.mode = pager_mode,
	.modes = pager_modes,
	.key = pager_key,
	.status = pager_status,
};

const struct view_ops pager_view = {
	.name = N_("Text"),
	.typing = N_("SEARCH"),
	.unbound = pager_unbound,
	.size = sizeof(struct pager),
	.actions =
	    (const struct action *const[]){ view_actions, pager_actions, NULL },
	.open = pager_open,
	.close = pager_close,
	.draw = pager_draw,
	.act = pager_act,
	.mode = pager_mode,
	.modes = pager_modes,
	.key = pager_key,
	.status = pager_status,
};
