/* Set-up, in pages of offers to be ticked; the review of a commit is the
 * last. */
#include "config.h"

#include "screens/setup.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/setup/joining.h"
#include "core/setup/keeping.h"
#include "core/setup/offers.h"
#include "core/state/candidate.h"
#include "screens/confirm.h"
#include "screens/review.h"
#include "tui/form.h"
#include "tui/lines.h"
#include "tui/table.h"

#define LINE_WIDTH 60 /* of a statement that is typed */

static const struct page {
	const char *name;
	enum offer_group first, last;
} pages[] = {
	{ N_("Network"), OFFER_NETWORK, OFFER_CONTAINERS },
	{ N_("Doors"), OFFER_FORWARDS, OFFER_OUT },
};

struct setup_row {
	enum offer_group group;
	size_t offer; /* its place; NO_ROW: the caption of the group */
};

struct setup {
	struct app *app;
	char *found;
	struct buf told; /* that, and how containers join */
	struct proposal proposal;
	struct config built;  /* what it would be, as far as it goes */
	struct err refusal;   /* why it goes no further; or ERR_NONE */
	bool reviewing;	      /* it is the candidate for now, */
	struct config before; /* in place of this */
	size_t page;
	struct setup_row *rows;
	size_t n;
	struct table *table;
	struct field field; /* for one more statement, */
	char *line;	    /* which is this at first */
};

/* Rows */

static void
add_row(struct setup *v, enum offer_group group, size_t offer)
{
	v->rows = xgrow(v->rows, v->n, sizeof(*v->rows));
	v->rows[v->n++] = (struct setup_row){ .group = group, .offer = offer };
}

static void
add_group(struct setup *v, enum offer_group group)
{
	size_t i, before = v->n;

	for (i = 0; i < v->proposal.n; i++) {
		if (v->proposal.v[i].group != group)
			continue;
		if (v->n == before)
			add_row(v, group, NO_ROW);
		add_row(v, group, i);
	}
}

/* After the proposal changed. */
static void
rebuild(struct setup *v)
{
	const struct page *p = &pages[v->page];
	int g;

	config_free(&v->built);
	memset(&v->refusal, 0, sizeof(v->refusal));
	proposal_build(&v->proposal, v->app->host,
	    v->reviewing ? &v->before : &v->app->host->candidate, &v->built,
	    &v->refusal);
	buf_reset(&v->told);
	buf_add(&v->told, v->found);
	joining_tell(&v->built, &v->app->host->snapshot, &v->told);
	keeping_tell(&v->built, &v->told);
	v->n = 0;
	for (g = (int)p->first; g <= (int)p->last; g++)
		add_group(v, (enum offer_group)g);
	table_reload(v->table);
}

static const struct offer *
offer_at(const struct setup *v, size_t row)
{
	return v->rows[row].offer != NO_ROW ? &v->proposal.v[v->rows[row].offer]
					    : NULL;
}

static size_t
count(void *arg)
{
	const struct setup *v = arg;

	return v->n;
}

/* How many offers before it are about the same object. */
static size_t
count_same(const struct setup *v, size_t offer)
{
	size_t i, n = 0;

	for (i = 0; i < offer; i++)
		n += statement_same(
		    v->proposal.v[i].st, v->proposal.v[offer].st);
	return n;
}

static void
key(void *arg, size_t row, struct buf *b)
{
	const struct setup *v = arg;
	const struct offer *o = offer_at(v, row);

	if (o != NULL) {
		statement_key(o->st, b);
		buf_printf(b, " %zu", count_same(v, v->rows[row].offer));
	} else
		buf_printf(b, "group %u", (unsigned)v->rows[row].group);
}

enum { COL_TICK, COL_STATEMENT, COL_NOTE };

static void
cell(void *arg, size_t row, size_t col, struct buf *b)
{
	const struct setup *v = arg;
	const struct offer *o = offer_at(v, row);

	if (o == NULL)
		return;
	if (col == COL_TICK)
		buf_printf(b, "[%c]", offer_mark(o, &v->built));
	else if (col == COL_STATEMENT)
		offer_print(o, &v->built, b);
	else
		buf_add(b, o->note);
}

