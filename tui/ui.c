/* The console's main loop: input to views, one redraw a turn. */
#include "config.h"

#include "tui/ui.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/intl.h"
#include "core/base/util.h"
#include "tui/canvas.h"
#include "tui/keymap.h"
#include "tui/keys.h"
#include "tui/pager.h"
#include "tui/term.h"

struct ui {
	struct loop *loop;
	const struct ui_spec *spec;
	struct views views;
	struct prompt *prompt;
	char news[512];
	bool told; /* the news are on the screen */
	enum role news_role;
	/* What is to be drawn. */
	enum { DRAW_NOTHING, DRAW_CURSOR, DRAW_ALL } dirty;
	struct keys keys;
	struct pair pair;
	bool mouse;
	enum { NO_PASTE, PASTE_START, PASTE_TEXT, PASTE_GAP } paste;
};

static void
tables_read(const struct ui *ui, const struct action *tables[KEYMAP_MAX + 1])
{
	const struct view *top = views_top(&ui->views);

	keymap_tables(prompt_is_open(ui->prompt) ? NULL : top->ops, top->self,
	    view_mode(top), ui->spec->actions, tables);
}

static void handle_key(struct ui *, int key);

/* Actions */

static void
help(void *self)
{
	struct ui *ui = self;
	const struct view *top = views_top(&ui->views);
	const struct action *tables[KEYMAP_MAX + 1];
	struct buf b = { 0 };

	tables_read(ui, tables);
	keymap_help(top, tables, &b);
	ui_push(ui, &pager_view,
	    &(struct pager_arg){ _(top->ops->name), buf_text(&b),
		.unbound = N_("this help has no such key: Esc closes it") });
	buf_free(&b);
}

static void
quit(void *self)
{
	ui_stop(self, 0);
}

static void
back(void *self)
{
	struct ui *ui = self;

	ui_close(ui, views_top(&ui->views)->self);
}

static void
open_prompt(void *self)
{
	struct ui *ui = self;

	if (ui->prompt != NULL)
		prompt_open(ui->prompt, "");
}

static void
repaint(void *ui UNUSED)
{
	term_repaint();
}

static void
suspend(void *self)
{
	term_suspend();
	ui_dirty(self);
}

static void
interrupt(void *self)
{
	struct ui *ui = self;
	const struct view *top = views_top(&ui->views);

	keys_reset(&ui->keys);
	ui->paste = NO_PASTE;
	if (prompt_is_open(ui->prompt) || ui->views.nover > 0 ||
	    view_mode(top) != NULL)
		handle_key(ui, K_ESC);
	else
		ui_act(ui, ACT_QUIT);
}

/* Round the corner, too. */
static void
show_beside(struct ui *ui, size_t by)
{
	ui_show(ui, (ui->views.tab + by) % ui->views.ntabs);
}

static void
tab_before(void *self)
{
	struct ui *ui = self;

	show_beside(ui, ui->views.ntabs - 1);
}

static void
tab_after(void *self)
{
	show_beside(self, 1);
}

static void
toggle_mouse(void *self)
{
	struct ui *ui = self;
	bool wanted = !ui->mouse;

	ui->mouse = term_mouse(wanted);
	if (ui->mouse)
		ui_message(ui, ROLE_OK,
		    "a click selects, a second one opens, the wheel scrolls   "
		    "(m: select text again)");
	else if (wanted)
		ui_message(ui, ROLE_WARN, "this terminal has no mouse");
	else
		ui_message(ui, ROLE_OK, "the mouse selects text again");
}

static const struct act acts[] = {
	{ ACT_HELP, help },
	{ ACT_QUIT, quit },
	{ ACT_BACK, back },
	{ ACT_PROMPT, open_prompt },
	{ ACT_REPAINT, repaint },
	{ ACT_MOUSE, toggle_mouse },
	{ ACT_TAB_BEFORE, tab_before },
	{ ACT_TAB_AFTER, tab_after },
	{ ACT_PREVIOUS, tab_before },
	{ ACT_NEXT, tab_after },
	{ ACT_SUSPEND, suspend },
	{ ACT_INTERRUPT, interrupt },
	{ 0 },
};

