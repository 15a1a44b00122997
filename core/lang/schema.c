/* Rows of a language: one walk parses, prints, completes and explains them. */
#include "config.h"

#include "core/lang/schema.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"

static void
list_rows(const struct row *rows, const char *start, struct buf *b)
{
	for (; rows->name != NULL; rows++) {
		if (!has_prefix(rows->name, start))
			continue;
		buf_printf(b, "%s%s", b->len > 0 ? ", " : "", rows->name);
	}
}

static void
hint_rows(const struct row *rows, const char *word, bool known, struct err *e)
{
	const struct row *r, *near = rows;
	struct buf b = { 0 };

	for (r = rows; r->name != NULL; r++)
		if (text_distance(r->name, word) <
		    text_distance(near->name, word))
			near = r;
	list_rows(rows, known ? word : "", &b);
	if (!known && text_distance(near->name, word) <= 2)
		err_hint(e, "did you mean %s?", near->name);
	else
		err_hint(e, "it can be: %s", buf_text(&b));
	buf_free(&b);
}

static void
refuse_row(const struct row *rows, const struct words *w,
    const struct word *word, const char *what, bool known, struct err *e)
{
	struct buf shown = { 0 };

	words_print(&shown, word->text, "");
	if (known)
		err_set(
		    e, ERR_USAGE, "ambiguous %s %s", _(what), buf_text(&shown));
	else
		err_set(
		    e, ERR_USAGE, "unknown %s %s", _(what), buf_text(&shown));
	hint_rows(rows, word->text, known, e);
	words_blame(w, word, e);
	buf_free(&shown);
}

const struct row *
schema_find(
    const struct row *rows, struct words *w, const char *what, struct err *e)
{
	const struct word *word = words_take(w);
	const struct row *r, *found = NULL;
	unsigned matches = 0;

	if (word == NULL) {
		err_set(e, ERR_USAGE, "a %s is missing", _(what));
		hint_rows(rows, "", true, e);
		words_blame(w, NULL, e);
		return NULL;
	}
	for (r = rows; r->name != NULL && word_is_plain(word); r++) {
		if (strcmp(r->name, word->text) == 0)
			return r;
		if (has_prefix(r->name, word->text)) {
			found = r;
			matches++;
		}
	}
	if (matches == 1)
		return found;
	refuse_row(rows, w, word, what, matches > 1, e);
	return NULL;
}

/* State of a walk through one row. */
struct walk {
	const struct row *row;
	struct words *words;
	struct value *v;
	size_t positional;     /* the next one; nargs when all were read */
	size_t word[ARGS_MAX]; /* where the reading of each value began */
};

static bool
is_positional(const struct arg *a)
{
	return (a->flags & (ARG_KEYWORD | ARG_FLAG)) == 0;
}

const char *
schema_word(const struct arg *a)
{
	return is_positional(a) ? a->type->metavar : a->name;
}

static void
skip_to_positional(struct walk *k)
{
	while (k->positional < k->row->nargs &&
	       !is_positional(&k->row->args[k->positional]))
		k->positional++;
}

/* The keyword or flag the word names exactly, or abbreviates unambiguously
 * among those not given yet; -1 for none, -2 for several. */
static int
find_keyword(const struct walk *k, const struct word *word, bool exact)
{
	const struct arg *a;
	int found = -1;
	size_t i;

	if (!word_is_plain(word))
		return -1;
	for (i = 0; i < k->row->nargs; i++) {
		a = &k->row->args[i];
		if (is_positional(a) || !has_prefix(a->name, word->text))
			continue;
		if (strcmp(a->name, word->text) == 0)
			return (int)i;
		if (!exact && !k->v[i].set)
			found = found == -1 ? (int)i : -2;
	}
	return found;
}

static bool
can_follow(const struct walk *k, size_t i)
{
	return !k->v[i].set &&
	       (k->row->suits == NULL || k->row->suits(k->v, i));
}

static void
print_next(const struct walk *k, struct buf *b)
{
	const struct arg *a;
	size_t i;

	for (i = 0; i < k->row->nargs; i++) {
		a = &k->row->args[i];
		if (!can_follow(k, i) ||
		    (is_positional(a) && i < k->positional))
			continue;
		buf_printf(b, "%s%s", b->len > 0 ? ", " : "", schema_word(a));
	}
}

