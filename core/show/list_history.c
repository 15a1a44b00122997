/* The history: confirmed configs, with time and author. */
#include "config.h"

#include "core/show/list_history.h"

#include <jansson.h>
#include <string.h>
#include <time.h>

#include "core/base/intl.h"
#include "core/show/list.h"
#include "core/show/list_cell.h"
#include "core/state/history.h"

/* Rows are the entries themselves. An unreadable folder is an empty list. */
static void *
build(const struct host *h, size_t *n)
{
	struct history history;
	struct err ignored;

	history_load(h, &history, &ignored);
	*n = history.n;
	return history.v;
}

static void
free_rows(void *rows, size_t n)
{
	history_free(&(struct history){ rows, n });
}

static void
history_when(const struct host *h UNUSED, const void *row, struct buf *b)
{
	const struct history_entry *r = row;
	time_t when = (time_t)r->when;
	char text[32];
	struct tm tm;

	if (r->when == 0 || localtime_r(&when, &tm) == NULL ||
	    strftime(text, sizeof(text), "%Y-%m-%d %H:%M", &tm) == 0)
		buf_add(b, "-");
	else
		buf_add(b, text);
}

static void
history_changes(const struct host *h UNUSED, const void *row, struct buf *b)
{
	const struct history_entry *r = row;

	buf_printf(b, "+%u -%u ~%u", r->added, r->removed, r->changed);
}

static void
history_who(const struct host *h UNUSED, const void *row, struct buf *b)
{
	const struct history_entry *r = row;

	buf_add(b, r->who[0] != '\0' ? r->who : "-");
}

static void
history_key(const struct host *h UNUSED, const void *row, struct buf *b)
{
	const struct history_entry *r = row;

	buf_printf(b, "%u", r->number);
}

static char
history_mark(const struct host *h UNUSED, const void *row)
{
	return ((const struct history_entry *)row)->in_force ? '*' : ' ';
}

static const struct listing_column history_columns[] = {
	{ "number", N_("NUMBER"), COLUMN_NUMBER, 0,
	    offsetof(struct history_entry, number), cell_unsigned,
	    N_("what rollback takes") },
	{ "when", N_("WHEN"), 0, 0, 0, history_when,
	    N_("when it was confirmed") },
	{ "changes", N_("CHANGES"), 0, 2, 0, history_changes,
	    N_("statements added (+), removed (-) and changed (~)") },
	{ "who", N_("WHO"), COLUMN_WIDE, 1, 0, history_who,
	    N_("who committed it, and from where") },
};

static json_t *
json_entry(const struct host *h UNUSED, const void *row)
{
	const struct history_entry *r = row;

	return json_pack("{s:i,s:I,s:s,s:i,s:i,s:i}", "number", (int)r->number,
	    "when", (json_int_t)r->when, "who", r->who, "added", (int)r->added,
	    "removed", (int)r->removed, "changed", (int)r->changed);
}

const struct listing listing_history = {
	.name = N_("history"),
	.help = N_("the confirmed configs, the newest first"),
	.columns = history_columns,
	.ncolumns = NITEMS(history_columns),
	.row_size = sizeof(struct history_entry),
	.ordered = true,
	.build = build,
	.free = free_rows,
	.key = history_key,
	.mark = history_mark,
	.json = json_entry,
	.shape = "{number, when, who, added, removed, changed}",
};
