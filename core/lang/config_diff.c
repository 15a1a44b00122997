/* Differences between configs, by the object each statement names. */
#include "config.h"

#include "core/lang/config_diff.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/base/util.h"

/* A statement with its key and its place. */
struct entry {
	const char *key;
	const struct statement *st;
	size_t order;
	unsigned number; /* of a policy in its chain, from 1 */
};

/* By key, then by place. */
struct index {
	struct entry *v;
	size_t n;
	struct buf keys; /* each ended by NUL */
};

static int
key_compare(const void *a, const void *b)
{
	return strcmp(
	    ((const struct entry *)a)->key, ((const struct entry *)b)->key);
}

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

/* Once all are printed, since they move while they grow. */
static void
find_keys(struct index *x)
{
	const char *key = x->keys.s;
	size_t i;

	for (i = 0; i < x->n; i++) {
		x->v[i].key = key;
		key += strlen(key) + 1;
	}
}

static void
index_build(struct index *x, const struct config *c)
{
	unsigned counts[CHAIN_COUNT] = { 0 };
	const struct statement *st;
	size_t i;

	memset(x, 0, sizeof(*x));
	x->v = xcalloc(c->n, sizeof(*x->v));
	for (i = 0; i < c->n; i++) {
		st = c->v[i].st;
		if (st == NULL)
			continue;
		statement_key(st, &x->keys);
		buf_add_n(&x->keys, "", 1);
		x->v[x->n++] = (struct entry){
			.st = st, .order = i, .number = number_next(counts, st)
		};
	}
	find_keys(x);
	if (x->n > 1)
		qsort(x->v, x->n, sizeof(*x->v), entry_compare);
}

static void
index_free(struct index *x)
{
	buf_free(&x->keys);
	free(x->v);
}

static const struct statement *
find_twice(const struct config *c, const struct statement **first)
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

int
config_check_twice(const struct config *c, struct err *e)
{
	const struct statement *first, *again = find_twice(c, &first);
	struct buf key = { 0 };

	if (again == NULL)
		return 0;
	statement_key(again, &key);
	err_set(e, ERR_UNSAFE, "duplicate statement: %s", key.s);
	err_hint(e, "the first is on line %u; delete one of them", first->line);
	config_hint_bridge(again, e);
	statement_blame(again, SIZE_MAX, e);
	if (c->file != NULL && again->line != 0)
		snprintf(e->file, sizeof(e->file), "%s", c->file);
	buf_free(&key);
	return -1;
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

/* Who has whom in the other one, by order: *old of each line of after, owned by
 * the caller, and whether a line of before is *kept, likewise. */
static void
pair(const struct index *before, const struct index *after, struct match *old,
    bool *kept)
{
	const struct entry *x = before->v, *y = after->v;
	int d;

	while (x < END_OF(before->v, before->n) &&
	       y < END_OF(after->v, after->n)) {
		d = key_compare(x, y);
		if (d == 0) {
			old[y->order].old = x;
			kept[x->order] = true;
		}
		x += d <= 0;
		y += d >= 0;
	}
}

static void
tell_removed(const struct config *before, const bool *kept, config_diff_fn *fn,
    void *arg)
{
	struct change change = { 0 };
	size_t i;

	for (i = 0; i < before->n; i++) {
		change.before = before->v[i].st;
		if (change.before != NULL && !kept[i])
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

/* The policies of each chain; 0 where all of them were added, when nobody asks
 * for the place of one. */
static void
count_policies(const struct config *after, const struct match *m,
    unsigned n[static CHAIN_COUNT])
{
	bool had[CHAIN_COUNT] = { 0 };
	const struct statement *st;
	size_t i;

	for (i = 0; i < after->n; i++) {
		st = after->v[i].st;
		if (st != NULL && number_next(n, st) > 0 && m[i].old != NULL)
			had[st->v[POLICY_CHAIN].choice] = true;
	}
	for (i = 0; i < CHAIN_COUNT; i++)
		if (!had[i])
			n[i] = 0;
}

/* Where a policy was added; number is 0 of what is none. */
static void
place(struct change *c, unsigned number, unsigned policies,
    const struct statement *behind)
{
	c->number = number;
	c->policies = policies;
	c->behind = number > 1 ? behind : NULL;
}

/* What is no policy is counted as of a chain behind all others. */
static void
tell_others(const struct config *after, const struct match *m,
    config_diff_fn *fn, void *arg)
{
	unsigned counts[CHAIN_COUNT] = { 0 }, all[CHAIN_COUNT + 1] = { 0 };
	const struct statement *last[CHAIN_COUNT + 1] = { 0 }, *st;
	unsigned number;
	struct change change;
	size_t i, chain;

	count_policies(after, m, all);
	for (i = 0; i < after->n; i++) {
		st = after->v[i].st;
		if (st == NULL)
			continue;
		number = number_next(counts, st);
		chain = number > 0 ? st->v[POLICY_CHAIN].choice : CHAIN_COUNT;
		if (compare(&m[i], st, number, &change)) {
			if (change.before == NULL)
				place(&change, number, all[chain], last[chain]);
			fn(arg, &change);
		}
		last[chain] = st;
	}
}

void
config_diff(const struct config *before, const struct config *after,
    config_diff_fn *fn, void *arg)
{
	struct match *m = xcalloc(after->n, sizeof(*m));
	bool *kept = xcalloc(before->n, sizeof(*kept));
	struct index x, y;
	enum chain chain;

	index_build(&x, before);
	index_build(&y, after);
	pair(&x, &y, m, kept);
	for (chain = 0; chain < CHAIN_COUNT; chain++)
		find_moved(after, chain, m);
	tell_removed(before, kept, fn, arg);
	tell_others(after, m, fn, arg);
	index_free(&x);
	index_free(&y);
	free(kept);
	free(m);
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
print_place(const struct change *c, struct buf *b)
{
	const char *chain;
	struct buf behind = { 0 };

	if (c->policies == 0)
		return;
	chain = type_chain.choices[c->after->v[POLICY_CHAIN].choice].word;
	if (c->behind == NULL) {
		buf_printf(
		    b, _("   (as policy 1 of %u of %s)"), c->policies, chain);
		return;
	}
	statement_print(c->behind, &behind);
	buf_printf(b, _("   (as policy %u of %u of %s, behind %s)"), c->number,
	    c->policies, chain, buf_text(&behind));
	buf_free(&behind);
}

static void
print_line(const char *mark, const struct statement *st, const struct change *c,
    struct buf *b)
{
	if (st == NULL)
		return;
	buf_add(b, mark);
	statement_print(st, b);
	if (st == c->after) {
		change_print_move(c, b);
		print_place(c, b);
	}
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