static int
fail_word(
    const struct walk *k, const struct word *word, bool known, struct err *e)
{
	struct buf shown = { 0 }, next = { 0 };

	words_print(&shown, word->text, "");
	print_next(k, &next);
	if (known)
		err_set(e, ERR_USAGE, "ambiguous word %s", buf_text(&shown));
	else
		err_set(e, ERR_USAGE, "unknown word %s", buf_text(&shown));
	if (next.len > 0)
		err_hint(e, "what may follow here: %s", buf_text(&next));
	else
		err_hint(e, "nothing may follow here");
	buf_free(&shown);
	buf_free(&next);
	return words_blame(k->words, word, e);
}

static void
note_place(struct walk *k, size_t i)
{
	const struct words *w = k->words;
	const struct word *first = &w->v[k->word[i]];
	const struct word *last = &w->v[w->at - 1];

	k->v[i].col = (uint16_t)first->col;
	k->v[i].len = (uint16_t)(last->col + last->len - first->col);
}

static int
read_value(struct walk *k, size_t i, struct err *e)
{
	const struct arg *a = &k->row->args[i];

	/* A flag's word has been taken already. */
	k->word[i] = k->words->at - (a->type == NULL);
	if (a->type != NULL &&
	    a->type->parse(a->type, k->words, &k->v[i], e) != 0)
		return -1;
	k->v[i].set = true;
	note_place(k, i);
	return 0;
}

static int
read_keyword(struct walk *k, size_t i, struct err *e)
{
	const struct word *word = words_take(k->words);

	if (k->v[i].set) {
		err_set(
		    e, ERR_USAGE, "%s is given twice", k->row->args[i].name);
		return words_blame(k->words, word, e);
	}
	return read_value(k, i, e);
}

/* Whether an optional positional could start with this word. */
static bool
positional_takes(const struct arg *a, const struct word *word)
{
	return a->type->choices == NULL ||
	       type_choose(a->type->choices, word->text) != -1;
}

/* The next required positional; nargs if there is none. */
static size_t
next_required(const struct walk *k)
{
	size_t i = k->positional;

	while (
	    i < k->row->nargs && (!is_positional(&k->row->args[i]) ||
				     !(k->row->args[i].flags & ARG_REQUIRED)))
		i++;
	return i;
}

/* A required positional is due first, and so are the optional ones before it,
 * unless the word is none of their choices. */
static bool
is_due(struct walk *k, const struct word *word)
{
	size_t required = next_required(k);

	if (required == k->row->nargs)
		return false;
	if (!positional_takes(&k->row->args[k->positional], word))
		k->positional = required;
	return true;
}

/* After what is due: a keyword written in full, then whichever of keyword and
 * positional the word can only be. */
static int
read_next(struct walk *k, struct err *e)
{
	const struct word *word = words_peek(k->words);
	const struct arg *next = NULL;
	bool takes, chooses;
	int i;

	skip_to_positional(k);
	if (k->positional < k->row->nargs)
		next = &k->row->args[k->positional];
	if (is_due(k, word))
		return read_value(k, k->positional++, e);
	i = find_keyword(k, word, true);
	if (i >= 0)
		return read_keyword(k, (size_t)i, e);
	i = find_keyword(k, word, false);
	takes = next != NULL && positional_takes(next, word);
	chooses = takes && next->type->choices != NULL;
	if (i == -2 || (i >= 0 && chooses))
		return fail_word(k, word, true, e);
	if (i >= 0)
		return read_keyword(k, (size_t)i, e);
	if (takes)
		return read_value(k, k->positional++, e);
	return fail_word(k, word, false, e);
}

/* The purpose of a missing value, and its choices if it has any. */
static void
hint_missing(const struct arg *a, struct err *e)
{
	struct buf b = { 0 };

	if (a->type->desc == NULL) {
		buf_add(&b, ": ");
		type_explain(a->type, &b);
	}
	err_hint(e, "%s: %s%s", schema_word(a), _(a->help), buf_text(&b));
	buf_free(&b);
}

static int
check_complete(const struct walk *k, struct err *e)
{
	const struct arg *a;
	size_t i;

	for (i = 0; i < k->row->nargs; i++) {
		a = &k->row->args[i];
		if ((a->flags & ARG_REQUIRED) == 0 || k->v[i].set)
			continue;
		err_set(
		    e, ERR_USAGE, "incomplete: %s is missing", schema_word(a));
		hint_missing(a, e);
		return words_blame(k->words, NULL, e);
	}
	return 0;
}

int
schema_parse(const struct row *row, struct words *w, struct value *v,
    bool partial, struct err *e)
{
	struct walk k = { .row = row, .words = w, .v = v };
	size_t blame = SIZE_MAX;

	while (words_peek(w) != NULL)
		if (read_next(&k, e) != 0)
			return -1;
	if (partial)
		return 0;
	if (check_complete(&k, e) != 0)
		return -1;
	if (row->check == NULL || row->check(row, v, e, &blame) == 0)
		return 0;
	return words_blame(w,
	    blame < row->nargs && v[blame].set ? &w->v[k.word[blame]] : NULL,
	    e);
}

