/* All statements of the candidate, and those that it removes. */
#include "config.h"

#include "core/show/list_statement.h"

#include <jansson.h>

#include "core/base/intl.h"
#include "core/show/list.h"
#include "core/show/list_json.h"

static void *
build(const struct host *h, size_t *n)
{
	struct overlays all = { 0 };

	overlays_read(&all, h, ST_UPLINK, ST_OPTION);
	*n = all.n;
	return all.v;
}

static void
statement_text(const struct host *h UNUSED, const void *row, struct buf *b)
{
	const struct overlay *r = row;

	statement_print(r->st, b);
}

static void
statement_row_key(const struct host *h UNUSED, const void *row, struct buf *b)
{
	const struct overlay *r = row;

	statement_key(r->st, b);
	buf_add(b, r->mark == MARK_REMOVED ? " -" : "");
}

static char
statement_mark(const struct host *h UNUSED, const void *row)
{
	const struct overlay *r = row;

	return row_mark_char(r->mark);
}

static const struct statement *
statement_statement(const void *row)
{
	const struct overlay *r = row;

	return r->st;
}

static json_t *
json_statement(const struct host *h UNUSED, const void *row)
{
	const struct overlay *r = row;

	return list_json_statement(r->st);
}

static const struct listing_column columns[] = {
	{ "statement", N_("STATEMENT"), COLUMN_WIDE, 0, 0, statement_text,
	    N_("the statement") },
};

const struct listing listing_statements = {
	.name = N_("statements"),
	.help = N_("every statement of the candidate"),
	.columns = columns,
	.ncolumns = NITEMS(columns),
	.row_size = sizeof(struct overlay),
	.ordered = true,
	.build = build,
	.free = list_free,
	.key = statement_row_key,
	.mark = statement_mark,
	.statement = statement_statement,
	.json = json_statement,
	.shape = "STATEMENT",
};