void
ui_act(struct ui *ui, int id)
{
	const struct view *top = views_top(&ui->views);

	if (top->ops->act != NULL)
		id = top->ops->act(top->self, id);
	if (id != ACT_NONE)
		ui_dirty(ui);
	if (id != ACT_NONE && ui->spec->act != NULL)
		id = ui->spec->act(ui->spec->arg, id);
	id = act_run(acts, id, ui);
	if (id >= ACT_TAB_1 && id <= ACT_TAB_9)
		ui_show(ui, (size_t)(id - ACT_TAB_1));
	views_reap(&ui->views);
}

/* Keys */

static void
type(struct ui *ui, int key)
{
	const struct view *top = views_top(&ui->views);

	ui_dirty(ui);
	if (prompt_is_open(ui->prompt))
		prompt_key(ui->prompt, key);
	else if (top->ops->key != NULL)
		top->ops->key(top->self, key);
	views_reap(&ui->views);
}

static void
insert(struct ui *ui, int key)
{
	if (prompt_is_open(ui->prompt))
		prompt_paste(ui->prompt, key);
	else if (view_mode(views_top(&ui->views)) != NULL)
		type(ui, key);
	else
		ui_message(ui, ROLE_WARN,
		    "a paste is accepted only where text is typed; Esc ends "
		    "it");
}

/* Pasted text runs no key binding, whatever it holds. Its lines become one,
 * with a blank between. */
static void
paste(struct ui *ui, int key)
{
	if (!key_is_text(key)) {
		if (ui->paste == PASTE_TEXT)
			ui->paste = PASTE_GAP;
		return;
	}
	if (ui->paste == PASTE_GAP)
		insert(ui, K_SPACE);
	ui->paste = PASTE_TEXT;
	insert(ui, key);
}

/* Esc and a key that arrive together look like Alt and the key. */
static void
press_unknown(struct ui *ui, int key)
{
	const char *unbound = view_unbound(views_top(&ui->views));

	if (key < K_ALT(0)) {
		ui_message(ui, ROLE_WARN, "%s",
		    unbound != NULL ? _(unbound)
				    : _("this key is not bound here: ? lists "
					"the keys"));
		return;
	}
	handle_key(ui, K_ESC);
	handle_key(ui, key & ~K_ALT(0));
}

static void
clear_news(struct ui *ui)
{
	if (ui->told)
		ui_dirty(ui);
	ui->told = false;
}

/* The prompt and what is typed take keys as they are. */
static int
stand_in(const struct ui *ui, int key)
{
	const struct view *top = views_top(&ui->views);

	if (prompt_is_open(ui->prompt) || view_mode(top) != NULL ||
	    top->ops->stands_for == NULL)
		return key;
	return top->ops->stands_for(top->self, key);
}

static void
press(struct ui *ui, int key)
{
	bool typing = view_mode(views_top(&ui->views)) != NULL;
	const struct action *tables[KEYMAP_MAX + 1], *a;
	struct buf waits = { 0 };

	clear_news(ui);
	key = stand_in(ui, key);
	a = action_find(
	    (const struct action *const[]){ keymap_always, NULL }, key);
	if (a == NULL && prompt_is_open(ui->prompt)) {
		type(ui, key);
		return;
	}
	tables_read(ui, tables);
	if (a == NULL)
		a = action_find(
		    tables, keymap_pair(&ui->pair, tables, key, now_ms()));
	if (a != NULL)
		ui_act(ui, a->id);
	else if (typing)
		type(ui, key);
	else if (keymap_waits(tables, key, &waits))
		ui_message(ui, ROLE_TEXT, "%s", buf_text(&waits));
	else
		press_unknown(ui, key);
	buf_free(&waits);
}

/* The mouse */

#define WHEEL_ROWS 3

/* For keys that the mouse stands for: one without a binding is ignored
 * silently. */
static void
press_if_known(struct ui *ui, int key)
{
	const struct action *tables[KEYMAP_MAX + 1];

	tables_read(ui, tables);
	if (action_find(tables, key) != NULL)
		press(ui, key);
}

