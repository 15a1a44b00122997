/* Actions and their key bindings. */
#include "config.h"

#include "tui/action.h"

#include <string.h>

#include "core/base/intl.h"

static bool
binds(const struct action *a, int key)
{
	size_t i;

	for (i = 0; i < NITEMS(a->key); i++)
		if (a->key[i] == key)
			return true;
	return false;
}

int
act_run(const struct act *acts, int id, void *self)
{
	for (; acts->id != ACT_NONE; acts++) {
		if (acts->id == id) {
			acts->fn(self);
			return ACT_NONE;
		}
	}
	return id;
}

static const struct action *
find(const struct action *const *tables, int key)
{
	const struct action *a;

	for (; *tables != NULL; tables++)
		for (a = *tables; a->id != ACT_NONE; a++)
			if (binds(a, key))
				return a;
	return NULL;
}

const struct action *
action_find(const struct action *const *tables, int key)
{
	const struct action *first;

	if (key == K_NONE)
		return NULL;
	first = KEY_IS_PAIR(key) ? find(tables, PAIR_FIRST(key)) : NULL;
	return first != NULL && first->id >= ACT_APP ? NULL : find(tables, key);
}

int
action_begun(const struct action *const *tables, int key)
{
	const struct action *a;
	size_t i;

	for (; *tables != NULL; tables++)
		for (a = *tables; a->id != ACT_NONE; a++)
			for (i = 0; i < NITEMS(a->key); i++)
				if (KEY_IS_PAIR(a->key[i]) &&
				    PAIR_FIRST(a->key[i]) == key)
					return a->key[i];
	return K_NONE;
}

static bool
same_entry(const struct action *a, const struct action *b)
{
	return a->id != ACT_NONE && b->id != ACT_NONE && a->label != NULL &&
	       b->label != NULL && strcmp(a->label, b->label) == 0;
}

void
action_keys(struct buf *b, const struct action *a)
{
	key_print(b, a->key[0]);
	for (; same_entry(a, a + 1); a++) {
		buf_add(b, "/");
		key_print(b, a[1].key[0]);
	}
}

const char *
action_label(const struct action_namer *by, const struct action *a)
{
	const char *label =
	    by->label != NULL ? by->label(by->arg, a) : a->label;

	return label != NULL ? _(label) : NULL;
}

/* Including the two blanks before the next entry. */
static size_t
entry_width(const struct action_namer *by, const struct action *a)
{
	struct buf b = { 0 };
	size_t w;

	action_keys(&b, a);
	w = text_width(buf_text(&b)) + 1 + text_width(action_label(by, a)) + 2;
	buf_free(&b);
	return w;
}

static bool
is_entry(const struct action *const *tables, const struct action *table,
    const struct action *a)
{
	return a->label != NULL && action_find(tables, a->key[0]) == a &&
	       (a == table || !same_entry(a - 1, a));
}

static const struct action *
find_id(const struct action *const *tables, int id)
{
	const struct action *a;

	for (; *tables != NULL; tables++)
		for (a = *tables; a->id != ACT_NONE; a++)
			if (a->id == id)
				return a;
	return NULL;
}

#define QUIT_FROM 60 /* columns that have room for the way out */

/* What the bar ends with: how to quit, where it has room, and the help. */
static size_t
last_entries(const struct action *const *tables, const struct action_namer *by,
    size_t w, const struct action *last[2])
{
	const struct action *quit = find_id(tables, ACT_QUIT);
	const struct action *help = find_id(tables, ACT_HELP);
	size_t n = 0;

	if (w >= QUIT_FROM && quit != NULL && is_entry(tables, quit, quit) &&
	    action_label(by, quit) != NULL)
		last[n++] = quit;
	if (help != NULL)
		last[n++] = help;
	return n;
}

/* A key bar that is being filled. */
struct bar {
	const struct action *const *tables;
	const struct action_namer *by;
	const struct action *last[2]; /* what it may end with */
	size_t nlast;
	const struct action **rows;
	size_t n;
	size_t edits; /* of these */
};

static void
fill_bar(struct bar *bar, size_t w, size_t max)
{
	const struct action *a;
	size_t i, used = 0;

	bar->n = bar->edits = 0;
	for (i = 0; bar->tables[i] != NULL; i++) {
		for (a = bar->tables[i]; a->id != ACT_NONE; a++) {
			if (a == bar->last[0] || a == bar->last[1] ||
			    !is_entry(bar->tables, bar->tables[i], a) ||
			    action_label(bar->by, a) == NULL)
				continue;
			used += entry_width(bar->by, a);
			if (used > w || bar->n == max)
				return;
			bar->rows[bar->n++] = a;
			bar->edits += a->id >= ACT_EDITS;
		}
	}
}

/* Fills it, and ends it with the last n entries of those. */
static void
fill_all(struct bar *bar, size_t w, size_t max, size_t n)
{
	const struct action *const *last = bar->last + bar->nlast - n;
	size_t used = 0, i;

	for (i = 0; i < n; i++)
		used += entry_width(bar->by, last[i]);
	fill_bar(bar, used < w + 2 ? w + 2 - used : 0, max - n);
	for (i = 0; i < n; i++)
		bar->rows[bar->n++] = last[i];
}

size_t
action_bar(const struct action *const *tables, const struct action_namer *by,
    size_t w, const struct action **rows, size_t max)
{
	struct bar bar = { .tables = tables, .by = by, .rows = rows };
	size_t edits;

	bar.nlast = last_entries(tables, by, w, bar.last);
	fill_all(&bar, w, max, bar.nlast);
	edits = bar.edits;
	if (bar.nlast == 2)
		fill_all(&bar, w, max, 1);
	if (bar.nlast == 2 && bar.edits == edits)
		fill_all(&bar, w, max, 2);
	return bar.n;
}

bool
action_own_keys(
    const struct action *const *tables, const struct action *a, struct buf *b)
{
	size_t start = b->len, k;

	for (k = 0; k < NITEMS(a->key); k++) {
		if (action_find(tables, a->key[k]) != a)
			continue;
		buf_add(b, b->len > start ? " " : "");
		key_print(b, a->key[k]);
	}
	return b->len > start;
}

const struct action *
action_at(const struct action *const *tables, const struct action_namer *by,
    size_t w, size_t x)
{
	const struct action *rows[ACTION_BAR_MAX];
	size_t n = action_bar(tables, by, w, rows, NITEMS(rows)), i;

	for (i = 0; i < n && x >= entry_width(by, rows[i]); i++)
		x -= entry_width(by, rows[i]);
	return i < n ? rows[i] : NULL;
}

void
action_help(const struct action *const *tables, struct buf *b)
{
	const struct action *a;
	size_t start, i;

	for (i = 0; tables[i] != NULL; i++) {
		if (i > 0 && b->len > 0)
			buf_add(b, "\n");
		for (a = tables[i]; a->id != ACT_NONE; a++) {
			start = b->len;
			if (a->help == NULL || !action_own_keys(tables, a, b))
				continue;
			if (b->len - start < 14)
				buf_fill(b, ' ', 14 - (b->len - start));
			buf_printf(b, "  %s\n", _(a->help));
		}
	}
}
