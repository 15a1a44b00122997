/* What seki has logged. */
#include "config.h"

#include "core/command/command_parts.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/base/intl.h"
#include "core/show/list_log.h"
#include "core/show/output.h"
#include "core/state/logbook.h"

enum { LOG_N, LOG_SINCE, LOG_JSON };

/* Seconds before now, and 0 when the text is no such time. */
static int64_t
ago(const char *text)
{
	static const struct {
		char unit;
		int seconds;
	} units[] = { { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 } };
	char *end;
	long n = strtol(text, &end, 10);
	size_t i;

	if (text[0] < '0' || text[0] > '9' || n < 1 || n > 9999)
		return 0;
	for (i = 0; i < NITEMS(units); i++)
		if (end[0] == units[i].unit && end[1] == '\0')
			return n * units[i].seconds;
	return 0;
}

/* When a date begins here; -1 when it is none. A day that a month does not have
 * would become one of the next. */
static int64_t
date(const char *text)
{
	struct tm tm = { 0 };
	const char *end = strptime(text, "%Y-%m-%d", &tm);
	int day = tm.tm_mday;
	time_t when;

	if (end == NULL || *end != '\0' || tm.tm_year < 70)
		return -1;
	tm.tm_isdst = -1;
	when = mktime(&tm);
	return tm.tm_mday == day ? (int64_t)when : -1;
}

static int64_t
since(const char *text)
{
	return ago(text) > 0 ? (int64_t)time(NULL) - ago(text) : date(text);
}

static int
since_parse(
    const struct type *t, struct words *w, struct value *v, struct err *e)
{
	const struct word *word = words_peek(w);
	struct buf b = { 0 };

	if (word == NULL || since(word->text) != -1)
		return type_word_parse(t, w, v, e);
	words_print(&b, word->text, "");
	err_set(e, ERR_USAGE, "%s is neither a time nor a date", buf_text(&b));
	err_hint(e, "%s: %s", t->metavar, _(t->desc));
	buf_free(&b);
	return words_blame(w, word, e);
}

static void
since_suggest(const struct type *t UNUSED, struct suggest *s)
{
	s->add(s->arg, "1h", _("the last hour"));
	s->add(s->arg, "1d", _("the last 24 hours"));
	s->add(s->arg, "7d", _("the last week"));
}

static const struct type type_since = { .metavar = "WHEN",
	.desc = N_("how long ago, such as 30m, 12h or 7d, or a date such as "
		   "2026-11-30"),
	.parse = since_parse,
	.print = type_word_print,
	.free = type_word_free,
	.suggest = since_suggest };

static const struct type type_lines = { .metavar = "N",
	.desc = N_("how many, 1 to 10000"),
	.most = LOGBOOK_MAX,
	.parse = type_number_parse,
	.print = type_number_print };

static const struct arg log_args[] = {
	[LOG_N] = { "number", &type_lines, 0,
	    N_("how many; 200, or all since then") },
	[LOG_SINCE] = { "since", &type_since, ARG_KEYWORD,
	    N_("only what was logged since then") },
	[LOG_JSON] = { "--json", NULL, ARG_FLAG, N_("as JSON") },
};

static int
run_log(struct host *h, const struct value *v, struct statement *st UNUSED,
    struct buf *out, struct buf *notes UNUSED, struct err *e)
{
	const struct log_scope scope = {
		.most = v[LOG_N].set	   ? v[LOG_N].number
			: v[LOG_SINCE].set ? LOGBOOK_MAX
					   : LIST_LOG_MOST,
		.since = v[LOG_SINCE].set ? since(v[LOG_SINCE].text) : 0,
	};

	logbook_free(&h->log);
	if (logbook_read(&h->log, &scope, e) != 0)
		return -1;
	if (v[LOG_JSON].set)
		return output_json(h, "log", out, e);
	output_text(h, "log", false, out);
	return 0;
}

const struct command command_log = {
	.row = { .name = "log",
	    .help = N_("what seki has logged, the newest first"),
	    ARGS(log_args) },
	.slow = true,
	.looks = true,
	.run = run_log,
};
