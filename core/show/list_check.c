/* Checks, as a list and as lines. */
#include "config.h"

#include "core/show/list_check.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/show/list_cell.h"
#include "core/show/list_container.h"
#include "core/show/list_forward.h"
#include "core/show/list_json.h"

/* The words of the first two are for programs and for people. */
static const struct {
	const char *json, *word;
	char mark;
} verdicts[DOCTOR_VERDICTS] = {
	[DOCTOR_OK] = { "ok", "ok", ' ' },
	[DOCTOR_UNKNOWN] = { "unknown", "?", '?' },
	[DOCTOR_WARN] = { "warn", "WARN", '!' },
	[DOCTOR_FAIL] = { "fail", "FAIL", '!' },
};

/* Moves the rows of one verdict behind those that are there. */
static size_t
take(struct doctor_row *to, size_t n, const struct doctor *from,
    enum doctor_verdict verdict)
{
	const struct doctor_row *r = from->v;

	for (; r < END_OF(from->v, from->n); r++)
		if (r->verdict == verdict) {
			to[n] = *r;
			to[n++].about = NULL;
		}
	return n;
}

static void *
build(const struct host *h, size_t *n)
{
	struct doctor_lists lists;
	struct forward_row *forwards;
	struct container_row *containers;
	struct doctor_row *v;
	struct doctor d;
	int verdict;

	lists.forwards = forwards = rows_forwards(h, &lists.nforwards);
	lists.containers = containers = rows_containers(h, &lists.ncontainers);
	doctor_examine(&d, h, &lists);
	v = xcalloc(d.n + 1, sizeof(*v));
	*n = 0;
	for (verdict = DOCTOR_VERDICTS - 1; verdict >= 0; verdict--)
		*n = take(v, *n, &d, (enum doctor_verdict)verdict);
	free(d.v);
	free(containers);
	rows_forwards_free(forwards, lists.nforwards);
	return v;
}

static void
free_rows(void *rows, size_t n)
{
	doctor_free(&(struct doctor){ rows, n });
}

static void
check_verdict(const struct host *h UNUSED, const void *row, struct buf *b)
{
	const struct doctor_row *r = row;

	buf_add(b, verdicts[r->verdict].word);
}

static void
check_subject(const struct host *h UNUSED, const void *row, struct buf *b)
{
	const struct doctor_row *r = row;

	if (r->subject != NULL)
		buf_escape(b, r->subject, strlen(r->subject));
	else
		buf_add(b, _(doctor_areas[r->area]));
}

/* The lines of a text with something between them. Names in it are escaped. */
static void
join_lines(struct buf *b, const char *text, const char *between)
{
	char *copy = xstrdup(text), *rest = copy, *line;
	bool first = true;

	while ((line = next_line(&rest)) != NULL) {
		buf_add(b, first ? "" : between);
		buf_add(b, line);
		first = false;
	}
	free(copy);
}

static void
check_why(const struct host *h UNUSED, const void *row, struct buf *b)
{
	const struct doctor_row *r = row;

	if (r->why != NULL)
		join_lines(b, r->why, "; ");
	else
		buf_add(b, r->check);
}

static char
check_mark(const struct host *h UNUSED, const void *row)
{
	return verdicts[((const struct doctor_row *)row)->verdict].mark;
}

static void
check_key(const struct host *h, const void *row, struct buf *b)
{
	const struct doctor_row *r = row;

	buf_printf(b, "%s ", r->check);
	check_subject(h, row, b);
}

static const struct listing_column check_columns[] = {
	{ "verdict", N_("CHECK"), 0, 0, 0, check_verdict,
	    N_("FAIL, WARN, ok, or ? where it cannot be told") },
	{ "subject", N_("OF"), 0, 0, 0, check_subject,
	    N_("what was looked at") },
	{ "why", N_("WHAT"), COLUMN_WIDE, 0, 0, check_why,
	    N_("what is wrong, and what mends it") },
};

static json_t *
json_check(const struct host *h UNUSED, const void *row)
{
	const struct doctor_row *r = row;

	return json_pack("{s:s,s:s,s:o,s:s,s:s?}", "check", r->check, "area",
	    doctor_areas[r->area], "subject",
	    r->subject != NULL ? list_json_text(r->subject) : json_null(),
	    "verdict", verdicts[r->verdict].json, "why", r->why);
}

const struct listing listing_checks = {
	.name = N_("checks"),
	.help = N_("what keeps this host from working, and what mends it"),
	.columns = check_columns,
	.ncolumns = NITEMS(check_columns),
	.row_size = sizeof(struct doctor_row),
	.ordered = true,
	.build = build,
	.free = free_rows,
	.key = check_key,
	.mark = check_mark,
	.json = json_check,
	.shape = "{check, area: host|uplinks|containers|forwards|others|seki,\n"
		 " subject, verdict: ok|unknown|warn|fail, why}",
};

/* Aligned under the first line of what it says. */
#define INDENT "\n     "

static void
tell_row(const struct host *h, const struct doctor_row *r, struct buf *b)
{
	buf_printf(b, "%-4s ", verdicts[r->verdict].word);
	if (r->subject != NULL) {
		check_subject(h, r, b);
		buf_add(b, ": ");
	}
	join_lines(b, r->why, INDENT);
	buf_add(b, "\n");
}

static void
tell_area(
    const struct doctor_row *v, size_t n, enum doctor_area area, struct buf *b)
{
	size_t i, well = 0;

	for (i = 0; i < n; i++)
		well += v[i].area == area && v[i].verdict == DOCTOR_OK;
	if (well > 0)
		buf_printf(b, "%-4s %s: %zu\n", verdicts[DOCTOR_OK].word,
		    _(doctor_areas[area]), well);
}

size_t
checks_tell(const struct host *h, struct buf *b)
{
	size_t n, i, fails = 0;
	struct doctor_row *v = build(h, &n);
	int area;

	for (i = 0; i < n; i++) {
		fails += v[i].verdict == DOCTOR_FAIL;
		if (v[i].why != NULL)
			tell_row(h, &v[i], b);
	}
	for (area = 0; area < DOCTOR_AREAS; area++)
		tell_area(v, n, (enum doctor_area)area, b);
	free_rows(v, n);
	return fails;
}