static void
caption(void *arg, size_t row, struct buf *b)
{
	const struct setup *v = arg;

	if (v->rows[row].offer == NO_ROW)
		buf_add(b, offer_title(v->rows[row].group));
}

static enum role
role(void *arg, size_t row)
{
	const struct offer *o = offer_at(arg, row);

	return o == NULL || o->on ? ROLE_TEXT : ROLE_DIM;
}

static const struct column columns[] = {
	[COL_TICK] = { .name = "tick", .head = "", .min = 3, .max = 3 },
	[COL_STATEMENT] = { .name = "statement",
	    .head = "",
	    .min = 20,
	    .max = 50,
	    .flex = true },
	[COL_NOTE] = { .name = "note",
	    .head = "",
	    .rank = 1,
	    .min = 4,
	    .max = 30 },
};

static const struct table_spec table_spec = {
	.columns = columns,
	.ncolumns = NITEMS(columns),
	.count = count,
	.key = key,
	.cell = cell,
	.caption = caption,
	.role = role,
	.fixed = true,
	.empty = N_("Nothing to choose here."),
};

/* The view */

static int
look_around(struct setup *v, struct err *e)
{
	struct buf found = { 0 };
	struct survey s;
	int r;

	survey_read(&s, v->app->writable);
	survey_tell(&s, &found);
	r = offers_make(&v->proposal, &s, e);
	survey_free(&s);
	v->found = buf_take(&found);
	return r;
}

static void
release(struct setup *v)
{
	table_free(v->table);
	free(v->rows);
	free(v->found);
	buf_free(&v->told);
	free(v->line);
	proposal_free(&v->proposal);
	config_free(&v->built);
	config_free(&v->before);
}

static int
setup_start(void *self, struct ui *ui, const void *arg UNUSED, struct err *e)
{
	struct setup *v = self;

	v->app = app_of(ui);
	v->table = table_new(&table_spec, v);
	if (look_around(v, e) != 0) {
		release(v);
		return -1;
	}
	rebuild(v);
	return 0;
}

static void
setup_close(void *self)
{
	release(self);
}

static void
draw_steps(const struct setup *v, const struct rect *r)
{
	struct buf b = { 0 };
	size_t i;

	for (i = 0; i < NITEMS(pages); i++)
		buf_printf(&b, i == v->page ? "[%zu %s]" : " %zu %s ", i + 1,
		    _(pages[i].name));
	buf_printf(&b, " %zu %s ", i + 1, _("Review"));
	draw_text(r->y, r->x, r->w, ROLE_CAPTION, buf_text(&b));
	if (r->w > (int)text_width(buf_text(&b)) + 25)
		draw_right(r->y, r->x + r->w - 25, 24, ROLE_DIM,
		    _("nothing is changed yet"));
	buf_free(&b);
}

/* At most half of the rows; all of it is in seki setup --dry-run. */
static void
draw_found(const struct setup *v, struct rect *body)
{
	int n = lines_count(buf_text(&v->told), body->w - 2);
	struct rect r;

	r = rect_top(body, n < body->h / 2 ? n : body->h / 2);
	r.x++;
	r.w -= 2;
	lines_draw(buf_text(&v->told), &r);
	rect_top(body, 1);
}

static void
setup_draw(void *self, const struct rect *r)
{
	struct setup *v = self;
	struct rect body = *r, head = rect_top(&body, 1);

	v->app->bare = false;
	draw_steps(v, &head);
	rect_top(&body, 1);
	if (v->page == 0)
		draw_found(v, &body);
	table_draw(v->table, &body);
}

/* Once it is committed, there is nothing more to set up. */
static void
setup_changed(void *self)
{
	struct setup *v = self;

	if (v->reviewing && (v->app->host->pending.phase != PENDING_NONE ||
				!v->app->host->dirty))
		ui_close(v->app->ui, v);
	else
		rebuild(v);
}

