/* Changes: the candidate against the saved config. */
#include "config.h"

#include "core/list.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "core/intl.h"

struct changes {
	struct change_row *v;
	size_t n;
};

static void
add_change(
    void *arg, const struct statement *before, const struct statement *after)
{
	struct changes *c = arg;

	c->v = xgrow(c->v, c->n, sizeof(*c->v));
	c->v[c->n++] = (struct change_row){ before, after };
}

struct change_row *
rows_changes(const struct host *h, size_t *n)
{
	struct changes c = { NULL, 0 };

	config_diff(&h->saved, &h->candidate, add_change, &c);
	*n = c.n;
	return c.v;
}

CELL(change_text)
{
	const struct change_row *r = row;
	struct buf text = { 0 };

	statement_print(r->after != NULL ? r->after : r->before, &text);
	buf_add(b, buf_text(&text));
	if (r->before != NULL && r->after != NULL) {
		buf_reset(&text);
		statement_print(r->before, &text);
		buf_printf(b, _("   (was: %s)"), buf_text(&text));
	}
	buf_free(&text);
}

CELL(change_key)
{
	const struct change_row *r = row;

	statement_key(r->after != NULL ? r->after : r->before, b);
	buf_add(b, r->after != NULL ? "" : " -");
}

MARK(change_mark)
{
	const struct change_row *r = row;

	return r->before == NULL ? '+' : r->after == NULL ? '-' : '~';
}

STATEMENT(change_statement)
{
	const struct change_row *r = row;

	return r->after != NULL ? r->after : r->before;
}

static const struct listing_column change_columns[] = {
	{ "change", N_("CHANGE"), COLUMN_WIDE, 0, change_text, NULL,
	    N_("a statement as it will be, and as it was") },
};

static json_t *
json_change(const struct host *h UNUSED, const void *row)
{
	const struct change_row *r = row;

	return json_pack("{s:o,s:o}", "before", list_json_statement(r->before),
	    "after", list_json_statement(r->after));
}

/* In its place the saved config was read, which has no changes. */
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
	return rows_changes(h, n);
}

const struct listing listing_changes = {
	.name = N_("changes"),
	.help = N_("the candidate against the saved config"),
	.columns = change_columns,
	.ncolumns = NITEMS(change_columns),
	.row_size = sizeof(struct change_row),
	.ordered = true,
	.read = read_candidate,
	.build = build,
	.free = list_free,
	.key = change_key,
	.mark = change_mark,
	.statement = change_statement,
	.json = json_change,
	.shape = "{before, after}",
};