static void
wheel(struct ui *ui, int key)
{
	int i;

	if (prompt_is_open(ui->prompt) ||
	    view_mode(views_top(&ui->views)) != NULL)
		return;
	for (i = 0; i < WHEEL_ROWS; i++)
		press_if_known(ui, key);
}

static void
click_tab(struct ui *ui, const struct frame *f, int x)
{
	size_t tab;

	if (frame_tab_at(&ui->views, (size_t)f->tabs.w, (size_t)x, &tab) &&
	    !views_top(&ui->views)->ops->modal)
		ui_show(ui, tab);
}

static struct action_namer
namer(const struct ui *ui)
{
	return (struct action_namer){ ui->spec->label, ui->spec->arg };
}

static void
click_key(struct ui *ui, const struct frame *f, int x)
{
	const struct action *tables[KEYMAP_MAX + 1], *a;
	bool hidden = f->keys.y == f->message.y &&
		      (ui->told || prompt_is_open(ui->prompt));
	int start =
	    frame_banner_width(&f->keys, view_banner(views_top(&ui->views)));
	const struct action_namer by = namer(ui);

	if (x < start)
		return;
	tables_read(ui, tables);
	a = action_at(
	    tables, &by, (size_t)(f->keys.w - start), (size_t)(x - start));
	if (a != NULL && !hidden)
		press(ui, a->key[0]);
}

static void
click(struct ui *ui, int y, int x)
{
	const struct view *top = views_top(&ui->views);
	struct frame f;
	int h, w;

	term_size(&h, &w);
	if (!frame_fit(&f, h, w))
		return;
	if (y == f.keys.y)
		click_key(ui, &f, x);
	else if (prompt_is_open(ui->prompt))
		return;
	else if (y == f.tabs.y)
		click_tab(ui, &f, x);
	else if (top->ops->click != NULL && top->ops->click(top->self, y, x))
		press_if_known(ui, K_ENTER);
}

static void
mouse(struct ui *ui, int key)
{
	static const int wheels[] = {
		[MOUSE_UP] = K_UP, [MOUSE_DOWN] = K_DOWN
	};

	if (!ui->mouse)
		return;
	if (MOUSE_WHAT(key) == MOUSE_CLICK)
		click(ui, MOUSE_Y(key), MOUSE_X(key));
	else
		wheel(ui, wheels[MOUSE_WHAT(key)]);
}

/* What the terminal says of itself is no key. */
static void
take_answer(struct ui *ui, int key)
{
	const char *note;

	if (term_answer(MOUSE_Y(key), MOUSE_X(key), &note))
		ui_changed(ui);
	if (note != NULL)
		ui_message(ui, ROLE_TEXT, "%s", _(note));
}

static void
handle_key(struct ui *ui, int key)
{
	if (KEY_IS_PLACE(key)) {
		take_answer(ui, key);
		return;
	}
	if (ui->dirty == DRAW_NOTHING)
		ui->dirty = DRAW_CURSOR;
	if (key == K_PASTE || key == K_PASTE_END)
		ui->paste = key == K_PASTE ? PASTE_START : NO_PASTE;
	else if (ui->paste != NO_PASTE)
		paste(ui, key);
	else if (KEY_IS_MOUSE(key))
		mouse(ui, key);
	else if (key != K_UNKNOWN)
		press(ui, key);
}

/* Drawing */

/* Returns whether it took the row of the tabs: where it has none of its own,
 * what it says by a bar is more than where one is. */
static bool
draw_title(struct ui *ui, const struct frame *f)
{
	struct title t = { .state_role = ROLE_TEXT, .right_role = ROLE_TEXT };
	bool takes;

	if (ui->spec->title != NULL)
		ui->spec->title(ui->spec->arg, f->tabs.w, &t);
	takes = f->title.h == 0 && t.part > 0;
	frame_draw_title(takes ? &f->tabs : &f->title, &t);
	title_free(&t);
	return takes;
}

static void
draw_tabs(struct ui *ui, const struct rect *r)
{
	char *marks = ui->views.marks;

	memset(marks, ' ', sizeof(ui->views.marks));
	if (ui->spec->mark_tabs != NULL)
		ui->spec->mark_tabs(ui->spec->arg, marks);
	frame_draw_tabs(r, &ui->views);
}

