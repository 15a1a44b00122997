/* Ends connections, once somebody has said so. */
#include "config.h"

#include "screens/ending.h"

#include <stdlib.h>

#include "core/base/intl.h"
#include "screens/cmdrun.h"
#include "tui/dialog.h"

static const struct connection_row *
find_asked(const struct ending *end)
{
	const struct flow_row *rows = end->list->rows;
	size_t i;

	for (i = 0; i < end->list->n; i++)
		if (rows[i].line == FLOW_CONNECTION &&
		    rows[i].connection->flow->id == end->asked)
			return rows[i].connection;
	return NULL;
}

static void
asked(void *arg)
{
	struct ending *end = arg;

	table_hold(end->list->table, false);
	ui_dirty(end->list->app->ui);
}

/* The cursor stays with what is asked about, which others may overtake. */
static void
ask(struct ending *end, const char *text, void (*yes)(void *))
{
	table_hold(end->list->table, true);
	dialog_ask(end->list->app->ui, &(struct dialog_ask){ .title = _("End"),
					   .text = text,
					   .yes = yes,
					   .no = asked,
					   .arg = end });
}

/* Tells what came of it, or that there are none any more. */
static void
end_all(struct ending *end, const struct connection_row *v, size_t n,
    const char *none)
{
	struct app *app = end->list->app;
	struct buf out = { 0 }, notes = { 0 };
	struct err e = { 0 };

	if (n == 0)
		ui_message(app->ui, ROLE_TEXT, "%s", _(none));
	else if (connections_end(app->writable, v, n, &notes, &e) != 0)
		ui_error(app->ui, &e);
	else
		cmdrun_answer(app, _("End"), &out, &notes);
	host_expire_flows(app->writable);
	ui_changed(app->ui);
	buf_free(&out);
	buf_free(&notes);
}

/* Looks the row up again: rows were reloaded while the question was open. */
static void
end_asked(void *arg)
{
	struct ending *end = arg;
	const struct connection_row *r;

	asked(end);
	listview_selected(end->list);
	r = find_asked(end);
	end_all(end, r, r != NULL, N_("the connection has already ended"));
}

static void
ask_end_one(struct ending *end, const struct connection_row *r)
{
	struct buf which = { 0 };
	char *text;

	end->asked = r->flow->id;
	connection_print(r, &which);
	text = xasprintf(_("End %s?"), buf_text(&which));
	ask(end, text, end_asked);
	free(text);
	buf_free(&which);
}

static int
compare_ids(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static bool
is_asked(const struct ending *end, const struct flow *f)
{
	if (!addr_equal(&f->original.src, &end->client))
		return false;
	return !end->part || bsearch(&f->id, end->ids, end->nids,
				 sizeof(*end->ids), compare_ids) != NULL;
}

/* Leaves only those that are to end; returns how many. */
static size_t
keep_asked(const struct ending *end, struct connection_row *rows, size_t n)
{
	size_t kept = 0, i;

	for (i = 0; i < n; i++)
		if (is_asked(end, rows[i].flow))
			rows[kept++] = rows[i];
	return kept;
}

/* Those of this moment. */
static void
end_client(void *arg)
{
	struct ending *end = arg;
	struct app *app = end->list->app;
	struct connection_row *rows;
	struct err e = { 0 };
	size_t n;

	asked(end); /* which looks at rows: they borrow from what is read now */
	if (host_read_flows(app->writable, &e) != 0) {
		ui_error(app->ui, &e);
		ui_changed(app->ui);
		return;
	}
	rows = rows_connections(app->host, false, &app->host->flows, &n);
	n = keep_asked(end, rows, n);
	end_all(end, rows, n, N_("they have already ended"));
	free(rows);
}

/* Those that a filter finds of a client. */
static void
note_found(struct ending *end, const struct flow_row *of)
{
	const struct flow_row *rows = end->list->rows, *r;

	end->nids = 0;
	end->part = flow_is_part(of);
	for (r = rows; r < END_OF(rows, end->list->n) && end->part; r++) {
		if (r->line != FLOW_CONNECTION || r->client != of->client ||
		    !r->found || r->connection->flow->over)
			continue;
		end->ids = xgrow(end->ids, end->nids, sizeof(*end->ids));
		end->ids[end->nids++] = r->connection->flow->id;
	}
	if (end->nids > 0)
		qsort(end->ids, end->nids, sizeof(*end->ids), compare_ids);
}

static void
ask_end_client(struct ending *end, const struct flow_row *r)
{
	const struct client_row *sums = flow_sums(r);
	char text[ADDR_TEXT_MAX], *question;
	const char *format;

	end->client = sums->addr;
	note_found(end, r);
	if (end->part)
		format = ngettext("End %zu connection of %s found here?",
		    "End all %zu connections of %s found here?",
		    sums->connections);
	else
		format = ngettext("End %zu connection of %s?",
		    "End all %zu connections of %s?", sums->connections);
	question =
	    xasprintf(format, sums->connections, addr_text(&sums->addr, text));
	ask(end, question, end_client);
	free(question);
}

void
ending_ask(struct ending *end, const struct flow_row *r)
{
	struct app *app = end->list->app;

	if (r->line == FLOW_REST)
		ui_message(app->ui, ROLE_TEXT,
		    "z shows them; d ends one, or on the row of the client "
		    "all");
	else if (r->line == FLOW_CONNECTION)
		ask_end_one(end, r->connection);
	else if (flow_sums(r)->connections == 0)
		ui_message(app->ui, ROLE_TEXT, "they have already ended");
	else
		ask_end_client(end, r);
}

void
ending_free(struct ending *end)
{
	free(end->ids);
}
