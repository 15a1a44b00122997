/* The view of every list: a listing of core (its columns and rows) shown by the
 * toolkit's table.
 *
 * Rows are built when the view is drawn or asked for one, and are fresh until
 * the host's version changes, since they borrow from it; those of a listing
 * that reads more than the host has are built anew at every change. A change of
 * counters alone only sorts them again (sorted), once all of them have been
 * read. freshen() does all of it, so every function that needs rows begins with
 * it.
 *
 * Below the table, or beside it on a wide terminal, are details of one row: its
 * statement, lines from the spec, and a chart of its traffic. They stay on the
 * previous row (detailed) while the cursor moves, and follow when it rests.
 *
 * Other screens lead here by trail_go, which leaves a wish, a filter and a row
 * to select, that freshen() applies. */
#include "config.h"

#include "screens/listview.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/base/intl.h"
#include "core/lang/statement.h"
#include "core/show/listing.h"
#include "core/show/output.h"
#include "core/state/counting.h"
#include "screens/listcopy.h"
#include "screens/listsource.h"
#include "screens/pane.h"
#include "screens/trail.h"
#include "screens/trial.h"
#include "screens/why.h"
#include "tui/dialog.h"
#include "tui/order.h"

#define SLICE_MS 3 /* of reading, between keys */

int
listview_open(void *self, struct ui *ui, const void *arg, struct err *e UNUSED)
{
	const struct list_spec *spec = arg;
	struct listview *v = self;

	v->app = app_of(ui);
	v->spec = spec;
	v->listing = listing_find(spec->listing);
	listsource_open(v);
	v->table = table_new(&v->table_spec, v);
	v->due = true;
	return 0;
}

static void
forget_rows(struct listview *v)
{
	v->listing->free(v->rows, v->n);
	v->rows = NULL;
	v->n = 0;
	v->fresh = false;
	v->detailed = NULL;
}

static loop_fn on_slice, on_again;

/* What the slices wait for, or -1. */
static int
awaited(const struct listview *v)
{
	const struct listing_slices *s = v->listing->slices;

	return v->slices != NULL && s->fd != NULL ? s->fd(v->slices) : -1;
}

static void
forget_ordering(struct listview *v)
{
	ordering_free(v->ordering);
	v->ordering = NULL;
	free(v->next);
	v->next = NULL;
}

static void
stop_slices(struct listview *v)
{
	loop_fd_remove(v->app->loop, awaited(v));
	if (v->slices != NULL)
		v->listing->slices->end(v->slices);
	v->slices = NULL;
	forget_ordering(v);
}

void
listview_close(void *self)
{
	struct listview *v = self;
	size_t i;

	loop_timer_remove(v->app->loop, on_slice, v);
	loop_timer_remove(v->app->loop, on_again, v);
	stop_slices(v);
	forget_rows(v);
	for (i = 0; i < COLUMNS_MAX; i++)
		buf_free(&v->heads[i]);
	buf_free(&v->detail);
	free(v->failure);
	table_free(v->table);
}

void
listview_switch(struct listview *v, const struct list_spec *spec)
{
	struct ui *ui = v->app->ui;
	struct err none = { 0 };

	listview_close(v);
	*v = (struct listview){ 0 };
	listview_open(v, ui, spec, &none);
	ui_dirty(ui);
}

/* Whether there is more to read than the host has. */
static bool
is_due(const struct listview *v)
{
	const struct listing *l = v->listing;

	return l->read != NULL && (l->due == NULL || l->due(v->app->host));
}

/* Its tab is in front; a list without one is on top of all tabs. */
static bool
is_in_sight(const struct listview *v)
{
	return v->spec->tab == TAB_COUNT ||
	       ui_shown(v->app->ui) == v->spec->tab;
}

/* Rows are built and kept only for a list in sight, while nothing but counters
 * changes; those that are read in slices, until there are others. */
