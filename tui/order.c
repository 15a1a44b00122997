/* The rows of a source that a table shows, filtered and sorted. */
#include "config.h"

#include "tui/order.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/number.h"
#include "core/base/runs.h"
#include "tui/table.h"

#define RUN 1000 /* rows of a step: a millisecond or so */

struct sort_key {
	size_t row;
	size_t text; /* its offset in the common buffer */
	double number;
	long group;
	bool known; /* unknown values stay last in both directions */
};

struct sorter {
	const struct table_spec *spec;
	void *arg;
	size_t col;
	bool down;
	const char *texts;
};

bool
order_is_caption(const struct table_spec *spec, void *arg, size_t row)
{
	struct buf b = { 0 };
	bool is = false;

	if (spec->caption == NULL)
		return false;
	spec->caption(arg, row, &b);
	is = b.len > 0;
	buf_free(&b);
	return is;
}

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
		if (s->spec->columns[col].chart)
			continue;
		s->spec->cell(s->arg, row, col, b);
		buf_add(b, "\n");
	}
	return matches(buf_text(b), filter);
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

	if (a->group != b->group)
		return a->group < b->group ? -1 : 1;
	if (a->known != b->known)
		return b->known - a->known;
	if (s->spec->compare != NULL)
		d = s->spec->compare(s->arg, a->row, b->row, s->col);
	else
		d = compare_cells(s, a, b);
	if (d != 0)
		return s->down ? -d : d;
	if (s->spec->tie != NULL)
		d = s->spec->tie(s->arg, a->row, b->row);
	if (d != 0)
		return d;
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

/* The keys of the rows so far, and how far that is. */
struct ordering {
	struct sorter s;
	char *filter;
	bool *found; /* rows that it finds, where some stand below them */
	struct sort_key *keys;
	size_t n, row, total, heads;
	struct buf texts;
	struct runs runs;
};

struct ordering *
ordering_new(const struct table_spec *spec, void *arg, const char *filter,
    size_t col, bool down)
{
	struct ordering *o = xcalloc(1, sizeof(*o));

	o->s = (struct sorter){ spec, arg, col, down, NULL };
	o->filter = xstrdup(filter);
	o->total = spec->count(arg);
	if (spec->above != NULL && filter[0] != '\0')
		o->found = xcalloc(o->total + 1, sizeof(*o->found));
	o->keys = xcalloc(o->total, sizeof(*o->keys));
	o->runs = (struct runs){ sizeof(*o->keys), compare_rows, &o->s, NULL, 0,
		NULL };
	return o;
}

bool
ordering_is(const struct ordering *o, const char *filter, size_t col, bool down)
{
	return o->s.col == col && o->s.down == down &&
	       strcmp(o->filter, filter) == 0;
}

static size_t
above(const struct ordering *o, size_t row)
{
	const struct table_spec *spec = o->s.spec;

	return spec->above != NULL ? spec->above(o->s.arg, row) : NO_ROW;
}

static void
tell_match(const struct ordering *o, size_t row, bool matches)
{
	if (o->s.spec->match != NULL)
		o->s.spec->match(o->s.arg, row, matches);
}

/* Whether a row is found that may stand below another. */
static bool
is_found(const struct ordering *o, size_t row, size_t head, struct buf *b)
{
	enum row_fold fold =
	    head != NO_ROW ? o->s.spec->fold(o->s.arg, row) : ROW_OPEN;
	bool matches;

	if (fold == ROW_REST || fold == ROW_HIDDEN)
		return false;
	matches = row_matches(&o->s, row, o->filter, b);
	if (head != NO_ROW || matches)
		tell_match(o, row, matches);
	return matches && !(fold == ROW_FOLDED && o->found[head]);
}

/* One that others may stand below stays until it is known whether any does. */
static bool
is_wanted(struct ordering *o, size_t row, size_t head, struct buf *b)
{
	const struct table_spec *spec = o->s.spec;
	enum row_fold fold;

	if (o->filter[0] == '\0') {
		fold = head != NO_ROW ? spec->fold(o->s.arg, row) : ROW_OPEN;
		return fold == ROW_OPEN || fold == ROW_REST;
	}
	if (spec->above == NULL)
		return order_is_caption(spec, o->s.arg, row) ||
		       row_matches(&o->s, row, o->filter, b);
	o->found[row] = is_found(o, row, head, b);
	return o->found[row] || head == NO_ROW;
}