/* False when there is no message. */
static bool
draw_message(struct ui *ui, const struct rect *r)
{
	const struct view *top = views_top(&ui->views);
	struct buf b = { 0 };
	bool any;

	if (ui->told) {
		frame_draw_message(r, ui->news_role, ui->news);
		return true;
	}
	if (top->ops->status != NULL)
		top->ops->status(top->self, &b);
	any = b.len > 0;
	draw_short(r->y, r->x + 1, r->w - 1, ROLE_TEXT, buf_text(&b));
	buf_free(&b);
	return any;
}

static void
draw_foot(struct ui *ui, const struct frame *f)
{
	bool share = f->message.y == f->keys.y, taken;
	const struct action *tables[KEYMAP_MAX + 1];
	const struct action_namer by = namer(ui);

	if (prompt_is_open(ui->prompt)) {
		prompt_draw(ui->prompt, &f->message, &f->body);
		taken = true;
	} else if (share) {
		/* A status that is always there would hide the keys. */
		taken = ui->told && draw_message(ui, &f->message);
	} else {
		taken = draw_message(ui, &f->message);
	}
	if (share && taken)
		return;
	tables_read(ui, tables);
	frame_draw_keys(
	    &f->keys, view_banner(views_top(&ui->views)), tables, &by);
}

static void
draw(struct ui *ui)
{
	struct frame f;
	int h, w;

	term_size(&h, &w);
	draw_begin();
	draw_cursor(0, 0);
	if (!frame_fit(&f, h, w)) {
		draw_text(0, 0, w, ROLE_WARN, _("needs 20x4"));
		return;
	}
	views_draw(&ui->views, &f.body);
	if (!draw_title(ui, &f))
		draw_tabs(ui, &f.tabs);
	draw_foot(ui, &f);
}

static bool
redraw(struct ui *ui)
{
	const struct view *top = views_top(&ui->views);

	return top->ops->redraw != NULL && top->ops->redraw(top->self);
}

/* The loop */

static void
on_idle(void *arg)
{
	struct ui *ui = arg;
	unsigned dirty = ui->dirty;

	if (term_gone()) {
		ui_stop(ui, 1);
		return;
	}
	views_reap(&ui->views);
	if (dirty == DRAW_NOTHING)
		return;
	ui->dirty = DRAW_NOTHING;
	if (dirty == DRAW_ALL || !redraw(ui))
		draw(ui);
	draw_end();
	term_flush();
}

/* Keys that were typed ahead find the view as they would find it later. */
static void
catch_up(struct ui *ui)
{
	views_reap(&ui->views);
	if (!views_top(&ui->views)->drawn)
		draw(ui);
}

/* Also the timeout of an incomplete key. */
static void
on_keys(void *arg)
{
	struct ui *ui = arg;
	int key, wait;

	while ((key = keys_next(&ui->keys, now_ms())) != K_NONE) {
		catch_up(ui);
		handle_key(ui, key);
	}
	wait = keys_wait(&ui->keys, now_ms());
	if (wait == -1)
		loop_timer_remove(ui->loop, on_keys, ui);
	else
		loop_timer(ui->loop, (unsigned)wait, on_keys, ui);
}

static void
on_input(void *arg)
{
	struct ui *ui = arg;
	char bytes[64];
	size_t n, room;

	do {
		room = keys_room(&ui->keys);
		n = term_read(bytes, room);
		if (n == 0)
			break;
		keys_feed(&ui->keys, bytes, n, now_ms());
		on_keys(ui);
	} while (n == room);
}

static void
on_resize(void *arg)
{
	term_resize();
	ui_dirty(arg);
}

static void
on_continue(void *arg)
{
	term_continue();
	ui_dirty(arg);
}

static void
on_end(void *arg)
{
	ui_stop(arg, 1);
}

static const struct {
	int signo;
	loop_fn *fn;
} signals[] = {
	{ SIGWINCH, on_resize },
	{ SIGTSTP, suspend },
	{ SIGCONT, on_continue },
	{ SIGINT, interrupt },
	{ SIGQUIT, on_end },
	{ SIGTERM, on_end },
	{ SIGHUP, on_end },
};