void
listview_changed(void *self)
{
	struct listview *v = self;
	bool moved = v->version != host_version(v->app->host);
	bool shown = is_in_sight(v);

	v->due = is_due(v);
	if (v->bits != v->app->host->bits)
		listsource_heads(v);
	if (moved)
		stop_slices(v);
	if (moved || (v->due && v->listing->slices == NULL))
		forget_rows(v);
	if (!shown && v->rows != NULL && v->listing->slices == NULL) {
		forget_rows(v);
		memory_trim();
	}
	if (v->listing->counters != NULL
		? v->round != counting_round(v->app->host)
		: v->listing->read == NULL)
		v->sorted = false;
	v->detailed = NULL;
}

const struct statement *
listview_statement(const struct listview *v, const void *row)
{
	return row != NULL && v->listing->statement != NULL
		   ? v->listing->statement(row)
		   : NULL;
}

/* Selects the row with that key, or whose statement has it. */
static bool
select_row(struct listview *v, const char *wanted)
{
	const struct statement *st;
	struct buf b = { 0 };
	bool found = table_select(v->table, wanted);
	size_t i;

	for (i = 0; i < v->n && !found; i++) {
		st = listview_statement(v, listsource_row(v, i));
		if (st == NULL)
			continue;
		buf_reset(&b);
		statement_key(st, &b);
		if (strcmp(buf_text(&b), wanted) != 0)
			continue;
		buf_reset(&b);
		v->table_spec.key(v, i, &b);
		found = table_select(v->table, buf_text(&b));
	}
	buf_free(&b);
	return found;
}

static void
take_wish(struct listview *v)
{
	struct trail_wish w = trail_take(v->app, v->spec->tab);

	if (w.step)
		trail_note(
		    v->app, table_words(v->table), table_key_chosen(v->table));
	if (w.filter != NULL)
		table_filter(v->table, w.filter);
	if (w.filter != NULL && w.select == NULL)
		table_rest(v->table);
	if (w.select != NULL && !select_row(v, w.select)) {
		table_filter(v->table, "");
		select_row(v, w.select);
	}
	trail_wish_free(&w);
}

/* An error of reading, NULL for none, is shown in place of rows. */
static void
note_failure(struct listview *v, const struct err *e)
{
	free(v->failure);
	v->failure = NULL;
	if (e != NULL)
		v->failure = xasprintf(
		    "%s%s%s", e->text, e->hint[0] != '\0' ? ": " : "", e->hint);
	v->table_spec.empty =
	    v->failure != NULL ? v->failure : listsource_empty(v);
}

static void
take_rows(struct listview *v, void *rows, size_t n)
{
	v->rows = rows;
	v->n = n;
	v->fresh = true;
	v->version = host_version(v->app->host);
	v->sorted = false;
}

static void
build_rows(struct listview *v)
{
	size_t n;
	void *rows = v->listing->build(v->app->host, &n);

	if (v->spec->arrange != NULL)
		rows = v->spec->arrange(v, rows, &n);
	if (v->spec->set_folds != NULL)
		v->spec->set_folds(v, rows, n);
	take_rows(v, rows, n);
}

static void
read_more(struct listview *v)
{
	struct err e = { 0 };
	int r = 0;

	if (v->listing->read != NULL && !is_due(v))
		return;
	if (v->listing->read != NULL)
		r = v->listing->read(v->app->writable, &e);
	note_failure(v, r != 0 ? &e : NULL);
}

/* Rows that are read are sorted before they are shown. */
static int
slice(struct listview *v, struct err *e)
{
	const struct listing_slices *s = v->listing->slices;
	int r = v->ordering != NULL ? 0 : s->more(v->slices, e);

	if (r != 0)
		return r;
	if (v->ordering == NULL) {
		v->next = xcalloc(1, sizeof(*v->next));
		v->next->app = v->app;
		v->next->spec = v->spec;
		v->next->listing = v->listing;
		v->next->rows = (void *)s->rows(v->slices, &v->next->n);
		if (v->spec->set_folds != NULL)
			v->spec->set_folds(v, v->next->rows, v->next->n);
		v->ordering = table_ordering(v->table, v->next);
	}
	return ordering_more(v->ordering);
}

