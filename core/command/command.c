/* The commands, which are the same one-shot, at the prompt and in the shell. */
#include "config.h"

#include "core/command/command_parts.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/base/util.h"
#include "core/lang/suggest.h"
#include "core/lang/type_addr.h"
#include "core/show/connection.h"

enum { HELP_WORD };

static void
help_suggest(const struct type *t UNUSED, struct suggest *s)
{
	const struct row *row;
	size_t i;

	for (i = 0; commands[i] != NULL; i++)
		s->add(s->arg, commands[i]->row.name, _(commands[i]->row.help));
	for (row = statement_rows; row->name != NULL; row++)
		s->add(s->arg, row->name, _(row->help));
}

static const struct type type_help = { .metavar = "WORD",
	.desc = N_("a command or a statement"),
	.parse = type_word_parse,
	.print = type_word_print,
	.free = type_word_free,
	.suggest = help_suggest };

static const struct arg help_args[] = {
	[HELP_WORD] = { "word", &type_help, 0, N_("a command or a statement") },
};

static int
run_help(struct host *h UNUSED, const struct value *v,
    struct statement *st UNUSED, struct buf *out, struct buf *notes UNUSED,
    struct err *e)
{
	command_help(v[HELP_WORD].set ? v[HELP_WORD].text : "", out);
	if (out->len > 0)
		return 0;
	err_set(e, ERR_USAGE, "no command and no statement starts like that");
	return err_hint(e, "seki help lists them");
}

static const struct command help = {
	.row = { .name = "help",
	    .help = N_("what the words mean"),
	    ARGS(help_args) },
	.looks = true,
	.run = run_help,
};

const struct command *const commands[] = {
	&command_show,
	&command_add,
	&command_set,
	&command_delete,
	&command_move,
	&command_undo,
	&command_redo,
	&command_diff,
	&command_check,
	&command_commit,
	&command_confirm,
	&command_extend,
	&command_revert,
	&command_enable,
	&command_discard,
	&command_apply,
	&command_end,
	&command_doctor,
	&command_setup,
	&command_try,
	&command_explain,
	&command_history,
	&command_log,
	&command_metrics,
	&command_rollback,
	&help,
	NULL,
};

/* Copies the rows of all commands, for walks over them. */
static void
command_rows(struct row rows[static NITEMS(commands)])
{
	size_t i;

	for (i = 0; commands[i] != NULL; i++)
		rows[i] = commands[i]->row;
	rows[i] = (struct row){ .name = NULL };
}

/* A single word with blanks is a statement that the shell's quotes kept
 * together. */
static int
parse_tail(const struct command *c, struct words *w, struct statement **st,
    struct err *e)
{
	const struct word *word = words_peek(w);
	bool partial = c->tail == TAIL_KEY;
	struct words inner = { 0 };

	if (c->tail == TAIL_NONE)
		return 0;
	if (word != NULL && w->at + 1 == w->n &&
	    strpbrk(word->text, " \t") != NULL) {
		if (words_split(&inner, word->text, e) == 0)
			*st = statement_parse(&inner, partial, e);
		words_free(&inner);
	} else {
		*st = statement_parse(w, partial, e);
	}
	return *st != NULL ? 0 : -1;
}

/* A statement where a command belongs lacks its verb. */
static void
hint_add(struct words *w, struct err *e)
{
	const struct row *row = statement_rows;
	struct buf b = { 0 };
	struct statement *st;
	struct err ignored;

	w->at = 0;
	while (w->n > 0 && row->name != NULL &&
	       strcmp(row->name, w->v[0].text) != 0)
		row++;
	if (w->n == 0 || row->name == NULL)
		return;
	st = statement_parse(w, false, &ignored);
	if (st != NULL)
		statement_print(st, &b);
	else
		buf_printf(&b, "%s ...", row->name);
	err_hint(e, "did you mean add %s?", buf_text(&b));
	statement_free(st);
	buf_free(&b);
}

int
command_run(struct host *h, struct words *w, struct buf *out, struct buf *notes,
    struct err *e)
{
	struct row rows[NITEMS(commands)];
	struct value v[ARGS_MAX] = { 0 };
	struct statement *st = NULL;
	const struct command *c;
	const struct row *row;
	int r;

