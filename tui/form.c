/* A form: fields checked as they are filled in, and buttons. */
#include "config.h"

#include "tui/form.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "tui/dialog.h"
#include "tui/form_paint.h"
#include "tui/key.h"

/* Enter says what it does now; all other keys are the same. */
#define OTHER_KEYS                                                             \
	{ ACT_NEXT, { K_TAB, K_DOWN }, "next", N_("Next"),                     \
		N_("the next field") },                                        \
	    { ACT_TOGGLE, { K_SPACE }, "pick", N_("Pick"),                     \
		    N_("a tick, the next choice, a list to pick from, or "     \
		       "a blank") },                                           \
	    { ACT_CANCEL, { K_ESC }, "cancel", N_("Cancel"),                   \
		    N_("close the form") },                                    \
	    { ACT_PAGE_DOWN, { K_PAGE_DOWN }, "buttons", N_("Buttons"),        \
		    N_("the buttons") },                                       \
	    { ACT_PAGE_UP, { K_PAGE_UP }, "first", NULL,                       \
		    N_("the first field") },                                   \
	    { ACT_PREVIOUS, { K_BACK_TAB, K_UP }, "previous", N_("Back"),      \
		    N_("the previous field") },                                \
	{                                                                      \
		0                                                              \
	}

static const struct action going_on[] = {
	{ ACT_ENTER, { K_ENTER }, "enter", N_("Go on"),
	    N_("the next field that wants a value") },
	OTHER_KEYS,
};

static const struct action complete[] = {
	{ ACT_ENTER, { K_ENTER }, "enter", N_("OK"),
	    N_("OK: nothing is missing") },
	OTHER_KEYS,
};

static const struct action on_button[] = {
	{ ACT_ENTER, { K_ENTER }, "enter", N_("Press"),
	    N_("press the button") },
	OTHER_KEYS,
};

/* Values */

const char *
form_value(const struct form *f, size_t field)
{
	return edit_text(&f->values[field]);
}

bool
form_touched(const struct form *f, size_t field)
{
	return f->touched[field];
}

static void
check(struct form *f)
{
	size_t i;

	for (i = 0; i < f->spec.nfields; i++) {
		buf_reset(&f->why[i]);
		if (f->spec.check != NULL)
			f->spec.check(f->spec.arg, f, i, &f->why[i]);
	}
	buf_reset(&f->preview);
	if (f->spec.preview != NULL)
		f->spec.preview(f->spec.arg, f, &f->preview);
}

static void
changed(struct form *f)
{
	if (f->focus < f->spec.nfields)
		f->touched[f->focus] = true;
	buf_reset(&f->error);
	check(f);
}

static void
fill(struct form *f)
{
	const struct field *d = f->spec.fields;
	size_t i;

	for (i = 0; i < f->spec.nfields; i++) {
		edit_set(&f->values[i], d[i].value != NULL ? d[i].value : "");
		f->touched[i] = false;
	}
	f->focus = 0;
	f->top = 0;
	f->taken = f->spec.nfields;
	buf_reset(&f->error);
	check(f);
}

/* Fields by kind */

static const char *
step_choice(const struct field_choice *choices, const char *now, int step)
{
	int n = 0, at = 0;

	for (; choices[n].word != NULL; n++)
		if (strcmp(choices[n].word, now) == 0)
			at = n;
	return choices[(at + step + n) % n].word;
}

static void
type_text(struct form *f, size_t i, int key)
{
	edit_key(&f->values[i], key);
}

/* How far away the next choice is that starts with that letter. */
static int
steps_to(const struct field_choice *choices, const char *now, int letter)
{
	const char *word;
	int n = 0, step;

	while (choices[n].word != NULL)
		n++;
	for (step = 1; step < n; step++) {
		word = step_choice(choices, now, step);
		if (word[0] == letter)
			return step;
	}
	return 0;
}

static bool
begins_choice(const struct field_choice *choices, int letter)
{
	while (choices->word != NULL && choices->word[0] != letter)
		choices++;
	return choices->word != NULL;
}

/* A space steps through them, as the right arrow does. Behind an arrow it takes
 * what that has chosen, as it does where arrows only move. */
static void
type_choice(struct form *f, size_t i, int key)
{
	const struct field_choice *choices = f->spec.fields[i].choices;
	const char *now = form_value(f, i);
	bool takes = key == K_SPACE && f->taken == i;
	int step = key == K_LEFT ? -1
		   : key == K_RIGHT || (key == K_SPACE && !takes)
		       ? 1
		       : steps_to(choices, now, key);

	f->taken = key == K_LEFT || key == K_RIGHT ? i : f->spec.nfields;
	if (takes)
		return;
	if (step != 0)
		edit_set(&f->values[i], step_choice(choices, now, step));
	else if (key >= ' ' && key < 0x7f && key != now[0])
		ui_message(f->ui, ROLE_WARN,
		    "no choice begins so: Left and Right choose, Tab goes "
		    "on, F1 helps");
}

static void
type_tick(struct form *f, size_t i, int key)
{
	if (key == K_SPACE)
		edit_set(
		    &f->values[i], form_value(f, i)[0] != '\0' ? "" : "yes");
}