void
schema_free(const struct row *row, struct value *v)
{
	size_t i;

	for (i = 0; i < row->nargs; i++)
		if (row->args[i].type != NULL)
			type_free(row->args[i].type, &v[i]);
}

void
schema_print(
    const struct row *row, const struct value *v, bool key, struct buf *b)
{
	const struct arg *a;
	size_t i;

	buf_add(b, row->name);
	for (i = 0; i < row->nargs; i++) {
		a = &row->args[i];
		if (!v[i].set || (key && (a->flags & ARG_KEY) == 0))
			continue;
		buf_add(b, " ");
		if (!is_positional(a))
			buf_add(b, a->name);
		if ((a->flags & ARG_KEYWORD) != 0)
			buf_add(b, " ");
		if (a->type != NULL)
			type_print(a->type, &v[i], b);
	}
}

void
schema_usage(const struct row *row, struct buf *b)
{
	const struct arg *a;
	size_t i;

	buf_add(b, row->name);
	for (i = 0; i < row->nargs; i++) {
		a = &row->args[i];
		buf_add(b, (a->flags & ARG_REQUIRED) != 0 ? " " : " [");
		if (!is_positional(a))
			buf_add(b, a->name);
		if ((a->flags & ARG_KEYWORD) != 0)
			buf_add(b, " ");
		if (a->type != NULL)
			buf_add(b, a->type->metavar);
		if ((a->flags & ARG_REQUIRED) == 0)
			buf_add(b, "]");
	}
}

/* Completion: the same walk over all words but the last, then everything that
 * may come next. */

static void
offer_keywords(const struct walk *k, struct suggest *s)
{
	const struct arg *a;
	size_t i;

	for (i = 0; i < k->row->nargs; i++) {
		a = &k->row->args[i];
		if (!is_positional(a) && can_follow(k, i))
			s->add(s->arg, a->name, _(a->help));
	}
}

/* Existing values, and what else may be written. */
static void
offer_value(const struct type *t, struct suggest *s)
{
	char *help;

	if (s->values != NULL)
		s->values(t, s);
	if (t->choices != NULL)
		return;
	help = xasprintf("%s: %s", t->metavar, _(t->desc));
	s->add(s->arg, "", help);
	free(help);
}

static void
offer_next(struct walk *k, struct suggest *s)
{
	skip_to_positional(k);
	if (k->positional < k->row->nargs)
		offer_value(k->row->args[k->positional].type, s);
	if (next_required(k) == k->row->nargs)
		offer_keywords(k, s);
}

/* The type of the value in progress: the words end at a keyword, or in the
 * middle of a value, as after "container" in a WHO. */
static const struct type *
pending_type(const struct walk *k)
{
	const struct words *w = k->words;
	const struct arg *a;
	size_t i;

	for (i = 0; i < k->row->nargs; i++) {
		a = &k->row->args[i];
		if (k->v[i].set || a->type == NULL || k->word[i] == 0 ||
		    k->word[i] > w->n)
			continue;
		if (k->word[i] == w->n)
			return a->type;
		if (a->type->rest != NULL)
			return a->type->rest(w->v[w->n - 1].text);
	}
	return NULL;
}

static void
complete_row(const struct row *row, struct words *w, struct suggest *s)
{
	struct value v[ARGS_MAX] = { 0 };
	struct walk k = { .row = row, .words = w, .v = v };
	const struct type *pending = NULL;
	struct err e;
	int r = 0;

	while (words_peek(w) != NULL && r == 0)
		r = read_next(&k, &e);
	s->v = v;
	if (r != 0)
		pending = pending_type(&k);
	if (pending != NULL)
		offer_value(pending, s);
	else if (r == 0)
		offer_next(&k, s);
	s->v = NULL;
	schema_free(row, v);
}

void
schema_complete(const struct row *rows, const char *text, struct suggest *s)
{
	const struct row *row;
	struct words w = { 0 };
	struct err e;

	if (words_split_given(&w, text, &e) != 0)
		goto out;
	if (w.n == 0) {
		for (row = rows; row->name != NULL; row++)
			s->add(s->arg, row->name, _(row->help));
		goto out;
	}
	row = schema_find(rows, &w, N_("word"), &e);
	if (row != NULL)
		complete_row(row, &w, s);
out:
	words_free(&w);
}
