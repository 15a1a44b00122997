/* Differences between configs, by the object each statement names. */
#include "config.h"

#include "core/lang/config_diff.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/util.h"

/* A statement with its key and its place. */
struct entry {
	char *key;
	const struct statement *st;
	size_t order;
	unsigned number; /* of a policy in its chain, from 1 */
};

struct index {
	struct entry *v;
	size_t n;
};

static int
key_compare(const void *a, const void *b)
{
	return strcmp(
	    ((const struct entry *)a)->key, ((const struct entry *)b)->key);
}

/* By key, then by place. */
static int
entry_compare(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int d = key_compare(a, b);

	return d != 0 ? d : x->order < y->order ? -1 : x->order > y->order;
}

/* The number of a policy in its chain; 0 for any other statement. */
static unsigned
number_next(unsigned counts[CHAIN_COUNT], const struct statement *st)
{
	return statement_is_policy(st) ? ++counts[st->v[POLICY_CHAIN].choice]
				       : 0;
}

static void
index_build(struct index *x, const struct config *c)
{
	unsigned counts[CHAIN_COUNT] = { 0 };
	const struct statement *st;
	struct buf key = { 0 };
	size_t i;

	memset(x, 0, sizeof(*x));
	for (i = 0; i < c->n; i++) {
		st = c->v[i].st;
		if (st == NULL)
			continue;
		statement_key(st, &key);
		x->v = xgrow(x->v, x->n, sizeof(*x->v));
		x->v[x->n++] = (struct entry){ .key = buf_take(&key),
			.st = st,
			.order = i,
			.number = number_next(counts, st) };
	}
	if (x->n > 1)
		qsort(x->v, x->n, sizeof(*x->v), entry_compare);
}

static const struct entry *
index_find(const struct index *x, const struct statement *st)
{
	struct entry want = { 0 }, *found;
	struct buf key = { 0 };

	statement_key(st, &key);
	want.key = key.s;
	found = x->n > 0
		    ? bsearch(&want, x->v, x->n, sizeof(*x->v), key_compare)
		    : NULL;
	buf_free(&key);
	return found;
}

static void
index_free(struct index *x)
{
	size_t i;

	for (i = 0; i < x->n; i++)
		free(x->v[i].key);
	free(x->v);
}

const struct statement *
config_twice(const struct config *c, const struct statement **first)
{
	const struct statement *again = NULL;
	struct index x;
	size_t i;

	index_build(&x, c);
	for (i = 1; i < x.n && again == NULL; i++) {
		if (key_compare(&x.v[i - 1], &x.v[i]) != 0)
			continue;
		*first = x.v[i - 1].st;
		again = x.v[i].st;
	}
	index_free(&x);
	return again;
}

/* A line of the later config, and where it was before. */
struct match {
	const struct entry *old; /* NULL: nowhere */
	size_t previous; /* the one before it in the longest run it ends */
	bool moved;
};

/* The first of the runs (their ends ascend) that ends at or after order. */
static size_t
find_run(const struct match *m, const size_t *ends, size_t n, size_t order)
{
	size_t low = 0, high = n, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (m[ends[middle]].old->order < order)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* As few as possible are reported as moved: all but the longest subsequence
 * that is in the same order in both configs (patience sorting). */
static void
find_moved(const struct config *after, enum chain chain, struct match *m)
{
	size_t *ends = xcalloc(after->n, sizeof(*ends)); /* by length */
	size_t i, run, n = 0;
	const struct statement *st;

	for (i = 0; i < after->n; i++) {
		st = after->v[i].st;
		if (m[i].old == NULL || !statement_is_policy(st) ||
		    st->v[POLICY_CHAIN].choice != (unsigned)chain)
			continue;
		run = find_run(m, ends, n, m[i].old->order);
		m[i].previous = run > 0 ? ends[run - 1] : SIZE_MAX;
		m[i].moved = true;
		ends[run] = i;
		n += run == n;
	}
	for (i = n > 0 ? ends[n - 1] : SIZE_MAX; i != SIZE_MAX;
	     i = m[i].previous)
		m[i].moved = false;
	free(ends);
}

/* Owned by the caller. */
static struct match *
match_lines(const struct index *before, const struct config *after)
{
	struct match *m = xcalloc(after->n, sizeof(*m));
	enum chain chain;
	size_t i;

	for (i = 0; i < after->n; i++)
		if (after->v[i].st != NULL)
			m[i].old = index_find(before, after->v[i].st);
	for (chain = 0; chain < CHAIN_COUNT; chain++)
		find_moved(after, chain, m);
	return m;
}

static void
tell_removed(const struct config *before, const struct index *after,
    config_diff_fn *fn, void *arg)
{
	struct change change = { 0 };
	size_t i;

	for (i = 0; i < before->n; i++) {
		change.before = before->v[i].st;
		if (change.before != NULL &&
		    index_find(after, change.before) == NULL)
			fn(arg, &change);
	}
}

/* Compares a statement with its match; true if there is a change. number is
 * that of a policy. */
static bool
compare(const struct match *m, const struct statement *st, unsigned number,
    struct change *c)
{
	*c = (struct change){ .after = st };
	if (m->old == NULL)
		return true;
	c->before = m->old->st;
	if (m->moved) {
		c->from = m->old->number;
		c->to = number;
	}
	return m->moved || !statement_equal(c->before, c->after);
}

void
config_diff(const struct config *before, const struct config *after,
    config_diff_fn *fn, void *arg)
{
	unsigned counts[CHAIN_COUNT] = { 0 };
	const struct statement *st;
	struct change change;
	struct index x, y;
	struct match *m;
	size_t i;

	index_build(&x, before);
	index_build(&y, after);
	m = match_lines(&x, after);
	tell_removed(before, &y, fn, arg);
	for (i = 0; i < after->n; i++) {
		st = after->v[i].st;
		if (st != NULL &&
		    compare(&m[i], st, number_next(counts, st), &change))
			fn(arg, &change);
	}
	free(m);
	index_free(&x);
	index_free(&y);
}

static void
count(void *arg, const struct change *c UNUSED)
{
	++*(unsigned *)arg;
}

unsigned
config_changes(const struct config *before, const struct config *after)
{
	unsigned n = 0;

	config_diff(before, after, count, &n);
	return n;
}

char
change_mark(const struct change *c)
{
	return c->before == NULL ? '+' : c->after == NULL ? '-' : '~';
}

const struct statement *
change_statement(const struct change *c)
{
	return c->after != NULL ? c->after : c->before;
}

void
change_print_move(const struct change *c, struct buf *b)
{
	if (c->from != 0)
		buf_printf(b, " (%s %u -> %u)",
		    type_chain.choices[c->after->v[POLICY_CHAIN].choice].word,
		    c->from, c->to);
}

static void
print_line(const char *mark, const struct statement *st, const struct change *c,
    struct buf *b)
{
	if (st == NULL)
		return;
	buf_add(b, mark);
	statement_print(st, b);
	if (st == c->after)
		change_print_move(c, b);
	buf_add(b, "\n");
}

void
change_print(const struct change *c, struct buf *b)
{
	if (c->from != 0 && statement_equal(c->before, c->after)) {
		print_line("~ ", c->after, c, b);
		return;
	}
	print_line("- ", c->before, c, b);
	print_line("+ ", c->after, c, b);
}

static void
print_change(void *arg, const struct change *c)
{
	change_print(c, arg);
}

void
config_print_diff(
    const struct config *before, const struct config *after, struct buf *b)
{
	config_diff(before, after, print_change, b);
}
