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
#include "core/state/orphan_note.h"

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

const char *
check_word(enum doctor_verdict verdict)
{
	return verdicts[verdict].json;
}

/* Moves the rows of one verdict behind those that are there. */
static size_t
take(struct doctor_row *to, size_t n, const struct doctor *from,
    enum doctor_verdict verdict)
{
	const struct doctor_row *r = from->v;

	for (; r < END_OF(from->v, from->n); r++)
		if (r->verdict == verdict)
			to[n++] = *r;
	return n;
}

/* A host whose connections cannot be read has other rows. */
int
checks_read(struct host *h, struct err *e UNUSED)
{
	struct err ignored;

	if (orphan_notes_are_there(h->run_path))
		(void)host_read_flows(h, &ignored);
	return 0;
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
		buf_add(b, _(r->what));
}

static char
check_mark(const struct host *h UNUSED, const void *row)
{
	const struct doctor_row *r = row;

	return r->cured ? row_mark_char(MARK_CHANGED)
			: verdicts[r->verdict].mark;
}

static void
check_key(const struct host *h, const void *row, struct buf *b)
{
	const struct doctor_row *r = row;

	buf_printf(b, "%s ", r->check);
	check_subject(h, row, b);
	if (r->nth > 0)
		buf_printf(b, " %u", r->nth);
}

/* ---- folding */

static void
add_well(const struct doctor_row *r, struct buf *b)
{
	const char *kind = "forward ", *name = r->subject;

	buf_add(b, b->len > 0 ? intl_comma() : "");
	if (name == NULL) {
		buf_add(b, _(r->what));
		return;
	}
	name += has_prefix(name, kind) ? strlen(kind) : 0;
	buf_escape(b, name, strlen(name));
}

/* What is well of an area, in few words. */
static char *
name_well(const struct doctor_row *v, size_t n, enum doctor_area area)
{
	const struct doctor_row *r;
	struct buf b = { 0 };

	for (r = v; r < END_OF(v, n); r++)
		if (r->area == area && r->verdict == DOCTOR_OK)
			add_well(r, &b);
	return buf_take(&b);
}

static struct doctor_row
head_of(const struct doctor_row *v, size_t n, enum doctor_area area)
{
	struct doctor_row head = {
		.verdict = DOCTOR_OK, .area = area, .check = doctor_areas[area]
	};
	char *names;
	size_t i;

	for (i = 0; i < n; i++)
		head.stands_for +=
		    v[i].area == area && v[i].verdict == DOCTOR_OK;
	if (head.stands_for > 0) {
		names = name_well(v, n, area);
		head.why = xasprintf("%zu: %s", head.stands_for, names);
		free(names);
	}
	return head;
}

static void
fold_area(struct doctor *to, const struct doctor_row *v, size_t n,
    enum doctor_area area, bool open)
{
	struct doctor_row head = head_of(v, n, area);
	size_t i;

	if (head.stands_for == 0)
		return;
	to->v[to->n++] = head;
	for (i = 0; i < n; i++) {
		if (v[i].area != area || v[i].verdict != DOCTOR_OK)
			continue;
		if (open)
			to->v[to->n++] = v[i];
		else
			doctor_row_free(&v[i]);
	}
}

void *
checks_fold(void *rows, size_t *n, unsigned open)
{
	const struct doctor_row *v = rows;
	struct doctor to = { 0 };
	unsigned area;

	to.v = xcalloc(*n + DOCTOR_AREAS, sizeof(*to.v));
	for (; to.n < *n && v[to.n].verdict != DOCTOR_OK; to.n++)
		to.v[to.n] = v[to.n];
	for (area = 0; area < DOCTOR_AREAS; area++)
		fold_area(&to, v, *n, (enum doctor_area)area,
		    (open & 1U << area) != 0);
	free(rows);
	*n = to.n;
	return to.v;
}

void
checks_count(const struct doctor_row *v, size_t n, struct buf *b)
{
	static const enum doctor_verdict order[] = { DOCTOR_FAIL, DOCTOR_WARN,
		DOCTOR_UNKNOWN, DOCTOR_OK };
	size_t counts[DOCTOR_VERDICTS] = { 0 }, i;

	for (i = 0; i < n; i++)
		counts[v[i].verdict] +=
		    v[i].verdict != DOCTOR_OK ? 1 : v[i].stands_for;
	for (i = 0; i < NITEMS(order); i++) {
		if (counts[order[i]] == 0)
			continue;
		buf_add(b, b->len > 0 ? intl_comma() : "");
		if (order[i] == DOCTOR_UNKNOWN)
			buf_printf(
			    b, _("%zu cannot be told"), counts[order[i]]);
		else
			buf_printf(b, "%zu %s", counts[order[i]],
			    verdicts[order[i]].word);
	}
}

static const struct listing_column check_columns[] = {
	[CHECK_VERDICT] = { "verdict", N_("CHECK"), 0, 0, 0, check_verdict,
	    N_("FAIL, WARN, ok, or ? where it cannot be told") },
	[CHECK_SUBJECT] = { "subject", N_("OF"), 0, 0, 0, check_subject,
	    N_("what was looked at") },
	[CHECK_WHY] = { "why", N_("WHAT"), COLUMN_WIDE, 0, 0, check_why,
	    N_("what is wrong, and what mends it") },
};

static json_t *
json_check(const struct host *h UNUSED, const void *row)
{
	const struct doctor_row *r = row;

	return json_pack("{s:s,s:s,s:o,s:s,s:s?,s:s?,s:b}", "check", r->check,
	    "area", doctor_areas[r->area], "subject",
	    r->subject != NULL ? list_json_text(r->subject) : json_null(),
	    "verdict", verdicts[r->verdict].json, "why", r->why, "cure",
	    r->cure, "in_candidate", r->cured);
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
	.read = checks_read,
	.key = check_key,
	.mark = check_mark,
	.json = json_check,
	.shape = "{check, area: "
		 "host|uplinks|bridges|containers|forwards|others|seki,\n"
		 " subject, verdict: ok|unknown|warn|fail, why, cure,\n"
		 " in_candidate}",
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
	if (r->cure != NULL) {
		buf_add(b, INDENT);
		buf_printf(b,
		    r->cured ? _("cure  %s (in the candidate, not committed)")
			     : _("cure  %s"),
		    r->cure);
	}
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
