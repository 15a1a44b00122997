/* Dialogs: a message, a question, a text, a list. */
#include "config.h"

#include "tui/dialog.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "tui/box.h"
#include "tui/edit.h"
#include "tui/lines.h"
#include "tui/pager.h"
#include "tui/table.h"

void
dialog_message(struct ui *ui, const char *title, const char *text)
{
	ui_push(
	    ui, &pager_box, &(struct pager_arg){ title, text, .marks = false });
}

void
dialog_text(struct ui *ui, const char *title, const char *text, bool marks)
{
	ui_push(ui, &pager_view,
	    &(struct pager_arg){ title, text, .marks = marks });
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
	{ ACT_YES, { K_ENTER }, "yes", N_("Send"),
	    N_("answer with the word typed") },
	{ ACT_NO, { K_ESC }, "no", N_("No"), N_("leave all as it is") },
	{ 0 },
};

static const struct action ask_key_actions[] = {
	{ ACT_YES, { 'y', 'Y' }, "yes", N_("Yes"), N_("yes") },
	{ ACT_NO, { 'n', 'N', 'q', K_ESC }, "no", N_("No"),
	    N_("leave all as it is") },
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

	in = box_around_text(r, a->spec.title, a->spec.text, 2);
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
	    strcmp(edit_text(&a->typed), a->spec.word) != 0) {
		edit_set(&a->typed, "");
		ui_message(a->ui, ROLE_WARN,
		    "only the whole word %s goes on; Esc goes back",
		    a->spec.word);
		return ACT_NONE;
	}
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
	else
		ui_message(a->ui, ROLE_WARN,
		    "y answers yes; n or Esc leaves all as it is");
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
	struct rect in = box_around(r, l->title, (int)l->items.n + 1);

	table_draw(l->table, &in);
}

static bool
list_redraw(void *self)
{
	const struct list *l = self;

	return table_redraw(l->table);
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
	.redraw = list_redraw,
	.act = list_act,
	.mode = list_mode,
	.modes = table_modes,
	.key = list_key,
	.click = list_click,
	.status = list_status,
};

const struct view_ops *const dialog_views[] = { &pager_box, &pager_view,
	&ask_view, &list_view, NULL };

void
dialog_list(struct ui *ui, const struct dialog_list *list)
{
	ui_push(ui, &list_view, list);
}