static void
end_slices(struct listview *v, int r, const struct err *e)
{
	size_t n = 0;
	void *rows = NULL;

	forget_rows(v);
	if (r == 0)
		rows = v->listing->slices->take(v->slices, &n);
	take_rows(v, rows, n);
	if (r == 0)
		table_take(v->table, v->ordering);
	v->sorted = r == 0;
	stop_slices(v);
	note_failure(v, r != 0 ? e : NULL);
}

/* Reads for some milliseconds, and goes on later when that was not all. */
static void
read_slice(struct listview *v)
{
	uint64_t end = now_ms() + SLICE_MS;
	struct err e = { 0 };
	int r = 1;

	v->due = false;
	if (v->slices == NULL)
		v->slices = v->listing->slices->begin(v->app->writable, &e);
	if (v->slices == NULL)
		r = -1;
	loop_fd_remove(v->app->loop, awaited(v));
	do
		r = r == 1 ? slice(v, &e) : r;
	while (r == 1 && awaited(v) == -1 && now_ms() < end);
	if (r != 1) {
		end_slices(v, r, &e);
		return;
	}
	if (!v->fresh)
		v->table_spec.empty = N_("the list is being read");
	if (awaited(v) != -1)
		loop_fd(v->app->loop, awaited(v), on_slice, v);
	else
		loop_timer(v->app->loop, 0, on_slice, v);
}

static void
on_slice(void *arg)
{
	struct listview *v = arg;

	if (v->slices == NULL)
		return;
	read_slice(v);
	if (v->slices == NULL)
		ui_dirty(v->app->ui);
}

static void
on_again(void *arg)
{
	struct listview *v = arg;

	v->due = true;
	ui_dirty(v->app->ui);
}

void
listview_read_again(struct listview *v, unsigned ms)
{
	loop_timer(v->app->loop, ms, on_again, v);
}

static void
freshen(struct listview *v)
{
	if (v->listing->slices != NULL) {
		if (v->due && v->slices == NULL)
			read_slice(v);
	} else if (!v->fresh) {
		read_more(v);
	}
	if (!v->fresh)
		build_rows(v);
	if (!v->sorted)
		table_reload(v->table);
	v->sorted = true;
	v->round = counting_round(v->app->host);
	take_wish(v);
}

void
listview_rearrange(struct listview *v)
{
	forget_rows(v);
	ui_dirty(v->app->ui);
}

void
listview_refold(struct listview *v)
{
	v->spec->set_folds(v, v->rows, v->n);
	forget_ordering(v);
	v->sorted = false;
	v->detailed = NULL;
	ui_dirty(v->app->ui);
}

const void *
listview_selected(struct listview *v)
{
	size_t row;

	freshen(v);
	return table_selected(v->table, &row) ? listsource_row(v, row) : NULL;
}

const void *
listview_drawn(const struct listview *v)
{
	size_t row;

	return v->fresh && v->sorted && table_selected(v->table, &row)
		   ? listsource_row(v, row)
		   : NULL;
}

/* Actions */

static void
copy(void *self)
{
	struct listview *v = self;
	const void *row = listview_selected(v);

	if (row != NULL)
		listcopy(v->app, v->listing, row, v->spec->copy);
}

/* Whether the rows are filtered, and not because a step led to these. */
static bool
has_own_filter(const struct listview *v, const struct trail_step *last)
{
	const char *words = table_words(v->table);

	return words[0] != '\0' &&
	       (last->led == NULL || strcmp(words, last->led) != 0);
}

/* Goes back one step of the trail, and restores the filter and the selection
 * that the step changed here. Without a step, or with a filter that was typed
 * since, shows all rows. */
void
listview_back(void *self)
{
	struct listview *v = self;
	const struct trail_step *last = trail_last(v->app);

	if (last == NULL || has_own_filter(v, last)) {
		table_act(v->table, ACT_FILTER_CLEAR);
		return;
	}
	if (last->filter != NULL) {
		table_filter(v->table, last->filter);
		if (!table_select(v->table, last->key))
			table_rest(v->table);
	}
	trail_back(v->app);
}