static void
setup_status(void *self, struct buf *b)
{
	const struct setup *v = self;

	if (v->refusal.code != ERR_NONE)
		buf_printf(b, "FAIL %s", v->refusal.text);
	else
		buf_printf(b,
		    _("Step %zu of %zu: Space ticks what you want, Enter goes "
		      "on"),
		    v->page + 1, NITEMS(pages) + 1);
}

/* Keys */

static void
tick(void *self)
{
	struct setup *v = self;
	size_t row;

	if (!table_selected(v->table, &row) || v->rows[row].offer == NO_ROW)
		return;
	proposal_tick(&v->proposal, v->rows[row].offer);
	rebuild(v);
}

/* The review is of the candidate. */
static void
review(struct setup *v)
{
	struct app *app = v->app;
	struct err e = { 0 };
	int r;

	if (v->refusal.code != ERR_NONE) {
		ui_error(app->ui, &v->refusal);
		return;
	}
	if (app->host->pending.phase != PENDING_NONE) {
		confirm_open(app);
		return;
	}
	if (app_refuses(app))
		return;
	config_free(&v->before);
	config_copy(&v->before, &app->host->candidate);
	r = candidate_become(app->writable, &v->built, &e);
	v->reviewing = app->set_up = r == 0;
	if (app_edited(app, r, &e) == 0)
		review_open(app);
}

/* The page behind the last one is the review. */
static void
turn_to(struct setup *v, size_t page)
{
	if (page == NITEMS(pages)) {
		review(v);
	} else if (page != v->page) {
		v->page = page;
		table_renew(v->table);
		rebuild(v);
		table_act(v->table, ACT_HOME);
	}
}

static void
step(void *self)
{
	struct setup *v = self;

	turn_to(v, v->page + 1);
}

static void
step_back(void *self)
{
	struct setup *v = self;

	if (v->page == 0)
		ui_message(v->app->ui, ROLE_TEXT, "this is the first step");
	else
		turn_to(v, v->page - 1);
}

static void
turn_to_first(void *self)
{
	turn_to(self, 0);
}

static void
turn_to_second(void *self)
{
	turn_to(self, 1);
}

static void
turn_to_review(void *self)
{
	turn_to(self, NITEMS(pages));
}

static void
other(void *self)
{
	struct setup *v = self;
	struct err e = { 0 };

	if (proposal_reroll(&v->proposal, v->app->host, &e) != 0)
		ui_error(v->app->ui, &e);
	rebuild(v);
}

/* As everywhere, a step at a time. */
static void
go_back(void *self)
{
	struct setup *v = self;

	if (v->page > 0)
		step_back(v);
	else
		ui_close(v->app->ui, v);
}

/* A statement in place of an offer, or beside them */

static void
check_line(
    void *arg UNUSED, const struct form *f, size_t field, struct buf *why)
{
	struct err e = { 0 };
	struct statement *st = statement_from(form_value(f, field), &e);

	if (st == NULL)
		buf_add(why, e.text);
	statement_free(st);
}

static int
submit_line(void *arg, const struct form *f, struct err *e)
{
	struct setup *v = arg;
	struct statement *st = statement_from(form_value(f, 0), e);
	int r = -1;

	if (st != NULL)
		r = proposal_take(&v->proposal, st, v->app->host, e);
	if (r == 0)
		rebuild(v);
	return r;
}

/* Takes the text, which the form borrows. */
static void
ask_line(struct setup *v, char *line)
{
	free(v->line);
	v->line = line;
	v->field = (struct field){ .label = _("Statement"),
		.kind = FIELD_TEXT,
		.value = v->line,
		.width = LINE_WIDTH };
	form_open(v->app->ui,
	    &(struct form_spec){ .title = _("Set-up"),
		.help = _("It comes in place of what it is about, or beside "
			  "it. Nothing is changed yet."),
		.fields = &v->field,
		.nfields = 1,
		.check = check_line,
		.submit = submit_line,
		.arg = v });
}

static void
edit(void *self)
{
	struct setup *v = self;
	struct buf b = { 0 };
	size_t row;

	if (table_selected(v->table, &row) && v->rows[row].offer != NO_ROW)
		offer_print(offer_at(v, row), &v->built, &b);
	ask_line(v, buf_take(&b));
}

