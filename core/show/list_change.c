/* Changes: the candidate against the saved config. */
#include "config.h"

#include "core/show/list_change.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/lang/config_diff.h"
#include "core/show/list.h"
#include "core/show/list_json.h"

struct changes {
	struct change *v;
	size_t n;
};

static void
add_change(void *arg, const struct change *change)
{
	struct changes *c = arg;

	c->v = xgrow(c->v, c->n, sizeof(*c->v));
	c->v[c->n++] = *change;
}

static void
change_text(const struct host *h UNUSED, const void *row, struct buf *b)
{
	const struct change *c = row;
	struct buf was = { 0 };

	statement_print(change_statement(c), b);
	change_print_move(c, b);
	if (c->before == NULL || c->after == NULL ||
	    statement_equal(c->before, c->after))
		return;
	statement_print(c->before, &was);
	buf_printf(b, _("   (was: %s)"), buf_text(&was));
	buf_free(&was);
}

static void
change_key(const struct host *h UNUSED, const void *row, struct buf *b)
{
	const struct change *c = row;

	statement_key(change_statement(c), b);
	buf_add(b, c->after != NULL ? "" : " -");
}

static char
mark(const struct host *h UNUSED, const void *row)
{
	return change_mark(row);
}

static const struct statement *
statement(const void *row)
{
	return change_statement(row);
}

static const struct listing_column change_columns[] = {
	{ "change", N_("CHANGE"), COLUMN_WIDE, 0, 0, change_text,
	    N_("a statement as it will be, and as it was") },
};

static json_t *
json_place(unsigned number)
{
	return number != 0 ? json_integer(number) : json_null();
}

static json_t *
json_change(const struct host *h UNUSED, const void *row)
{
	const struct change *c = row;

	return json_pack("{s:o,s:o,s:o,s:o}", "before",
	    list_json_statement(c->before), "after",
	    list_json_statement(c->after), "moved_from", json_place(c->from),
	    "moved_to", json_place(c->to));
}

/* An unreadable candidate was replaced by the saved config, which has no
 * changes. */
static int
read_candidate(struct host *h, struct err *e)
{
	if (h->candidate_error.code == ERR_NONE)
		return 0;
	return err_set(e, ERR_FAIL,
	    "line %u of the candidate cannot be read: %s",
	    (unsigned)h->candidate_error.line, h->candidate_error.text);
}

static void *
build(const struct host *h, size_t *n)
{
	struct changes c = { NULL, 0 };

	config_diff(&h->saved, &h->candidate, add_change, &c);
	*n = c.n;
	return c.v;
}

const struct listing listing_changes = {
	.name = N_("changes"),
	.help = N_("the candidate against the saved config"),
	.columns = change_columns,
	.ncolumns = NITEMS(change_columns),
	.row_size = sizeof(struct change),
	.ordered = true,
	.read = read_candidate,
	.build = build,
	.free = list_free,
	.key = change_key,
	.mark = mark,
	.statement = statement,
	.json = json_change,
	.shape = "{before, after, moved_from, moved_to}",
};
