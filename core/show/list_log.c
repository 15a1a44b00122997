/* The log: what happened while nobody looked, and who did what. */
#include "config.h"

#include "core/show/list_log.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>

#include "core/base/intl.h"
#include "core/show/list_cell.h"
#include "core/state/logbook.h"

static int
read_log(struct host *h, struct err *e)
{
	const struct log_scope scope = { .most = LIST_LOG_MOST };

	logbook_free(&h->log);
	return logbook_read(&h->log, &scope, e);
}

static void *
build(const struct host *h, size_t *n)
{
	struct log_entry *v = xcalloc(h->log.n + 1, sizeof(*v));
	size_t i;

	*n = h->log.n;
	for (i = 0; i < h->log.n; i++) {
		v[i] = h->log.v[i];
		v[i].text = xstrdup(v[i].text);
	}
	return v;
}

static void
free_rows(void *rows, size_t n)
{
	logbook_free(&(struct logbook){ rows, n });
}

static void *
begin(struct host *h UNUSED, struct err *e)
{
	const struct log_scope scope = { .most = LIST_LOG_MOST };

	return log_reading_begin(&scope, e);
}

static int
more(void *slices, struct err *e)
{
	return log_reading_more(slices, e);
}

static int
waits_for(const void *slices)
{
	return log_reading_fd(slices);
}

static const void *
rows(const void *slices, size_t *n)
{
	const struct logbook *b = log_reading_get(slices);

	*n = b->n;
	return b->v;
}

static void *
take(void *slices, size_t *n)
{
	struct logbook b = log_reading_take(slices);

	*n = b.n;
	return b.v;
}

static void
end(void *slices)
{
	log_reading_end(slices);
}

static const struct listing_slices slices = { .begin = begin,
	.more = more,
	.fd = waits_for,
	.rows = rows,
	.take = take,
	.end = end };

static void
log_when(const struct host *h UNUSED, const void *row, struct buf *b)
{
	const struct log_entry *r = row;
	time_t when = (time_t)r->when;
	char text[32];
	struct tm tm;

	if (localtime_r(&when, &tm) == NULL ||
	    strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm) == 0)
		buf_add(b, "-");
	else
		buf_add(b, text);
}

/* A row has no name: what is the same in all of these is the same row. */
static void
log_key(const struct host *h UNUSED, const void *row, struct buf *b)
{
	const struct log_entry *r = row;

	buf_add_number(b, (uint64_t)r->when);
	buf_printf(b, " %s", r->text);
}

static char
log_mark(const struct host *h UNUSED, const void *row)
{
	const struct log_entry *r = row;

	return r->level < 0 || r->level > LOG_WARNING ? ' '
	       : r->level == LOG_WARNING	      ? '?'
						      : '!';
}

static const struct listing_column log_columns[] = {
	{ "when", N_("WHEN"), 0, 1, 0, log_when, N_("when it was logged") },
	{ "what", N_("WHAT"), COLUMN_WIDE, 0, offsetof(struct log_entry, text),
	    cell_text,
	    N_("what happened, in the words of the log; ! is an error, ? a "
	       "warning") },
};

static json_t *
json_entry(const struct host *h UNUSED, const void *row)
{
	const struct log_entry *r = row;

	return json_pack("{s:I,s:s?,s:s}", "when", (json_int_t)r->when, "level",
	    log_lines_level(r->level), "text", r->text);
}

const struct listing listing_log = {
	.name = N_("log"),
	.help = N_("what seki has logged, the newest first"),
	.columns = log_columns,
	.ncolumns = NITEMS(log_columns),
	.row_size = sizeof(struct log_entry),
	.ordered = true,
	.read = read_log,
	.build = build,
	.slices = &slices,
	.free = free_rows,
	.key = log_key,
	.mark = log_mark,
	.json = json_entry,
	.shape =
	    "{when,\n"
	    " level: emerg|alert|crit|err|warning|notice|info|debug|null,\n"
	    " text}",
};