static void
add_key(struct ordering *o, size_t row)
{
	const struct table_spec *spec = o->s.spec;

	o->keys[o->n].row = row;
	if (spec->group != NULL)
		o->keys[o->n].group = spec->group(o->s.arg, row);
	if (spec->compare == NULL && !spec->fixed)
		read_key(&o->s, &o->keys[o->n], &o->texts);
	o->n++;
}

/* Rows whose cells depend on those below them are added behind all. */
static bool
is_late(const struct ordering *o, size_t head)
{
	return head == NO_ROW && o->found != NULL && o->s.spec->match != NULL;
}

static void
add_row(struct ordering *o, size_t row, struct buf *b)
{
	size_t head = above(o, row);

	o->heads += head == NO_ROW;
	if (head == NO_ROW)
		tell_match(o, row, false);
	if (is_wanted(o, row, head, b) && !is_late(o, head))
		add_key(o, row);
}

static void
add_late(struct ordering *o)
{
	size_t row;

	for (row = 0; row < o->total; row++)
		if (is_late(o, above(o, row)))
			add_key(o, row);
}

bool
ordering_more(struct ordering *o)
{
	size_t end = o->total - o->row < RUN ? o->total : o->row + RUN;
	struct buf b = { 0 };

	o->s.texts = o->texts.s;
	if (runs_merge(&o->runs, o->keys, o->row == o->total))
		return true;
	if (o->row == o->total)
		return false;
	while (o->row < end)
		add_row(o, o->row++, &b);
	if (o->row == o->total && o->found != NULL)
		add_late(o);
	buf_free(&b);
	o->s.texts = o->texts.s;
	if (!o->s.spec->fixed)
		runs_add(&o->runs, o->keys, o->n);
	return true;
}

static bool
is_caption(const struct ordering *o, size_t i)
{
	return order_is_caption(o->s.spec, o->s.arg, o->keys[i].row);
}

static size_t
count_captions(const struct ordering *o)
{
	size_t n = 0, row;

	for (row = 0; o->s.spec->caption != NULL && row < o->total; row++)
		n += order_is_caption(o->s.spec, o->s.arg, row);
	return n;
}

/* Captions that nothing is left of are not shown. */
static void
take_captions(const struct ordering *o, struct order *to)
{
	bool caption, next = true; /* as if there were one behind all */
	size_t i, n = 0;

	for (i = o->n; i-- > 0; next = caption) {
		caption = is_caption(o, i);
		if (caption && next)
			continue;
		to->rows[o->n - ++n] = o->keys[i].row;
		to->captions += caption;
	}
	memmove(to->rows, to->rows + (o->n - n), n * sizeof(*to->rows));
	to->n = n;
}

/* Rows come below the one that they belong to, as they are sorted. next: how
 * many rows that one and these are, and then where the next of them goes. */
static void
take_families(const struct ordering *o, struct order *to)
{
	size_t *next = xcalloc(o->total + 1, sizeof(*next)), n, i, row, head;

	for (i = 0; i < o->n; i++) {
		row = o->keys[i].row;
		head = above(o, row);
		next[head != NO_ROW ? head : row]++;
	}
	for (i = 0; i < o->n; i++) {
		row = o->keys[i].row;
		n = next[row];
		if (above(o, row) != NO_ROW ||
		    (n == 1 && o->found != NULL && !o->found[row]))
			continue;
		to->rows[to->n] = row;
		next[row] = to->n + 1;
		to->n += n;
	}
	for (i = 0; i < o->n; i++) {
		head = above(o, o->keys[i].row);
		if (head == NO_ROW)
			continue;
		to->rows[next[head]++] = o->keys[i].row;
		to->below++;
	}
	free(next);
}

void
ordering_take(struct ordering *o, struct order *to)
{
	to->rows = xresize(to->rows, o->n, sizeof(*to->rows));
	to->n = to->captions = to->below = 0;
	to->total = o->heads - count_captions(o);
	if (o->s.spec->above != NULL)
		take_families(o, to);
	else
		take_captions(o, to);
}

void
ordering_free(struct ordering *o)
{
	if (o == NULL)
		return;
	free(o->filter);
	free(o->found);
	free(o->keys);
	buf_free(&o->texts);
	runs_free(&o->runs);
	free(o);
}

void
order_read(struct order *to, const struct table_spec *spec, void *arg,
    const char *filter, size_t col, bool down)
{
	struct ordering *o = ordering_new(spec, arg, filter, col, down);

	while (ordering_more(o))
		continue;
	ordering_take(o, to);
	ordering_free(o);
}

void
order_free(struct order *o)
{
	free(o->rows);
	memset(o, 0, sizeof(*o));
}
