/* Which commit left a live flow behind. */
#include "config.h"

#include "core/state/orphan_note.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/file.h"
#include "core/base/util.h"
#include "core/lang/words.h"

#define FILE_NAME "orphans"
#define FILE_MAX (4u << 20)

enum { WORD_ID, WORD_NUMBER, WORD_WAY, WORD_COUNT };

static const char *const ways[] = { "through", "beside" };

static int
compare(const void *a, const void *b)
{
	const struct orphan_note *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

static void
sort(struct orphan_notes *to)
{
	if (to->n > 0)
		qsort(to->v, to->n, sizeof(*to->v), compare);
}

void
orphan_notes_add(struct orphan_notes *to, const struct orphan_note *note)
{
	to->v = xgrow(to->v, to->n, sizeof(*to->v));
	to->v[to->n++] = *note;
}

static void
parse_line(void *to, const struct words *w)
{
	struct orphan_note note = { 0 };

	if (w->n != WORD_COUNT)
		return;
	note.id = (uint32_t)strtoul(w->v[WORD_ID].text, NULL, 10);
	note.number = (unsigned)strtoul(w->v[WORD_NUMBER].text, NULL, 10);
	note.beside = strcmp(w->v[WORD_WAY].text, ways[true]) == 0;
	orphan_notes_add(to, &note);
}

static char *
read_notes(const char *run_path)
{
	char *path = xasprintf("%s/" FILE_NAME, run_path);
	char *text = read_file(path, FILE_MAX, NULL);

	free(path);
	return text;
}

void
orphan_notes_read(struct orphan_notes *to, const char *run_path)
{
	char *text = read_notes(run_path);

	memset(to, 0, sizeof(*to));
	words_each(text, parse_line, to);
	sort(to);
	free(text);
}

void
orphan_notes_free(struct orphan_notes *notes)
{
	free(notes->v);
	memset(notes, 0, sizeof(*notes));
}

bool
orphan_notes_are_there(const char *run_path)
{
	char *path = xasprintf("%s/" FILE_NAME, run_path);
	struct stat st;
	bool are = stat(path, &st) == 0 && st.st_size > 0;

	free(path);
	return are;
}

const struct orphan_note *
orphan_notes_find(const struct orphan_notes *notes, uint32_t id)
{
	const struct orphan_note key = { .id = id };

	return notes->n == 0 ? NULL
			     : bsearch(&key, notes->v, notes->n,
				   sizeof(*notes->v), compare);
}

int
orphan_notes_write(
    struct orphan_notes *notes, const char *run_path, struct err *e)
{
	char *path = xasprintf("%s/" FILE_NAME, run_path);
	char *before = read_notes(run_path);
	struct buf now = { 0 };
	size_t i;
	int r = 0;

	sort(notes);
	for (i = 0; i < notes->n; i++)
		buf_printf(&now, "%u %u %s\n", notes->v[i].id,
		    notes->v[i].number, ways[notes->v[i].beside]);
	if (strcmp(before != NULL ? before : "", buf_text(&now)) != 0)
		r = file_replace(path, buf_text(&now), now.len, 0644, e);
	buf_free(&now);
	free(before);
	free(path);
	return r;
}
