/* Dialogs: a message, a question, a text, a list. */
#include "config.h"

#include "tui/dialog.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "tui/edit.h"
#include "tui/lines.h"
#include "tui/table.h"

#define BOX_WIDTH 72

/* Draws a centred box for h rows of w columns, or takes all of the area when it
 * is too low for a frame. Returns the inside. */
static struct rect
draw_frame(const struct rect *area, const char *title, int h, int w)
{
	struct rect box = rect_center(area, h + 2, w);

	if (area->h < 4) {
		draw_fill(area, ROLE_TEXT);
		return *area;
	}
	draw_box(&box, title);
	return rect_inside(&box);
}

static int
box_width(const struct rect *area)
{
	return area->w < BOX_WIDTH ? area->w : BOX_WIDTH;
}

/* The same for a text, with a blank at both sides and more rows below it. */
static struct rect
draw_text_frame(
    const struct rect *area, const char *title, const char *text, int more)
{
	int w = box_width(area);
	int rows = lines_count(text, w - 4) + more;
	struct rect in = draw_frame(area, title, rows, w);

	in.x++;
	in.w -= 2;
	return in;
}

/* The arg that a message and a text are opened with. */
struct text_arg {
	const char *title;
	const char *text;
	bool marks;
};

/* Message and text */

struct text {
	struct ui *ui;
	char *title;
	char *text;
	bool marks;
	int top;
	int h, rows; /* of the last draw */
};

static const struct action message_actions[] = {
	{ ACT_BACK, { K_ENTER, K_ESC, 'q' }, "back", N_("Close"),
	    N_("close it") },
	{ 0 },
};

static const struct action text_actions[] = {
	{ ACT_BACK, { K_ESC, 'q' }, "back", N_("Back"),
	    N_("back to the screen") },
	{ 0 },
};

static const struct action scroll_actions[] = {
	{ ACT_UP, { K_UP, 'k' }, "up", NULL, N_("one line up") },
	{ ACT_DOWN, { K_DOWN, 'j' }, "down", NULL, N_("one line down") },
	{ ACT_PAGE_UP, { K_PAGE_UP, K_CTRL('b') }, "page-up", N_("Up"),
	    N_("one page up") },
	{ ACT_PAGE_DOWN, { K_PAGE_DOWN, K_SPACE, K_CTRL('f') }, "page-down",
	    N_("Down"), N_("one page down") },
	{ ACT_HOME, { K_HOME, 'g' }, "first", NULL, N_("the start") },
	{ ACT_END, { K_END, 'G' }, "last", NULL, N_("the end") },
	{ 0 },
};

static int
text_open(void *self, struct ui *ui, const void *arg, struct err *e UNUSED)
{
	const struct text_arg *a = arg;
	struct text *t = self;

	t->ui = ui;
	t->title = xstrdup(a->title);
	t->text = xstrdup(a->text);
	t->marks = a->marks;
	return 0;
}

static void
text_close(void *self)
{
	struct text *t = self;

	free(t->title);
	free(t->text);
}

static void
draw_part(struct text *t, const struct rect *r)
{
	t->h = r->h;
	t->rows = lines_count(t->text, r->w);
	if (t->top > t->rows - t->h)
		t->top = t->rows - t->h;
	if (t->top < 0)
		t->top = 0;
	lines_draw_part(t->text, r, t->top, t->marks);
	draw_cursor(r->y, r->x);
}

static void
message_draw(void *self, const struct rect *area)
{
	struct text *t = self;
	struct rect in = draw_text_frame(area, t->title, t->text, 0);

	draw_part(t, &in);
}

