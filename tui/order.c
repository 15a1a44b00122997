/* The rows of a source that a table shows, filtered and sorted. */
#include "config.h"

#include "tui/order.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/number.h"
#include "tui/table.h"

struct sort_key {
	size_t row;
	size_t text; /* its offset in the common buffer */
	double number;
	bool known; /* unknown values stay last in both directions */
};

struct sorter {
	const struct table_spec *spec;
	void *arg;
	size_t col;
	bool down;
	const char *texts;
};

/* The text has a newline before its first cell and after each. */
static bool
has_word(const char *text, const char *word, size_t n, bool whole)
{
	const char *edge = whole ? "\n" : "";
	char *w = xasprintf("%s%.*s%s", edge, (int)n, word, edge);
	bool found = strcasestr(text, w) != NULL;

	free(w);
	return found;
}

static bool
matches(const char *text, const char *filter)
{
	bool without, whole;
	size_t n;

	for (;; filter += n + (whole && filter[n] == '"')) {
		filter += strspn(filter, " ");
		without = *filter == '!';
		filter += without;
		whole = *filter == '"';
		filter += whole;
		n = strcspn(filter, whole ? "\"" : " ");
		if (n > 0 && has_word(text, filter, n, whole) == without)
			return false;
		if (*filter == '\0')
			return true;
	}
}

static bool
row_matches(
    const struct sorter *s, size_t row, const char *filter, struct buf *b)
{
	size_t col;

	buf_reset(b);
	buf_add(b, "\n");
	for (col = 0; col < s->spec->ncolumns; col++) {
		s->spec->cell(s->arg, row, col, b);
		buf_add(b, "\n");
	}
	return matches(buf_text(b), filter);
}

static void
read_rows(struct order *o, const struct sorter *s, const char *filter)
{
	struct buf b = { 0 };
	size_t row;

	o->total = s->spec->count(s->arg);
	o->rows = xresize(o->rows, o->total, sizeof(*o->rows));
	o->n = 0;
	for (row = 0; row < o->total; row++)
		if (filter[0] == '\0' || row_matches(s, row, filter, &b))
			o->rows[o->n++] = row;
	buf_free(&b);
}

static int
compare_cells(
    const struct sorter *s, const struct sort_key *a, const struct sort_key *b)
{
	if (s->spec->columns[s->col].number)
		return (a->number > b->number) - (a->number < b->number);
	return strverscmp(s->texts + a->text, s->texts + b->text);
}

static int
compare_rows(const void *pa, const void *pb, void *arg)
{
	const struct sort_key *a = pa, *b = pb;
	const struct sorter *s = arg;
	int d;

	if (a->known != b->known)
		return b->known - a->known;
	if (s->spec->compare != NULL)
		d = s->spec->compare(s->arg, a->row, b->row, s->col);
	else
		d = compare_cells(s, a, b);
	if (d != 0)
		return s->down ? -d : d;
	return a->row < b->row ? -1 : a->row > b->row;
}

/* Reads the key once for each row, not for each comparison. */
static void
read_key(const struct sorter *s, struct sort_key *key, struct buf *texts)
{
	const char *text;

	key->text = texts->len;
	s->spec->cell(s->arg, key->row, s->col, texts);
	buf_fill(texts, '\0', 1);
	text = texts->s + key->text;
	key->known = s->spec->columns[s->col].number
			 ? number_parse(text, &key->number)
			 : text[0] != '\0' && strcmp(text, "-") != 0;
}

static void
sort_rows(struct order *o, struct sorter *s)
{
	struct sort_key *keys = xcalloc(o->n, sizeof(*keys));
	struct buf texts = { 0 };
	size_t i;

	for (i = 0; i < o->n; i++) {
		keys[i].row = o->rows[i];
		if (s->spec->compare == NULL)
			read_key(s, &keys[i], &texts);
	}
	s->texts = texts.s;
	qsort_r(keys, o->n, sizeof(*keys), compare_rows, s);
	for (i = 0; i < o->n; i++)
		o->rows[i] = keys[i].row;
	free(keys);
	buf_free(&texts);
}

void
order_read(struct order *o, const struct table_spec *spec, void *arg,
    const char *filter, size_t col, bool down)
{
	struct sorter s = { spec, arg, col, down, NULL };

	read_rows(o, &s, filter);
	if (!spec->fixed)
		sort_rows(o, &s);
}

void
order_free(struct order *o)
{
	free(o->rows);
	memset(o, 0, sizeof(*o));
}