/* Choosing the current sort column reverses it. */
static void
sort_chosen(void *arg, const char *head)
{
	struct listview *v = arg;
	bool down;
	size_t now = table_sorted(v->table, &down), i;

	freshen(v);
	for (i = 0; i < v->listing->ncolumns; i++) {
		if (strcmp(v->columns[i].head, head) != 0)
			continue;
		table_sort(
		    v->table, i, i == now ? !down : v->columns[i].number);
		return;
	}
}

static void
sort_menu(void *self)
{
	struct listview *v = self;
	struct dialog_list list = {
		.title = _("Sort by"), .chosen = sort_chosen, .arg = v
	};
	bool down;
	size_t now = table_sorted(v->table, &down), i;

	if (v->table_spec.fixed)
		return;
	for (i = 0; i < v->listing->ncolumns; i++)
		if (!v->columns[i].hidden)
			candidates_add(&list.items, v->columns[i].head,
			    i != now ? ""
			    : down
				? _("now, largest first; again reverses it")
				: _("now, smallest first; again reverses it"));
	list.at = v->columns[now].head;
	dialog_list(v->app->ui, &list);
}

/* By the column that the line names; behind "!" the other way round. */
static void
sort_by(void *self)
{
	struct listview *v = self;
	size_t len, col;
	bool other;
	char *word;

	if (v->app->words != NULL) {
		listsource_offer_columns(v, v->app->words);
		return;
	}
	len = strlen(v->app->word);
	other = len > 0 && v->app->word[len - 1] == '!';
	word = xstrndup(v->app->word, len - other);
	col = listsource_column(v, word);
	if (v->table_spec.fixed)
		ui_message(v->app->ui, ROLE_WARN,
		    "these rows are in the order in which they hold");
	else if (word[0] == '\0' && other)
		table_act(v->table, ACT_SORT_REVERSE);
	else if (word[0] == '\0')
		sort_menu(v);
	else if (col == v->listing->ncolumns)
		listsource_tell_columns(v, word);
	else
		table_sort(v->table, col, v->columns[col].number != other);
	free(word);
}

static void
why(void *self)
{
	struct listview *v = self;
	const void *row = listview_selected(v);

	if (row != NULL)
		why_open(v->app, v->listing, row);
}

static void
try(void *self)
{
	struct listview *v = self;

	trial_open_of(v->app, listview_statement(v, listview_selected(v)));
}

static const struct act acts[] = {
	{ ACT_SORT, sort_menu },
	{ ACT_SORT_BY, sort_by },
	{ ACT_COPY, copy },
	{ ACT_TRY, try },
	{ ACT_WHY, why },
	{ ACT_BACK, listview_back },
	{ 0 },
};

int
listview_act(void *self, int id)
{
	struct listview *v = self;

	freshen(v);
	if (id >= ACT_EDITS)
		table_keep(v->table);
	if (v->spec->acts != NULL)
		id = act_run(v->spec->acts, id, v);
	id = act_run(acts, id, v);
	if (v->spec->edits != NULL)
		id = act_run(v->spec->edits, id, v);
	if (id == ACT_NONE) {
		table_changed(v->table);
		return id;
	}
	app_moved(v->app);
	return table_act(v->table, id);
}

const struct action *
listview_mode(const void *self)
{
	const struct listview *v = self;

	return table_mode(v->table);
}

void
listview_key(void *self, int k)
{
	struct listview *v = self;

	freshen(v);
	table_key(v->table, k);
}

int
listview_stands_for(const void *self, int key)
{
	const struct listview *v = self;

	return table_stands_for(v->table, key);
}

bool
listview_click(void *self, int y, int x)
{
	struct listview *v = self;

	freshen(v);
	return table_click(v->table, y, x);
}

/* Drawing */

/* Cached, so that a key that moves nothing reads no files. */
static const char *
detail_of(struct listview *v, const void *row)
{
	if (row != v->detailed) {
		buf_reset(&v->detail);
		v->spec->detail(v->app->host, row, &v->detail);
		v->detailed = row;
	}
	return buf_text(&v->detail);
}

/* The row of the details: the previous one until the cursor rests. */
static const void *
detailed_row(struct listview *v)
{
	return v->app->moving && v->detailed != NULL ? v->detailed
						     : listview_selected(v);
}