	command_rows(rows);
	row = schema_find(rows, w, N_("command"), e);
	if (row == NULL) {
		hint_add(w, e);
		return -1;
	}
	c = commands[row - rows];
	r = parse_tail(c, w, &st, e);
	if (r == 0 && c->tail == TAIL_NONE)
		r = schema_parse(row, w, v, false, e);
	if (r == 0)
		r = c->run(h, v, st, out, notes, e);
	if (r != 0 && e->code != ERR_PARTLY && !c->partial)
		buf_reset(out);
	schema_free(row, v);
	return r;
}

int
command_line(struct host *h, const char *line, struct buf *out,
    struct buf *notes, struct err *e)
{
	struct words w = { 0 };
	int r = words_split(&w, line, e);

	if (r == 0 && w.n > 0)
		r = command_run(h, &w, out, notes, e);
	words_free(&w);
	return r;
}

/* The command at the start of a line; NULL if there is none. */
static const struct command *
command_of(const char *line)
{
	struct row rows[NITEMS(commands)];
	const struct row *row = NULL;
	struct words w = { 0 };
	struct err ignored;
	size_t i = 0;

	command_rows(rows);
	if (words_split(&w, line, &ignored) == 0 && w.n > 0)
		row = schema_find(rows, &w, "", &ignored);
	if (row != NULL)
		i = (size_t)(row - rows);
	words_free(&w);
	return row != NULL ? commands[i] : NULL;
}

const char *
command_question(const char *line)
{
	const struct command *c = command_of(line);

	return c != NULL && c->ask != NULL ? _(c->ask) : NULL;
}

bool
command_is_slow(const char *line)
{
	const struct command *c = command_of(line);

	return c != NULL && c->slow;
}

bool
command_looks(struct words *w)
{
	struct row rows[NITEMS(commands)];
	struct value v[ARGS_MAX] = { 0 };
	const struct row *row;
	struct err ignored;
	bool looks;
	size_t i;

	command_rows(rows);
	w->at = 0;
	row = schema_find(rows, w, "", &ignored);
	if (row == NULL)
		return false;
	schema_parse(row, w, v, true, &ignored);
	looks = commands[row - rows]->looks;
	for (i = 0; i < row->nargs; i++)
		looks |= v[i].set && (row->args[i].flags & ARG_LOOKS) != 0;
	schema_free(row, v);
	return looks;
}

struct statement *
command_statement(const char *line, bool partial)
{
	const struct command *c = command_of(line);
	struct statement *st = NULL;
	struct words w = { 0 };
	struct err ignored;

	if (c != NULL && c->tail == TAIL_STATEMENT &&
	    words_split(&w, line, &ignored) == 0 && w.n > 1) {
		w.at = 1;
		st = statement_parse(&w, partial, &ignored);
	}
	words_free(&w);
	return st;
}

/* Completion */

/* If the typed words are the start of a statement's key, the next word of it;
 * else NULL. */
static const struct word *
next_of_key(const struct words *typed, const struct words *key)
{
	size_t i;

	if (typed->n >= key->n)
		return NULL;
	for (i = 0; i < typed->n; i++)
		if (!has_prefix(key->v[i].text, typed->v[i].text))
			return NULL;
	return &key->v[i];
}

/* A possible next word. */
struct next {
	char *word;
	char *help; /* the statement */
	unsigned n; /* how many there are */
};

struct nexts {
	struct next *v;
	size_t n;
};

static void
note_next(struct nexts *all, const struct word *word, const char *statement)
{
	struct buf shown = { 0 };
	size_t i = 0;

	words_print(&shown, word->text, "");
	while (i < all->n && strcmp(all->v[i].word, buf_text(&shown)) != 0)
		i++;
	if (i == all->n) {
		all->v = xgrow(all->v, all->n, sizeof(*all->v));
		all->v[all->n++] = (struct next){ .word = buf_take(&shown),
			.help = xstrdup(statement) };
	}
	all->v[i].n++;
	buf_free(&shown);
}

/* A single statement is shown itself, several as a number. */
static void
offer_nexts(struct nexts *all, struct suggest *s)
{
	struct next *x;
	char *several;

	for (x = all->v; x < END_OF(all->v, all->n); x++) {
		several = xasprintf(
		    ngettext("%u statement", "%u statements", x->n), x->n);
		s->add(s->arg, x->word, x->n > 1 ? several : x->help);
		free(several);
		free(x->word);
		free(x->help);
	}
	free(all->v);
}

static void
note_statement(
    struct nexts *all, const struct words *typed, const struct statement *st)
{
	struct buf text = { 0 };
	struct words key = { 0 };
	const struct word *next = NULL;
	struct err ignored;