struct ui *
ui_new(struct loop *loop, const struct ui_spec *spec, struct err *e)
{
	struct ui *ui = xcalloc(1, sizeof(*ui));
	size_t i;

	ui->loop = loop;
	ui->spec = spec;
	ui_dirty(ui);
	views_init(&ui->views, ui, spec->tabs);
	if (views_show(&ui->views, 0, e) == -1) {
		views_free(&ui->views);
		free(ui);
		return NULL;
	}
	if (spec->prompt != NULL)
		ui->prompt = prompt_new(spec->prompt);
	for (i = 0; i < NITEMS(signals); i++)
		loop_signal(loop, signals[i].signo, signals[i].fn, ui);
	term_keys(&ui->keys);
	loop_fd(loop, STDIN_FILENO, on_input, ui);
	loop_idle(loop, on_idle, ui);
	return ui;
}

void
ui_free(struct ui *ui)
{
	size_t i;

	if (ui == NULL)
		return;
	for (i = 0; i < NITEMS(signals); i++)
		loop_signal(ui->loop, signals[i].signo, NULL, NULL);
	loop_fd_remove(ui->loop, STDIN_FILENO);
	loop_timer_remove(ui->loop, on_keys, ui);
	loop_idle(ui->loop, NULL, NULL);
	prompt_free(ui->prompt);
	views_free(&ui->views);
	canvas_free();
	free(ui);
}

void *
ui_arg(const struct ui *ui)
{
	return ui->spec->arg;
}

void
ui_dirty(struct ui *ui)
{
	ui->dirty = DRAW_ALL;
}

void
ui_changed(struct ui *ui)
{
	ui_stale(ui);
	ui_dirty(ui);
}

void
ui_stale(struct ui *ui)
{
	views_changed(&ui->views);
}

void
ui_message(struct ui *ui, enum role role, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(ui->news, sizeof(ui->news), _(fmt), ap);
	va_end(ap);
	ui->news_role = role;
	ui_tell_again(ui);
}

void
ui_tell_again(struct ui *ui)
{
	ui->told = ui->news[0] != '\0';
	ui_dirty(ui);
}

/* Closes the box on top; unless any, only a message. */
static void
close_box(struct ui *ui, bool any)
{
	const struct view *top = views_top(&ui->views);

	if (any ? top->ops->modal : top->ops == &pager_box)
		ui_close(ui, top->self);
}

void
ui_dismiss(struct ui *ui)
{
	close_box(ui, true);
}

void
ui_error(struct ui *ui, const struct err *e)
{
	struct buf b = { 0 };

	close_box(ui, false);
	if (e->source[0] == '\0' && e->hint[0] == '\0') {
		ui_message(ui, ROLE_FAIL, "%s", e->text);
		return;
	}
	err_print(e, &b);
	ui_push(ui, &pager_box,
	    &(struct pager_arg){ _("Error"), buf_text(&b), .marks = false });
	buf_free(&b);
}

int
ui_push(struct ui *ui, const struct view_ops *ops, const void *arg)
{
	struct err e = { 0 };

	ui_dirty(ui);
	if (views_push(&ui->views, ops, arg, &e) == 0)
		return 0;
	ui_message(ui, ROLE_FAIL, "%s", e.text);
	return -1;
}

int
ui_raise(struct ui *ui, const struct view_ops *ops)
{
	ui_dirty(ui);
	return views_raise(&ui->views, ops) ? 0 : ui_push(ui, ops, NULL);
}

void
ui_close(struct ui *ui, const void *self)
{
	views_close(&ui->views, self);
	ui_dirty(ui);
}

void
ui_show(struct ui *ui, size_t tab)
{
	struct err e = { 0 };

	ui_dirty(ui);
	if (tab < ui->views.ntabs && views_show(&ui->views, tab, &e) == -1)
		ui_error(ui, &e);
}

size_t
ui_shown(const struct ui *ui)
{
	return ui->views.tab;
}

void
ui_stop(struct ui *ui, int status)
{
	loop_stop(ui->loop, status);
}
