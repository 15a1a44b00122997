/* Edits of the statements of a list. */
#include "config.h"

#include "screens/listedit.h"

#include <string.h>

#include "core/base/intl.h"
#include "core/lang/statement.h"
#include "core/show/listing.h"
#include "core/state/candidate.h"
#include "core/state/check.h"
#include "screens/cmdform.h"
#include "screens/menu.h"

#define TWICE_MS 400 /* within which a key was pressed twice for one row */

const struct action listedit_actions[] = {
	{ ACT_NEW, { 'n', K_INSERT, 'a' }, "new", N_("New"),
	    N_("a form for a new statement") },
	{ ACT_EDIT, { 'e', 'i' }, "edit", N_("Edit"),
	    N_("a form for this statement") },
	{ ACT_DELETE, { 'd', K_DELETE, K_F(9) }, "delete", N_("Delete"),
	    N_("remove it from the candidate") },
	{ 0 },
};

const struct action listedit_off[] = {
	{ ACT_OFF, { K_SPACE }, "off", N_("On/off"),
	    N_("turn the statement off or on, and keep it") },
	{ 0 },
};

/* For the candidate, and for a pending commit, by the kind of change. */
static const struct {
	const char *edited, *committed;
} notes[] = {
	{ N_("in the candidate, not committed: c commits"),
	    N_("in force, not confirmed yet") },
	{ N_("removed in the candidate, not committed: c commits"),
	    N_("removed, not confirmed yet") },
	{ N_("turned off in the candidate, not committed: c commits"),
	    N_("turned off, not confirmed yet") },
};

static bool
is_committed(const struct host *h, const struct statement *st, bool removed)
{
	struct checkup k;
	bool agrees;

	if (h->pending.phase == PENDING_NONE || st == NULL)
		return false;
	checkup_begin(&k, h);
	agrees = k.known && checkup_agrees(&k, st, removed);
	checkup_end(&k);
	return agrees;
}

void
listedit_note(const struct host *h, enum row_mark mark,
    const struct statement *st, struct buf *b)
{
	bool removed = mark == MARK_REMOVED;
	size_t what = removed ? 1 : st != NULL && statement_is_off(st) ? 2 : 0;

	buf_printf(b, "note %s\n",
	    _(is_committed(h, st, removed) ? notes[what].committed
					   : notes[what].edited));
}

static void
start_new(void *self)
{
	struct listview *v = self;
	const void *row = listview_selected(v);
	struct buf b = { 0 };

	if (v->spec->start == NULL) {
		menu_open(v->app);
		return;
	}
	v->spec->start(row, &b);
	cmdform_new(v->app, buf_text(&b));
	buf_free(&b);
}

/* The statement of the selected row, if it can be edited; the message line
 * says why not. */
static const struct statement *
editable(struct listview *v)
{
	const void *row = listview_selected(v);
	const struct statement *st = listview_statement(v, row);

	if (st == NULL) {
		ui_message(v->app->ui, ROLE_WARN,
		    "this row has no statement to change");
		return NULL;
	}
	if (config_same(&v->app->host->candidate, st) == NULL) {
		ui_message(
		    v->app->ui, ROLE_WARN, "already removed; u brings it back");
		return NULL;
	}
	return st;
}

void
listedit_form(void *self)
{
	struct listview *v = self;
	const void *row = listview_selected(v);
	const struct statement *st;

	if (listview_statement(v, row) == NULL && row != NULL &&
	    v->spec->start != NULL && !v->listing->ordered) {
		start_new(v);
		return;
	}
	st = editable(v);
	if (st != NULL)
		cmdform_edit(v->app, st);
}

/* What a commit refuses from now on is told before the review. */
static void
tell_removed(const struct app *app, bool was_fine, const char *text)
{
	struct err e = { 0 };

	if (!was_fine || candidate_check(app->host, &e) == 0)
		ui_message(app->ui, ROLE_TEXT,
		    "removed in the candidate (u: undo): %s", text);
	else if (e.source[0] != '\0')
		ui_message(app->ui, ROLE_WARN,
		    "removed (u: undo), but this needs it: %s", e.source);
	else
		ui_message(
		    app->ui, ROLE_WARN, "removed (u: undo), but %s", e.text);
}

static void delete (void *self)
{
	struct listview *v = self;
	const struct statement *st;
	struct app *app = v->app;
	struct err e = { 0 }, ignored = { 0 };
	struct buf b = { 0 };
	bool was_fine;

	/* A second d right behind, as hands know it from vi, is none for the
	 * row that has come under the cursor. */
	if (now_ms() - v->removed_at < TWICE_MS) {
		ui_tell_again(app->ui);
		return;
	}
	st = editable(v);
	if (st == NULL)
		return;
	v->removed_at = now_ms();
	statement_print(st, &b);
	was_fine = candidate_check(app->host, &ignored) == 0;
	if (app_edited(app, candidate_delete(app->writable, st, &e), &e) == 0)
		tell_removed(app, was_fine, buf_text(&b));
	buf_free(&b);
}

/* A copy of the statement with its flag "off" toggled; NULL when its kind has
 * no such flag. It is parsed from its text, so that errors can point into it.
 */
static struct statement *
turned(const struct statement *st, struct err *e)
{
	const struct row *row = statement_row(st);
	struct statement *copy = statement_copy(st), *new = NULL;
	struct buf b = { 0 };
	size_t i;

	for (i = 0; i < row->nargs; i++) {
		if (strcmp(row->args[i].name, "off") != 0)
			continue;
		copy->v[i].set = !copy->v[i].set;
		statement_print(copy, &b);
		new = statement_from(buf_text(&b), e);
	}
	if (b.len == 0)
		err_set(e, ERR_USAGE,
		    "a %s statement cannot be turned "
		    "off",
		    row->name);
	statement_free(copy);
	buf_free(&b);
	return new;
}

static void
toggle(void *self)
{
	struct listview *v = self;
	const struct statement *st = editable(v);
	struct app *app = v->app;
	struct statement *new;
	struct err e = { 0 };

	if (st == NULL)
		return;
	new = turned(st, &e);
	if (new == NULL) {
		ui_message(app->ui, ROLE_WARN, "%s", e.text);
		return;
	}
	app_edited(app, candidate_replace(app->writable, st, new, &e), &e);
}

const struct act listedit_acts[] = {
	{ ACT_NEW, start_new },
	{ ACT_EDIT, listedit_form },
	{ ACT_DELETE, delete },
	{ ACT_OFF, toggle },
	{ 0 },
};