static void
on_pick(void *arg, const char *word)
{
	struct form *f = arg;

	edit_set(&f->values[f->focus], word);
	changed(f);
}

/* Called for the key alone, not by type_text: a pasted blank is text. */
static void
pick(struct form *f, size_t i)
{
	struct dialog_list list = { .title = f->spec.fields[i].label,
		.at = form_value(f, i),
		.chosen = on_pick,
		.arg = f };

	if (f->spec.pick != NULL)
		f->spec.pick(f->spec.arg, f, i, candidates_add, &list.items);
	if (list.items.n > 0)
		dialog_list(f->ui, &list);
	else
		ui_message(f->ui, ROLE_WARN, "there is nothing to pick from");
}

static void (*const types[])(struct form *, size_t field, int key) = {
	[FIELD_TEXT] = type_text,
	[FIELD_CHOICE] = type_choice,
	[FIELD_PICK] = type_text,
	[FIELD_TICK] = type_tick,
};

/* Buttons */

static void
cancel(void *self)
{
	struct form *f = self;

	ui_close(f->ui, f);
}

static bool
is_filled_in(const struct form *f)
{
	const char *first;
	size_t i;

	for (i = 0; i < f->spec.nfields; i++) {
		first = f->spec.fields[i].value;
		if (strcmp(form_value(f, i), first != NULL ? first : "") != 0)
			return true;
	}
	return false;
}

/* What was filled in is not lost by one key. */
static void
escape(void *self)
{
	struct form *f = self;

	if (f->leaving || !is_filled_in(f)) {
		cancel(f);
		return;
	}
	f->leaving = true;
	ui_message(f->ui, ROLE_WARN,
	    "Esc again closes the form, and what was filled in is lost");
}

/* The next field from that one on, round the corner, that lacks a value or has
 * a wrong one; nfields when none does. */
static size_t
find_wrong(const struct form *f, size_t from)
{
	size_t n = f->spec.nfields, i;

	for (i = 0; i < n; i++)
		if (f->why[(from + i) % n].len > 0)
			return (from + i) % n;
	return n;
}

/* Checks all fields; the first invalid one gets the focus. */
static bool
is_valid(struct form *f)
{
	size_t i, wrong;

	check(f);
	for (i = 0; i < f->spec.nfields; i++)
		f->touched[i] = true;
	wrong = find_wrong(f, 0);
	if (wrong < f->spec.nfields)
		f->focus = wrong;
	return wrong == f->spec.nfields;
}

static bool
submit(struct form *f)
{
	struct err e = { 0 };

	if (!is_valid(f))
		return false;
	if (f->spec.submit(f->spec.arg, f, &e) == 0)
		return true;
	buf_reset(&f->error);
	buf_printf(&f->error, "FAIL %s", e.text);
	if (e.hint[0] != '\0')
		buf_printf(&f->error, "\n%s", e.hint);
	return false;
}

static void
ok(void *self)
{
	struct form *f = self;

	if (submit(f))
		cancel(f);
}

static void
ok_more(void *self)
{
	struct form *f = self;

	if (submit(f))
		fill(f);
}

static const struct form_button buttons[FORM_BUTTONS_MAX] = {
	{ N_("< OK >"), false, ok },
	{ N_("< OK, add more >"), true, ok_more },
	{ N_("< Cancel >"), false, cancel },
};

static void
add_buttons(struct form *f)
{
	size_t i;

	for (i = 0; i < NITEMS(buttons); i++)
		if (!buttons[i].more || f->spec.more)
			f->buttons[f->nbuttons++] = &buttons[i];
}

static size_t
places(const struct form *f)
{
	return f->spec.nfields + f->nbuttons;
}

/* Actions */

static void
next(void *self)
{
	struct form *f = self;

	f->focus = (f->focus + 1) % places(f);
}

static void
previous(void *self)
{
	struct form *f = self;

	f->focus = (f->focus + places(f) - 1) % places(f);
}

static void
go_to_buttons(void *self)
{
	struct form *f = self;

	f->focus = f->spec.nfields;
}

static void
go_to_first(void *self)
{
	struct form *f = self;

	f->focus = 0;
}

static void
type(struct form *f, int key)
{
	const size_t i = f->focus;

	if (i < f->spec.nfields) {
		types[f->spec.fields[i].kind](f, i, key);
		changed(f);
	} else if (key == K_LEFT || key == K_RIGHT) {
		(key == K_LEFT ? previous : next)(f);
	}
}

/* Whether nothing is missing, and nothing wrong. */
static bool
is_complete(const struct form *f)
{
	return find_wrong(f, 0) == f->spec.nfields &&
	       (f->spec.is_bare == NULL || !f->spec.is_bare(f->spec.arg, f));
}

static void
go_on(struct form *f)
{
	size_t wrong = find_wrong(f, f->focus);
	bool here = wrong == f->focus;

	f->touched[f->focus] = true;
	if (here && f->spec.fields[wrong].kind == FIELD_PICK &&
	    form_value(f, wrong)[0] == '\0')
		pick(f, wrong);
	else if (wrong < f->spec.nfields)
		f->focus = wrong;
	else
		next(f);
}

