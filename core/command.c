/* The commands: the same words one-shot, at the prompt and in the shell. */
#include "config.h"

#include "core/command_parts.h"

#include <string.h>

#include "core/intl.h"
#include "core/util.h"

void
command_refusal(const struct err *why, struct buf *notes)
{
	buf_printf(notes,
	    _("note: as it is now, a commit would be refused: %s\n"),
	    why->text);
	if (why->hint[0] != '\0')
		buf_printf(notes, "  %s\n", why->hint);
}

enum { HELP_WORD };

static const struct arg help_args[] = {
	[HELP_WORD] = { "word", &type_word, 0, N_("a command or a statement") },
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
	.run = run_help,
};

const struct command *const commands[] = {
	&command_show,
	&command_add,
	&command_set,
	&command_delete,
	&command_move,
	&command_undo,
	&command_diff,
	&command_check,
	&command_commit,
	&command_confirm,
	&command_extend,
	&command_revert,
	&command_discard,
	&command_apply,
	&command_history,
	&command_rollback,
	&help,
	NULL,
};

/* The rows of the commands, for the walks over them. */
static void
command_rows(struct row rows[static NITEMS(commands)])
{
	size_t i;

	for (i = 0; commands[i] != NULL; i++)
		rows[i] = commands[i]->row;
	rows[i] = (struct row){ .name = NULL };
}

/* A lone word with blanks is a whole statement that the shell kept in one
 * piece. */
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
	if (row == NULL)
		return -1;
	c = commands[row - rows];
	r = parse_tail(c, w, &st, e);
	if (r == 0 && c->tail == TAIL_NONE)
		r = schema_parse(row, w, v, false, e);
	if (r == 0)
		r = c->run(h, v, st, out, notes, e);
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

void
command_complete(const struct host *h, const char *line,
    void (*add)(void *arg, const char *word, const char *help), void *arg)
{
	struct row rows[NITEMS(commands)];
	struct suggest s = { &h->snapshot, &h->candidate, add, arg };
	size_t first = strcspn(line, " "), blanks, i;
	const struct command *c = NULL;

	command_rows(rows);
	for (i = 0; commands[i] != NULL && first > 0; i++)
		if (strncmp(commands[i]->row.name, line, first) == 0 &&
		    commands[i]->tail != TAIL_NONE)
			c = commands[i];
	blanks = strspn(line + first, " ");
	if (c != NULL && blanks > 0)
		schema_complete(statement_rows, line + first + blanks, &s);
	else
		schema_complete(rows, line, &s);
}

/* What each of its words means. */
static void
help_words(const struct row *row, struct buf *b)
{
	const struct arg *a;

	for (a = row->args; a < row->args + row->nargs; a++)
		buf_printf(b, "        %-10s %s\n", a->name, _(a->help));
}

static void
help_row(const struct row *row, const char *tail, bool whole, struct buf *b)
{
	buf_add(b, "  ");
	schema_usage(row, b);
	buf_printf(b, "%s\n      %s\n", tail, _(row->help));
	if (whole)
		help_words(row, b);
}

void
command_help(const char *word, struct buf *b)
{
	static const char *const tails[] = { [TAIL_NONE] = "",
		[TAIL_STATEMENT] = " STATEMENT",
		[TAIL_KEY] = " KEY" };
	bool whole = word[0] != '\0';
	const struct row *row;
	size_t before = b->len, i;

	for (i = 0; commands[i] != NULL; i++) {
		row = &commands[i]->row;
		if (!has_prefix(row->name, word))
			continue;
		if (b->len == before)
			buf_add(b, _("Commands\n"));
		help_row(row, tails[commands[i]->tail], whole, b);
	}
	if (!whole)
		buf_add(b, "\n");
	before = b->len;
	for (row = statement_rows; row->name != NULL; row++) {
		if (!has_prefix(row->name, word))
			continue;
		if (b->len == before)
			buf_add(b, _("Statements\n"));
		help_row(row, "", whole, b);
	}
}