static void
text_draw(void *self, const struct rect *area)
{
	struct text *t = self;
	struct rect body = *area, head = rect_top(&body, 1);

	draw_rule(head.y, head.x, head.w, t->title);
	body.x++;
	body.w -= 2;
	draw_part(t, &body);
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

static int
text_act(void *self, int id)
{
	struct text *t = self;
	size_t i;

	if (id == ACT_HELP) { /* the key that opened it closes it */
		ui_close(t->ui, self);
		return ACT_NONE;
	}
	for (i = 0; i < NITEMS(moves); i++) {
		if (moves[i].id != id)
			continue;
		t->top += moves[i].lines + moves[i].pages * t->h +
			  moves[i].texts * t->rows;
		if (t->top < 0)
			t->top = 0;
		return ACT_NONE;
	}
	return id;
}

static void
text_status(void *self, struct buf *b)
{
	const struct text *t = self;
	int end = t->top + t->h < t->rows ? t->top + t->h : t->rows;

	if (t->rows > t->h)
		buf_printf(
		    b, _("lines %d to %d of %d"), t->top + 1, end, t->rows);
}

static const struct view_ops message_view = {
	.name = N_("Message"),
	.size = sizeof(struct text),
	.modal = true,
	.actions = (const struct action *const[]){ message_actions,
	    scroll_actions, NULL },
	.open = text_open,
	.close = text_close,
	.draw = message_draw,
	.act = text_act,
	.status = text_status,
};

static const struct view_ops text_view = {
	.name = N_("Text"),
	.size = sizeof(struct text),
	.actions = (const struct action *const[]){ text_actions, scroll_actions,
	    NULL },
	.open = text_open,
	.close = text_close,
	.draw = text_draw,
	.act = text_act,
	.status = text_status,
};

void
dialog_message(struct ui *ui, const char *title, const char *text)
{
	ui_push(ui, &message_view, &(struct text_arg){ title, text, false });
}

void
dialog_text(struct ui *ui, const char *title, const char *text, bool marks)
{
	ui_push(ui, &text_view, &(struct text_arg){ title, text, marks });
}

/* Question */

struct ask {
	struct ui *ui;
	struct dialog_ask spec;
	char *title, *text, *word; /* copies, to which spec points */
	struct edit typed;
};

/* Two tables for one question: where a word is typed, letters bind nothing. */
static const struct action ask_word_actions[] = {
	{ ACT_YES, { K_ENTER }, "yes", N_("Yes"),
	    N_("answer with the word typed") },
	{ ACT_NO, { K_ESC }, "no", N_("No"), N_("leave all as it is") },
	{ 0 },
};

static const struct action ask_key_actions[] = {
	{ ACT_YES, { 'y' }, "yes", N_("Yes"), N_("yes") },
	{ ACT_NO, { 'n', K_ESC }, "no", N_("No"), N_("leave all as it is") },
	{ 0 },
};

static int
ask_open(void *self, struct ui *ui, const void *arg, struct err *e UNUSED)
{
	const struct dialog_ask *from = arg;
	struct ask *a = self;

	a->ui = ui;
	a->spec = *from;
	a->spec.title = a->title = xstrdup(from->title);
	a->spec.text = a->text = xstrdup(from->text);
	if (from->word != NULL)
		a->spec.word = a->word = xstrdup(from->word);
	return 0;
}

static void
ask_close(void *self)
{
	struct ask *a = self;

	free(a->title);
	free(a->text);
	free(a->word);
	edit_free(&a->typed);
}

static void
ask_draw(void *self, const struct rect *r)
{
	const struct ask *a = self;
	struct rect in, foot;
	struct buf b = { 0 };
	int used;

	in = draw_text_frame(r, a->spec.title, a->spec.text, 2);
	foot = rect_bottom(&in, 1);
	lines_draw_part(a->spec.text, &in, 0, false);
	if (a->spec.word != NULL)
		buf_printf(&b,
		    foot.w < 30 ? "%s: " : _("Type  %s  and Enter: "),
		    a->spec.word);
	else
		buf_add(&b, _("y or n: "));
	used = draw_text(foot.y, foot.x, foot.w, ROLE_LABEL, buf_text(&b));
	edit_draw(
	    &a->typed, foot.y, foot.x + used, foot.w - used, ROLE_FIELD, true);
	buf_free(&b);
}

static int
ask_act(void *self, int id)
{
	struct ask *a = self;
	void (*answer)(void *) = id == ACT_YES ? a->spec.yes : a->spec.no;

	if (id != ACT_YES && id != ACT_NO)
		return id;
	if (id == ACT_YES && a->spec.word != NULL &&
	    strcmp(buf_text(&a->typed.text), a->spec.word) != 0)
		return ACT_NONE;
	ui_close(a->ui, self);
	if (answer != NULL)
		answer(a->spec.arg);
	return ACT_NONE;
}

static const struct action *
ask_mode(const void *self)
{
	const struct ask *a = self;

	return a->spec.word != NULL ? ask_word_actions : ask_key_actions;
}

static void
ask_key(void *self, int key)
{
	struct ask *a = self;

	if (a->spec.word != NULL)
		edit_key(&a->typed, key);
}

static const struct view_ops ask_view = {
	.name = N_("Question"),
	.size = sizeof(struct ask),
	.modal = true,
	.open = ask_open,
	.close = ask_close,
	.draw = ask_draw,
	.act = ask_act,
	.mode = ask_mode,
	.modes = (const struct action *const[]){ ask_key_actions,
	    ask_word_actions, NULL },
	.key = ask_key,
};

void
dialog_ask(struct ui *ui, const struct dialog_ask *ask)
{
	ui_push(ui, &ask_view, ask);
}

/* List */

struct list {
	struct ui *ui;
	char *title;
	struct candidates items;
	void (*chosen)(void *arg, const char *word);
	void *arg;
	struct table *table;
};

static const struct action list_actions[] = {
	{ ACT_ENTER, { K_ENTER, K_SPACE }, "choose", N_("Choose"),
	    N_("take the selected row") },
	{ ACT_BACK, { K_ESC, 'q' }, "back", N_("Cancel"), N_("take none") },
	{ 0 },
};

static const struct column list_columns[] = {
	{ .name = "word", .head = "", .min = 8, .sort = true },
	{ .name = "help", .head = "", .rank = 1, .min = 8, .flex = true },
};

static size_t
list_count(void *arg)
{
	const struct list *l = arg;

	return l->items.n;
}

static void
list_key_of(void *arg, size_t row, struct buf *b)
{
	const struct list *l = arg;

	buf_add(b, l->items.v[row].word);
}

static void
list_cell(void *arg, size_t row, size_t col, struct buf *b)
{
	const struct list *l = arg;

	buf_add(b, col == 0 ? l->items.v[row].word : l->items.v[row].help);
}

static const struct table_spec list_table = {
	.columns = list_columns,
	.ncolumns = NITEMS(list_columns),
	.count = list_count,
	.key = list_key_of,
	.cell = list_cell,
	.fixed = true,
};

static int
list_open(void *self, struct ui *ui, const void *arg, struct err *e UNUSED)
{
	const struct dialog_list *from = arg;
	struct list *l = self;

	l->ui = ui;
	l->title = xstrdup(from->title);
	l->items = from->items;
	l->chosen = from->chosen;
	l->arg = from->arg;
	l->table = table_new(&list_table, l);
	table_reload(l->table);
	if (from->at != NULL)
		table_select(l->table, from->at);
	return 0;
}

static void
list_close(void *self)
{
	struct list *l = self;

	table_free(l->table);
	candidates_free(&l->items);
	free(l->title);
}

/* One row is for the filter. */
static void
list_draw(void *self, const struct rect *r)
{
	const struct list *l = self;
	struct rect in =
	    draw_frame(r, l->title, (int)l->items.n + 1, box_width(r));

	table_draw(l->table, &in);
}

static int
list_act(void *self, int id)
{
	struct list *l = self;
	size_t row;

	if (id != ACT_ENTER)
		return table_act(l->table, id);
	ui_close(l->ui, self);
	if (table_selected(l->table, &row))
		l->chosen(l->arg, l->items.v[row].word);
	return ACT_NONE;
}

static const struct action *
list_mode(const void *self)
{
	const struct list *l = self;

	return table_mode(l->table);
}

static void
list_key(void *self, int key)
{
	struct list *l = self;

	table_key(l->table, key);
}

static bool
list_click(void *self, int y, int x)
{
	struct list *l = self;

	return table_click(l->table, y, x);
}

static void
list_status(void *self, struct buf *b)
{
	const struct list *l = self;

	table_range(l->table, b);
}

static const struct view_ops list_view = {
	.name = N_("List"),
	.size = sizeof(struct list),
	.modal = true,
	.actions =
	    (const struct action *const[]){ list_actions, table_actions, NULL },
	.open = list_open,
	.close = list_close,
	.draw = list_draw,
	.act = list_act,
	.mode = list_mode,
	.modes = table_modes,
	.key = list_key,
	.click = list_click,
	.status = list_status,
};

const struct view_ops *const dialog_views[] = { &message_view, &text_view,
	&ask_view, &list_view, NULL };

void
dialog_list(struct ui *ui, const struct dialog_list *list)
{
	ui_push(ui, &list_view, list);
}