static void
enter(void *self)
{
	struct form *f = self;

	if (f->focus >= f->spec.nfields)
		f->buttons[f->focus - f->spec.nfields]->press(f);
	else if (is_complete(f))
		ok(f);
	else
		go_on(f);
}

static void
toggle(void *self)
{
	struct form *f = self;

	if (f->focus >= f->spec.nfields)
		enter(f);
	else if (f->spec.fields[f->focus].kind == FIELD_PICK)
		pick(f, f->focus);
	else
		type(f, K_SPACE);
}

static const struct action *
form_mode(const void *self)
{
	const struct form *f = self;

	if (f->focus >= f->spec.nfields)
		return on_button;
	return is_complete(f) ? complete : going_on;
}

static void
help(void *self)
{
	struct form *f = self;
	const struct field *d = &f->spec.fields[f->focus];
	struct buf b = { 0 };
	bool on_field = f->focus < f->spec.nfields;

	if (on_field && d->help != NULL)
		buf_printf(&b, "%s\n\n", d->help);
	if (f->spec.help != NULL)
		buf_printf(&b, "%s\n\n", f->spec.help);
	action_help((const struct action *const[]){ form_mode(f), NULL }, &b);
	dialog_message(
	    f->ui, on_field ? d->label : f->spec.title, buf_text(&b));
	buf_free(&b);
}

static const struct act acts[] = {
	{ ACT_NEXT, next },
	{ ACT_PREVIOUS, previous },
	{ ACT_PAGE_DOWN, go_to_buttons },
	{ ACT_PAGE_UP, go_to_first },
	{ ACT_TOGGLE, toggle },
	{ ACT_ENTER, enter },
	{ ACT_CANCEL, escape },
	{ ACT_HELP, help },
	{ 0 },
};

static int
form_act(void *self, int id)
{
	struct form *f = self;

	if (id != ACT_CANCEL && id != ACT_INTERRUPT)
		f->leaving = false;
	return act_run(acts, id, f);
}

static bool
takes_text(const struct form *f)
{
	const struct field *d = &f->spec.fields[f->focus];

	return f->focus < f->spec.nfields &&
	       (d->kind == FIELD_TEXT || d->kind == FIELD_PICK);
}

/* Letters that move as in vi, where none is typed nor chooses. */
static int
stands_for(const struct form *f, int key)
{
	static const struct {
		char letter;
		int key;
	} moves[] = {
		{ 'h', K_LEFT },
		{ 'j', K_DOWN },
		{ 'k', K_UP },
		{ 'l', K_RIGHT },
	};
	const struct field *d = &f->spec.fields[f->focus];
	bool choice = f->focus < f->spec.nfields && d->kind == FIELD_CHOICE;
	size_t i;

	for (i = 0; i < NITEMS(moves); i++)
		if (moves[i].letter == key && !takes_text(f) &&
		    !(choice && begins_choice(d->choices, key)))
			return moves[i].key;
	return key;
}

/* A typed blank runs an action, so this one was pasted, and is text. */
static void
form_key(void *self, int key)
{
	struct form *f = self;

	f->leaving = false;
	key = stands_for(f, key);
	if (key == K_DOWN || key == K_UP) {
		(key == K_DOWN ? next : previous)(f);
	} else if (key != K_SPACE) {
		type(f, key);
	} else if (takes_text(f)) {
		edit_key(&f->values[f->focus], key);
		changed(f);
	}
}

static void
form_status(void *self, struct buf *b)
{
	form_hint(self, b);
}

static int
form_start(void *self, struct ui *ui, const void *arg, struct err *e UNUSED)
{
	struct form *f = self;

	f->ui = ui;
	f->spec = *(const struct form_spec *)arg;
	f->values = xcalloc(f->spec.nfields, sizeof(*f->values));
	f->why = xcalloc(f->spec.nfields, sizeof(*f->why));
	f->touched = xcalloc(f->spec.nfields, sizeof(*f->touched));
	add_buttons(f);
	fill(f);
	return 0;
}

static void
form_close(void *self)
{
	struct form *f = self;
	size_t i;

	for (i = 0; i < f->spec.nfields; i++) {
		edit_free(&f->values[i]);
		buf_free(&f->why[i]);
	}
	free(f->values);
	free(f->why);
	free(f->touched);
	buf_free(&f->preview);
	buf_free(&f->error);
	if (f->spec.close != NULL)
		f->spec.close(f->spec.arg);
}

const struct view_ops form_view = {
	.name = N_("Form"),
	.banner = N_("FORM"),
	.size = sizeof(struct form),
	.open = form_start,
	.close = form_close,
	.draw = form_paint,
	.act = form_act,
	.mode = form_mode,
	.modes = (const struct action *const[]){ going_on, complete, on_button,
	    NULL },
	.key = form_key,
	.status = form_status,
};

void
form_open(struct ui *ui, const struct form_spec *spec)
{
	ui_push(ui, &form_view, spec);
}