	statement_key(st, &text);
	if (words_split(&key, buf_text(&text), &ignored) == 0)
		next = next_of_key(typed, &key);
	if (next != NULL) {
		buf_reset(&text);
		statement_print(st, &text);
		note_next(all, next, buf_text(&text));
	}
	words_free(&key);
	buf_free(&text);
}

/* Completes existing statements word by word; the words before the last blank
 * of text are given. */
static void
offer_statements(const struct config *c, const char *text, struct suggest *s)
{
	struct words typed = { 0 };
	struct nexts all = { 0 };
	struct err ignored;
	size_t i;

	if (words_split_given(&typed, text, &ignored) == 0 && typed.n > 0)
		for (i = 0; i < c->n; i++)
			if (c->v[i].st != NULL)
				note_statement(&all, &typed, c->v[i].st);
	offer_nexts(&all, s);
	words_free(&typed);
}

static void
offer_values(const struct type *t, struct suggest *s)
{
	if (t == &type_client)
		connection_suggest(s);
	else
		suggest_values(t, s);
}

void
command_complete(const struct host *h, const char *line,
    void (*add)(void *arg, const char *word, const char *help), void *arg)
{
	struct row rows[NITEMS(commands)];
	struct suggest s = { .snapshot = &h->snapshot,
		.config = &h->candidate,
		.values = offer_values,
		.add = add,
		.arg = arg,
		.host = h };
	size_t first = strcspn(line, " ");
	size_t blanks = strspn(line + first, " ");
	char *word = xstrndup(line, first);
	const struct command *c = blanks > 0 ? command_of(word) : NULL;

	free(word);
	if (c == NULL || c->tail == TAIL_NONE) {
		command_rows(rows);
		schema_complete(rows, line, &s);
		return;
	}
	line += first + blanks;
	if (c != &command_add)
		offer_statements(&h->candidate, line, &s);
	if (c->tail == TAIL_STATEMENT || strpbrk(line, " \t") == NULL)
		schema_complete(statement_rows, line, &s);
}

void
command_usage(const struct command *c, struct buf *b)
{
	static const char *const tails[] = { [TAIL_NONE] = "",
		[TAIL_STATEMENT] = " STATEMENT",
		[TAIL_KEY] = " KEY" };

	schema_usage(&c->row, b);
	buf_add(b, tails[c->tail]);
}

/* The meaning of each word. */
static void
help_words(const struct row *row, struct buf *b)
{
	const struct arg *a;
	size_t w = 0;

	for (a = row->args; a < END_OF(row->args, row->nargs); a++)
		if (strlen(schema_word(a)) > w)
			w = strlen(schema_word(a));
	for (a = row->args; a < END_OF(row->args, row->nargs); a++)
		buf_printf(b, "        %-*s  %s\n", (int)w, schema_word(a),
		    _(a->help));
}

static void
help_row(const struct row *row, bool whole, struct buf *b)
{
	buf_printf(b, "\n      %s\n", _(row->help));
	if (whole)
		help_words(row, b);
}

/* Whether a row is called just that: then longer names are not meant. */
static bool
is_name(const char *word)
{
	const struct row *row = statement_rows;
	size_t i = 0;

	while (commands[i] != NULL && strcmp(commands[i]->row.name, word) != 0)
		i++;
	while (row->name != NULL && strcmp(row->name, word) != 0)
		row++;
	return commands[i] != NULL || row->name != NULL;
}

static bool
is_meant(const struct row *row, const char *word, bool exact)
{
	return exact ? strcmp(row->name, word) == 0
		     : has_prefix(row->name, word);
}

void
command_help(const char *word, struct buf *b)
{
	bool whole = word[0] != '\0', exact = is_name(word);
	const struct row *row;
	size_t before = b->len, i;

	for (i = 0; commands[i] != NULL; i++) {
		row = &commands[i]->row;
		if (!is_meant(row, word, exact))
			continue;
		if (b->len == before)
			buf_add(b, _("Commands\n"));
		buf_add(b, "  ");
		command_usage(commands[i], b);
		help_row(row, whole, b);
	}
	if (!whole)
		buf_add(b, "\n");
	before = b->len;
	for (row = statement_rows; row->name != NULL; row++) {
		if (!is_meant(row, word, exact))
			continue;
		if (b->len == before)
			buf_add(b, _("Statements\n"));
		buf_add(b, "  ");
		schema_usage(row, b);
		help_row(row, whole, b);
	}
}