static void
draw_detail(struct listview *v, const struct rect *r)
{
	const void *row = detailed_row(v);
	const struct statement *st = listview_statement(v, row);
	struct pane pane = { .role =
				 st != NULL ? ROLE_STATEMENT : ROLE_CAPTION };
	struct traffic traffic;
	struct buf b = { 0 };

	if (row == NULL)
		return;
	if (v->spec->title != NULL)
		v->spec->title(v->app->host, row, &b);
	else if (st != NULL)
		statement_print(st, &b);
	else
		listing_print(listing_main(v->listing), v->app->host, row, &b);
	pane.caption = buf_text(&b);
	pane.lines = detail_of(v, row);
	pane.top = v->spec->top;
	pane.row = row;
	if (v->spec->traffic != NULL) {
		traffic = v->spec->traffic(v, row);
		pane.traffic = &traffic;
		pane.lines_first = v->spec->lines_first;
	}
	pane_draw(v->app->host, &pane, *r);
	buf_free(&b);
}

/* Has the counters of the rows in view read. */
static void
see_rows(struct listview *v)
{
	size_t at, n = table_view(v->table, &at), i;
	const struct counter **seen =
	    xcalloc((n + 1) * ROW_COUNTERS, sizeof(*seen));

	for (i = 0; i < n && v->listing->counters != NULL; i++)
		v->listing->counters(
		    listsource_row(v, table_row(v->table, at + i)),
		    &seen[i * ROW_COUNTERS]);
	counting_see(v->app->writable, seen, n * ROW_COUNTERS);
	free(seen);
}

static size_t
rows_of(const struct listview *v)
{
	return v->spec->above != NULL ? table_shown(v->table) : v->n;
}

void
listview_draw(void *self, const struct rect *area)
{
	struct listview *v = self;
	struct rect body = *area, detail = { 0 };

	freshen(v);
	v->app->bare = v->n == 0;
	if (v->spec->detail != NULL && table_shown(v->table) > 0)
		detail = pane_cut(&body, rows_of(v) + table_filters(v->table));
	listsource_fit(v, body.w);
	table_layout(v->table, body.h, body.w);
	see_rows(v);
	listsource_scale(v);
	table_draw(v->table, &body);
	if (detail.h > 0)
		draw_detail(v, &detail);
}

/* The details stay on their row while the cursor moves. */
bool
listview_redraw(void *self)
{
	struct listview *v = self;

	return v->fresh && v->sorted && v->app->moving &&
	       table_redraw(v->table);
}

void
listview_explain(void *self, struct buf *b)
{
	const struct listview *v = self;
	const struct listing_column *c = v->listing->columns;
	size_t i, w;

	buf_add(b, "\n");
	for (i = 0; i < v->listing->ncolumns; i++) {
		if (v->columns[i].hidden)
			continue;
		w = text_width(v->columns[i].head);
		buf_add(b, v->columns[i].head);
		buf_fill(b, ' ', w < 14 ? 16 - w : 2);
		buf_printf(b, "%s\n", _(c[i].help));
	}
}

static void
add_every(const struct listview *v, struct buf *b)
{
	const struct listing *l = v->listing;
	unsigned every = l->every != NULL ? l->every(v->app->host) : 1;

	if (every > 1)
		buf_printf(b, _(", read every %u s"), every);
}

void
listview_tell_order(const struct listview *v, struct buf *b)
{
	struct buf order = { 0 };

	table_order(v->table, &order);
	buf_printf(b, _("   sort: %s"), buf_text(&order));
	if (v->listing->counters != NULL)
		app_ranks(v->app, b);
	add_every(v, b);
	if (output_has_rates(v->listing->name)) {
		buf_add(b, "   ");
		app_rates(v->app, b);
	}
	buf_free(&order);
}

void
listview_status(void *self, struct buf *b)
{
	struct listview *v = self;

	freshen(v);
	buf_printf(b, "%s: ", _(v->listing->name));
	if (!table_range(v->table, b))
		table_info(v->table, b);
	if (v->spec->summary != NULL)
		v->spec->summary(v->rows, v->n, b);
	if (!v->table_spec.fixed)
		listview_tell_order(v, b);
}