static void
add(void *self)
{
	ask_line(self, xstrdup(""));
}

static const struct act acts[] = {
	{ ACT_TICK, tick },
	{ ACT_NEXT, step },
	{ ACT_PREVIOUS, step_back },
	{ ACT_TAB_1, turn_to_first },
	{ ACT_TAB_1 + 1, turn_to_second },
	{ ACT_TAB_1 + 2, turn_to_review },
	{ ACT_COMMIT, turn_to_review },
	{ ACT_OTHER, other },
	{ ACT_EDIT, edit },
	{ ACT_NEW, add },
	{ ACT_BACK, go_back },
	{ 0 },
};

/* Back from the review, the candidate is what it was. */
static void
take_back(struct setup *v)
{
	struct err e = { 0 };

	v->reviewing = v->app->set_up = false;
	app_edited(
	    v->app, candidate_become(v->app->writable, &v->before, &e), &e);
}

static int
setup_act(void *self, int id)
{
	struct setup *v = self;

	if (v->reviewing)
		take_back(v);
	id = act_run(acts, id, v);
	return id != ACT_NONE ? table_act(v->table, id) : id;
}

static const struct action *
setup_mode(const void *self)
{
	const struct setup *v = self;

	return table_mode(v->table);
}

static void
setup_key(void *self, int k)
{
	struct setup *v = self;

	table_key(v->table, k);
}

static const struct action own_actions[] = {
	{ ACT_NEXT, { K_ENTER, K_PAGE_DOWN, K_TAB, ']' }, "step", N_("Next"),
	    N_("the next step; the last one is the review of a commit") },
	{ ACT_PREVIOUS, { K_PAGE_UP, K_BACK_TAB, '[' }, "step-back",
	    N_("Step back"), N_("the step before") },
	{ ACT_TAB_1, { '1' }, "network", NULL, N_("the step Network") },
	{ ACT_TAB_1 + 1, { '2' }, "doors", NULL, N_("the step Doors") },
	{ ACT_TAB_1 + 2, { '3' }, "review", NULL, N_("the review") },
	{ ACT_TICK, { K_SPACE }, "tick", N_("Tick"),
	    N_("tick or untick a statement") },
	{ ACT_EDIT, { 'e' }, "edit", N_("Edit"),
	    N_("another statement in its place") },
	{ ACT_NEW, { 'n', K_INSERT, 'a' }, "new", N_("Add"),
	    N_("a statement beside them") },
	{ ACT_BACK, { K_ESC, 'q' }, "back", N_("Back"),
	    N_("the step before; from the first, leave all as it is") },
	{ ACT_OTHER, { 'r' }, "other", N_("Other prefix"),
	    N_("choose another random prefix") },
	{ 0 },
};

const struct view_ops screen_setup = {
	.name = N_("Set-up"),
	.banner = N_("SETUP"),
	.help = N_("What was found on this host, and statements that suit it. "
		   "Those ticked as [x] become the config; [-] waits for its "
		   "container or bridge. Nothing is changed before the commit "
		   "at the end, which goes back by itself unless it is "
		   "confirmed."),
	.size = sizeof(struct setup),
	.actions =
	    (const struct action *const[]){ own_actions, table_actions, NULL },
	.open = setup_start,
	.close = setup_close,
	.draw = setup_draw,
	.act = setup_act,
	.mode = setup_mode,
	.modes = table_modes,
	.key = setup_key,
	.changed = setup_changed,
	.status = setup_status,
};

void
setup_open(void *arg)
{
	struct app *app = arg;

	app_refresh_now(app);
	ui_raise(app->ui, &screen_setup);
}

void
setup_invite(struct app *app)
{
	if (config_is_empty(&app->host->candidate) &&
	    app->host->candidate_error.code == ERR_NONE &&
	    app->host->saved_error.code == ERR_NONE && !app->host->read_only)
		ui_message(app->ui, ROLE_OK,
		    "nothing is configured yet: F2 proposes a config");
}
