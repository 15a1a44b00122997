/* Diff and commit as JSON. */
#include "config.h"

#include "core/show/report.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/show/list_change.h"
#include "core/show/list_json.h"
#include "core/show/list_orphan.h"
#include "core/show/list_rehearsal.h"
#include "core/show/status.h"
#include "core/state/history.h"
#include "core/state/orphan_note.h"

const char report_diff_shape[] =
    "{changes: [{before, after, moved_from, moved_to}],\n"
    " exposure: [{change: added|removed|same, text}],\n"
    " rehearsed: " REHEARSAL_SHAPE ",\n"
    " orphans: [...], steps, notes, refused}";
const char report_commit_shape[] =
    "{changed, number, pending, seconds, deadline, orphans, steps, notes,\n"
    " rehearsed: " REHEARSAL_SHAPE "}";

/* Each line that begins with that, without it and the blanks behind; owned by
 * the caller. */
static json_t *
lines_json(const char *text, const char *begin)
{
	json_t *all = json_array();
	const char *end;
	char *line;

	for (; (end = strchr(text, '\n')) != NULL; text = end + 1) {
		if (!has_prefix(text, begin))
			continue;
		text += strlen(begin);
		text += strspn(text, " ");
		line = xstrndup(text, (size_t)(end - text));
		json_array_append_new(all, list_json_text(line));
		free(line);
	}
	return all;
}

/* Steps come first and are indented; what is told of a commit follows. */
static json_t *
steps_json(const char *text)
{
	const char *s = text;
	char *steps;
	json_t *all;

	while (has_prefix(s, "  ") && strchr(s, '\n') != NULL)
		s = strchr(s, '\n') + 1;
	steps = xstrndup(text, (size_t)(s - text));
	all = lines_json(steps, "  ");
	free(steps);
	return all;
}

static void
add_exposed(
    json_t *all, const char *text, const char *begin, const char *change)
{
	json_t *lines = lines_json(text, begin), *line;
	size_t i;

	json_array_foreach(lines, i, line) json_array_append_new(
	    all, json_pack("{s:s,s:O}", "change", change, "text", line));
	json_decref(lines);
}

static json_t *
exposure_json(const char *text)
{
	json_t *all = json_array();

	add_exposed(all, text, "+ ", "added");
	add_exposed(all, text, "- ", "removed");
	add_exposed(all, text, "= ", "same");
	return all;
}

/* The candidate's place is taken for the list alone. */
static json_t *
rows_json(
    const struct host *h, const struct listing *l, const struct config *config)
{
	struct host seen = *h;
	json_t *all = json_array();
	void *rows;
	size_t n, i;

	seen.candidate = *config;
	rows = l->build(&seen, &n);
	for (i = 0; i < n; i++)
		json_array_append_new(
		    all, l->json(&seen, listing_row(l, rows, i)));
	l->free(rows, n);
	return all;
}

/* How many live connections a commit has left behind. */
static json_int_t
count_orphans(const struct host *h, unsigned number)
{
	struct orphan_notes notes;
	json_int_t left = 0;
	size_t i;

	orphan_notes_read(&notes, h->run_path);
	for (i = 0; i < notes.n; i++)
		left += notes.v[i].number == number;
	orphan_notes_free(&notes);
	return left;
}

static int
dump(const char *name, json_t *item, struct buf *b, struct err *e)
{
	json_t *all = json_pack("{s:i,s:[o]}", "schema", 1, name, item);

	if (all == NULL || list_json_dump(b, all) != 0)
		return err_set(
		    e, ERR_FAIL, "cannot write the %s as JSON", name);
	buf_add(b, "\n");
	return 0;
}

int
report_diff(
    const struct host *h, const struct report *r, struct buf *b, struct err *e)
{
	return dump("diff",
	    json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "changes",
		rows_json(h, &listing_changes, r->config), "exposure",
		exposure_json(r->exposure), "rehearsed",
		rehearsal_json(h, r->rehearsal), "orphans",
		rows_json(h, &listing_orphans, r->config), "steps",
		steps_json(r->steps), "notes", lines_json(r->notes, ""),
		"refused",
		r->refused != NULL ? list_json_text(r->refused) : json_null()),
	    b, e);
}

int
report_commit(const struct host *h, unsigned before, const struct report *r,
    struct buf *b, struct err *e)
{
	bool pending = h->pending.phase != PENDING_NONE;
	unsigned number = pending ? h->pending.number : history_newest(h);
	unsigned seconds = status_seconds(h);

	return dump("commit",
	    json_pack("{s:b,s:o,s:b,s:o,s:o,s:I,s:o,s:o,s:o}", "changed",
		pending || number != before, "number",
		number != 0 ? json_integer(number) : json_null(), "pending",
		pending, "seconds",
		pending ? json_integer(seconds) : json_null(), "deadline",
		pending ? json_integer((json_int_t)time(NULL) + seconds)
			: json_null(),
		"orphans", count_orphans(h, number), "steps",
		steps_json(r->steps), "notes", lines_json(r->notes, ""),
		"rehearsed", rehearsal_json(h, r->rehearsal)),
	    b, e);
}
