/* Notes on what the kernel made of our rules: a line each in RUN/ruleset, the
 * newest first. */
#include "config.h"

#include "core/state/rule_notes.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/file.h"
#include "core/base/util.h"

#define NOTE_MAX 4096 /* bytes */
#define NOTES_MAX 8   /* configs, to be told of after a revert */

struct notes {
	struct rule_note v[NOTES_MAX];
	size_t n;
};

static char *
note_path(const char *run_path)
{
	return xasprintf("%s/ruleset", run_path);
}

/* Not scanf, which each look would pay for a few dozen times. */
static bool
parse_note(const char *line, struct rule_note *n)
{
	uint64_t v[6] = { 0 };
	char *end;
	size_t i;

	for (i = 0; i < NITEMS(v); i++, line = end) {
		v[i] = strtoull(line, &end, 16);
		if (end == line)
			break;
	}
	*n = (struct rule_note){ v[0], v[1], v[2], v[3], v[4], v[5] };
	return i >= 4;
}

static void
read_notes(const char *run_path, struct notes *notes)
{
	char *path = note_path(run_path),
	     *text = read_file(path, NOTE_MAX, NULL);
	char *rest = text, *line;

	notes->n = 0;
	while (notes->n < NOTES_MAX && (line = strsep(&rest, "\n")) != NULL)
		if (parse_note(line, &notes->v[notes->n]))
			notes->n++;
	free(text);
	free(path);
}

enum rule_memory
rule_notes_recall(const char *run_path, const struct rules *now)
{
	struct notes notes;
	size_t i;

	read_notes(run_path, &notes);
	if (!now->present || notes.n == 0)
		return RULES_UNKNOWN;
	for (i = 0; i < notes.n; i++)
		if (notes.v[i].marks == now->marks)
			return notes.v[i].shape == now->shape ? RULES_AS_NOTED
							      : RULES_EDITED;
	return RULES_OTHER;
}

bool
rule_notes_find(const char *run_path, uint64_t want, struct rule_note *found)
{
	struct notes notes;
	size_t i;

	read_notes(run_path, &notes);
	for (i = 0; i < notes.n; i++) {
		if (notes.v[i].want != want)
			continue;
		*found = notes.v[i];
		return true;
	}
	return false;
}

bool
rule_notes_now(const char *run_path, uint64_t identity, uint32_t generation,
    struct rule_note *found)
{
	struct notes notes;

	read_notes(run_path, &notes);
	if (notes.n == 0 || identity == 0 || notes.v[0].identity != identity ||
	    notes.v[0].generation != generation)
		return false;
	*found = notes.v[0];
	return true;
}

static bool
is_same_note(const struct rule_note *a, const struct rule_note *b)
{
	return a->marks == b->marks && a->want == b->want;
}

static void
print_note(const struct rule_note *n, struct buf *b)
{
	buf_printf(b,
	    "%016" PRIx64 " %016" PRIx64 " %016" PRIx64 " %016" PRIx64
	    " %016" PRIx64 " %016" PRIx64 "\n",
	    n->marks, n->shape, n->want, n->elements, n->identity,
	    n->generation);
}

static int
write_notes(const char *run_path, const struct rule_note *newest,
    const struct notes *old, struct err *e)
{
	char *path = note_path(run_path);
	struct buf b = { 0 };
	size_t i, n = 1;
	int r;

	print_note(newest, &b);
	for (i = 0; i < old->n && n < NOTES_MAX; i++) {
		if (is_same_note(&old->v[i], newest))
			continue;
		print_note(&old->v[i], &b);
		n++;
	}
	r = file_replace(path, buf_text(&b), b.len, 0644, e);
	buf_free(&b);
	free(path);
	return r;
}

int
rule_notes_add(
    const char *run_path, const struct rule_note *newest, struct err *e)
{
	struct notes old;

	read_notes(run_path, &old);
	if (old.n > 0 && memcmp(&old.v[0], newest, sizeof(*newest)) == 0)
		return 0;
	return write_notes(run_path, newest, &old, e);
}
