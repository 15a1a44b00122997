/* The commands: the same words one-shot, at the prompt and in the shell. */
#include "config.h"

#include "core/command.h"

#include <stdlib.h>
#include <string.h>

#include "core/commit.h"
#include "core/exposure.h"
#include "core/guard.h"
#include "core/history.h"
#include "core/model.h"
#include "core/output.h"
#include "core/rows.h"
#include "core/safety.h"
#include "core/ssh.h"
#include "core/status.h"
#include "core/util.h"

/* show */

enum { SHOW_WHAT, SHOW_JSON };

static const struct type type_what = { .metavar = "WHAT",
	.choices = outputs,
	.parse = type_choice_parse,
	.print = type_choice_print,
	.suggest = type_choice_suggest };

static const struct arg show_args[] = {
	[SHOW_WHAT] = { "what", &type_what, ARG_REQUIRED, "what to show" },
	[SHOW_JSON] = { "--json", NULL, ARG_FLAG, "as JSON" },
};

static int
run_show(struct host *h, const struct value *v, struct statement *st UNUSED,
    struct buf *out, struct buf *notes UNUSED, struct err *e)
{
	const char *what = outputs[v[SHOW_WHAT].choice].word;

	if (strcmp(what, "candidate") == 0 &&
	    h->candidate_error.code != ERR_NONE) {
		*e = h->candidate_error;
		return -1;
	}
	if (v[SHOW_JSON].set)
		output_json(h, what, out);
	else
		output_text(h, what, out);
	return 0;
}

/* Edits */

/* Tells what the candidate says now, since "auto" became an address. */
static void
tell_edit(
    const struct host *h, const char *verb, const char *key, struct buf *notes)
{
	const struct statement *st;
	struct buf b = { 0 };
	size_t i;

	for (i = 0; i < h->candidate.n; i++) {
		st = h->candidate.v[i].st;
		buf_reset(&b);
		if (st == NULL)
			continue;
		statement_key(st, &b);
		if (strcmp(b.s, key) != 0)
			continue;
		buf_reset(&b);
		statement_print(st, &b);
		break;
	}
	buf_printf(
	    notes, "candidate: %s %s\n", verb, i < h->candidate.n ? b.s : key);
	buf_free(&b);
}

/* It may be started later, or be mistyped. NULL when it is there, or when the
 * statement is about something else; owned by the caller. */
static char *
absent_container(const struct host *h, const struct statement *st)
{
	struct buf b = { 0 };
	const char *name = st->v[CONTAINER_NAME].text;

	if (st->kind != ST_CONTAINER ||
	    snapshot_container(&h->snapshot, name, NULL) != NULL)
		return NULL;
	buf_add(&b, "note: no container ");
	words_print(&b, name, "");
	buf_add(&b, " is there now; ");
	model_suggest_container(NULL, &h->snapshot, name, &b);
	buf_add(&b, "\n");
	return buf_take(&b);
}

static void
tell_refusal(const struct err *why, struct buf *notes)
{
	buf_printf(notes, "note: as it is now, a commit would be refused: %s\n",
	    why->text);
	if (why->hint[0] != '\0')
		buf_printf(notes, "  %s\n", why->hint);
}

static int
edit(struct host *h, struct statement *st, const char *verb,
    int (*how)(struct host *, struct statement *, struct err *),
    struct buf *notes, struct err *e)
{
	struct buf key = { 0 };
	struct err why;
	int r;

	statement_key(st, &key);
	r = how(h, st, e);
	if (r == 0)
		tell_edit(h, verb, key.s, notes);
	if (r == 0 && host_check(h, &why) != 0)
		tell_refusal(&why, notes);
	buf_free(&key);
	return r;
}

/* An edit that states something, of which a container may be absent. */
static int
state(struct host *h, struct statement *st, const char *verb,
    int (*how)(struct host *, struct statement *, struct err *),
    struct buf *notes, struct err *e)
{
	char *absent = absent_container(h, st);
	int r = edit(h, st, verb, how, notes, e);

	if (r == 0 && absent != NULL)
		buf_add(notes, absent);
	free(absent);
	return r;
}

static int
run_add(struct host *h, const struct value *v UNUSED, struct statement *st,
    struct buf *out UNUSED, struct buf *notes, struct err *e)
{
	return state(h, st, "add", host_add, notes, e);
}

static int
run_set(struct host *h, const struct value *v UNUSED, struct statement *st,
    struct buf *out UNUSED, struct buf *notes, struct err *e)
{
	return state(h, st, "set", host_set, notes, e);
}

static int
delete_key(struct host *h, struct statement *key, struct err *e)
{
	int r = host_delete(h, key, e);

	statement_free(key);
	return r;
}

static int
run_delete(struct host *h, const struct value *v UNUSED, struct statement *st,
    struct buf *out UNUSED, struct buf *notes, struct err *e)
{
	return edit(h, st, "delete", delete_key, notes, e);
}

enum { MOVE_NUMBER, MOVE_WHERE, MOVE_TO };
enum { MOVE_UP, MOVE_DOWN };

static const struct choice move_words[] = {
	[MOVE_UP] = { "up", "one place earlier" },
	[MOVE_DOWN] = { "down", "one place later" },
	{ NULL, NULL },
};
static const struct type type_where = { .metavar = "up|down",
	.desc = "up or down, or to N",
	.choices = move_words,
	.parse = type_choice_parse,
	.print = type_choice_print,
	.suggest = type_choice_suggest };

static const struct arg move_args[] = {
	[MOVE_NUMBER] = { "number", &type_number, ARG_REQUIRED,
	    "the policy's number in seki show policies" },
	[MOVE_WHERE] = { "where", &type_where, 0, "one place up or down" },
	[MOVE_TO] = { "to", &type_number, ARG_KEYWORD, "to that place" },
};

static int
check_move(const struct row *row UNUSED, const struct value *v, struct err *e,
    size_t *blame UNUSED)
{
	if (v[MOVE_WHERE].set != v[MOVE_TO].set)
		return 0;
	err_set(e, ERR_USAGE, "move needs one place to go");
	return err_hint(e, "move N up, move N down, or move N to M");
}

/* The number to move to; 0, with the error, when there is no place. A policy
 * that is not there is for host_move to tell. */
static unsigned
move_to(const struct host *h, const struct value *v, struct err *e)
{
	unsigned n = v[MOVE_NUMBER].number, to;
	bool up = v[MOVE_WHERE].choice == MOVE_UP;

	if (v[MOVE_TO].set)
		return v[MOVE_TO].number;
	if (config_policy(&h->candidate, n) == NULL)
		return n;
	to = up ? n - 1 : n + 1;
	if (config_policy(&h->candidate, to) != NULL)
		return to;
	err_set(e, ERR_USAGE, "policy %u is the %s already", n,
	    up ? "first" : "last");
	return 0;
}

static int
run_move(struct host *h, const struct value *v, struct statement *st UNUSED,
    struct buf *out UNUSED, struct buf *notes, struct err *e)
{
	unsigned n = v[MOVE_NUMBER].number, to = move_to(h, v, e);

	if (to == 0)
		return -1;
	if (host_move(h, n, to, e) != 0)
		return -1;
	buf_printf(notes, "candidate: policy %u is now number %u\n", n, to);
	return 0;
}

static int
run_discard(struct host *h, const struct value *v UNUSED,
    struct statement *st UNUSED, struct buf *out UNUSED, struct buf *notes,
    struct err *e)
{
	if (host_discard(h, e) != 0)
		return -1;
	buf_add(notes, "the candidate is forgotten\n");
	return 0;
}

/* Commits */

static void
print_changes(const struct host *h, struct buf *out)
{
	struct change_row *v;
	size_t n, i;

	v = rows_changes(h, &n);
	for (i = 0; i < n; i++) {
		if (v[i].before != NULL) {
			buf_add(out, "- ");
			statement_print(v[i].before, out);
			buf_add(out, "\n");
		}
		if (v[i].after != NULL) {
			buf_add(out, "+ ");
			statement_print(v[i].after, out);
			buf_add(out, "\n");
		}
	}
	free(v);
}

/* What the Internet can reach; nothing when the candidate is not sound. When
 * the saved config is not, as after a link has gone, there is nothing to
 * compare with. */
static void
print_exposure(const struct host *h, struct buf *out)
{
	struct model before, after;
	struct err ignored;
	bool known;

	known = model_build(&before, &h->saved, &h->snapshot, &ignored) == 0;
	if (model_build(&after, &h->candidate, &h->snapshot, &ignored) == 0)
		exposure_diff(known ? &before : NULL, &after, out);
	model_free(&before);
	model_free(&after);
}

/* Whether the candidate leaves a way in. A session is safety_check's matter,
 * whose refusal is told here only if nobody else will. */
static void
print_safety(const struct host *h, bool refusal, struct buf *notes)
{
	uint16_t ports[SSH_PORTS_MAX];
	size_t n = ssh_ports(ports, NITEMS(ports));
	struct model before, after;
	struct ssh ssh;
	struct err why;
	bool known;

	ssh_find(&ssh);
	known = model_build(&before, &h->saved, &h->snapshot, &why) == 0;
	if (model_build(&after, &h->candidate, &h->snapshot, &why) != 0)
		goto out;
	if (ssh.client.family != AF_INET6)
		safety_warn(known ? &before : NULL, &after, ports, n, notes);
	if (refusal && safety_check(&after, &h->snapshot, &ssh, &why) != 0)
		tell_refusal(&why, notes);
out:
	model_free(&before);
	model_free(&after);
}

/* The statements, what they mean for the Internet, and the plan. What is
 * unsafe is told all the same: check and commit refuse it. */
static int
run_diff(struct host *h, const struct value *v UNUSED,
    struct statement *st UNUSED, struct buf *out, struct buf *notes,
    struct err *e)
{
	const struct commit_options options = { .check = true, .force = true };
	struct buf steps = { 0 };
	int r;

	if (h->candidate_error.code == ERR_NONE) {
		print_changes(h, out);
		print_exposure(h, out);
	}
	r = commit_candidate(h, &options, &steps, notes, e);
	if (r == 0) {
		buf_printf(out, "the kernel:\n%s", buf_text(&steps));
		print_safety(h, true, notes);
	}
	buf_free(&steps);
	return r;
}

static int
run_check(struct host *h, const struct value *v UNUSED,
    struct statement *st UNUSED, struct buf *out, struct buf *notes,
    struct err *e)
{
	const struct commit_options options = { .check = true };
	struct buf steps = { 0 };
	int r = commit_candidate(h, &options, &steps, notes, e);

	buf_free(&steps);
	if (r == 0) {
		buf_add(out, "ok\n");
		print_safety(h, false, notes);
	}
	return r;
}

enum { COMMIT_CONFIRM, COMMIT_NOW, COMMIT_FORCE };

static const struct arg commit_args[] = {
	[COMMIT_CONFIRM] = { "--confirm", &type_seconds, ARG_KEYWORD,
	    "revert by itself unless confirmed within that time" },
	[COMMIT_NOW] = { "--now", NULL, ARG_FLAG, "without a way back" },
	[COMMIT_FORCE] = { "--force", NULL, ARG_FLAG,
	    "also what is refused as unsafe" },
};

static int
run_commit(struct host *h, const struct value *v, struct statement *st UNUSED,
    struct buf *out, struct buf *notes, struct err *e)
{
	struct commit_options options = { .force = v[COMMIT_FORCE].set };

	if (v[COMMIT_CONFIRM].set)
		options.confirm = v[COMMIT_CONFIRM].number;
	else if (!v[COMMIT_NOW].set)
		options.confirm = commit_seconds(h);
	print_safety(h, false, notes);
	return commit_candidate(h, &options, out, notes, e);
}

enum { APPLY_FILE, APPLY_CHECK, APPLY_FORCE };

static const struct arg apply_args[] = {
	[APPLY_FILE] = { "file", &type_file, 0,
	    "a config in place of the saved one, saved once it is applied" },
	[APPLY_CHECK] = { "--check", NULL, ARG_FLAG,
	    "only tell what would change" },
	[APPLY_FORCE] = { "--force", NULL, ARG_FLAG,
	    "also what is refused as unsafe" },
};

static int
run_apply(struct host *h, const struct value *v, struct statement *st UNUSED,
    struct buf *out, struct buf *notes, struct err *e)
{
	const struct commit_options options = { .check = v[APPLY_CHECK].set,
		.force = v[APPLY_FORCE].set,
		.direct = !v[APPLY_FILE].set };
	struct config config = { 0 };
	const char *path =
	    v[APPLY_FILE].set ? v[APPLY_FILE].text : h->config_path;
	int r = config_read(&config, path, !v[APPLY_FILE].set, e);

	if (r == 0)
		r = commit_config(h, &config, &options, out, notes, e);
	config_free(&config);
	return r;
}

/* A pending commit */

static int
ask(const struct host *h, const char *line, struct buf *out, struct err *e)
{
	return h->read_only ? host_refuse(h, e) : guard_ask(h, line, out, e);
}

enum { CONFIRM_UNPROVEN };

static const struct arg confirm_args[] = {
	[CONFIRM_UNPROVEN] = { "--unproven", NULL, ARG_FLAG,
	    "although no new login was seen" },
};

static int
run_confirm(struct host *h, const struct value *v, struct statement *st UNUSED,
    struct buf *out, struct buf *notes UNUSED, struct err *e)
{
	return ask(h, v[CONFIRM_UNPROVEN].set ? "unproven" : "confirm", out, e);
}

enum { EXTEND_SECONDS };

static const struct arg extend_args[] = {
	[EXTEND_SECONDS] = { "seconds", &type_seconds, ARG_REQUIRED,
	    "how many more" },
};

static int
run_extend(struct host *h, const struct value *v, struct statement *st UNUSED,
    struct buf *out, struct buf *notes UNUSED, struct err *e)
{
	char *line = xasprintf("extend %u", v[EXTEND_SECONDS].number);
	int r = ask(h, line, out, e);

	free(line);
	if (r == 0)
		r = host_reload(h, e);
	if (r == 0)
		buf_printf(out, "the commit reverts by itself in %u s\n",
		    status_seconds(h));
	return r;
}

static int
run_revert(struct host *h, const struct value *v UNUSED,
    struct statement *st UNUSED, struct buf *out, struct buf *notes UNUSED,
    struct err *e)
{
	return ask(h, "revert", out, e);
}

/* History */

enum { HISTORY_JSON };

static const struct arg history_args[] = {
	[HISTORY_JSON] = { "--json", NULL, ARG_FLAG, "as JSON" },
};

static int
run_history(struct host *h, const struct value *v, struct statement *st UNUSED,
    struct buf *out, struct buf *notes UNUSED, struct err *e UNUSED)
{
	if (v[HISTORY_JSON].set)
		output_json(h, "history", out);
	else
		output_text(h, "history", out);
	return 0;
}

enum { ROLLBACK_NUMBER };

static const struct arg rollback_args[] = {
	[ROLLBACK_NUMBER] = { "number", &type_number, ARG_REQUIRED,
	    "its number in seki show history" },
};

static int
run_rollback(struct host *h, const struct value *v, struct statement *st UNUSED,
    struct buf *out UNUSED, struct buf *notes, struct err *e)
{
	unsigned n = v[ROLLBACK_NUMBER].number;
	struct config config;
	int r;

	if (h->read_only)
		return host_refuse(h, e);
	r = history_read(h, n, &config, e);
	if (r == 0)
		r = host_set_candidate(h, &config, e);
	if (r == 0)
		buf_printf(notes,
		    "the candidate is now number %u of the history\n", n);
	config_free(&config);
	return r;
}

enum { HELP_WORD };

static const struct arg help_args[] = {
	[HELP_WORD] = { "word", &type_word, 0, "a command or a statement" },
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

#define ARGS(a) .args = a, .nargs = NITEMS(a)

const struct command commands[] = {
	{ .row = { .name = "show",
	      .help = "print a table of what there is",
	      ARGS(show_args) },
	    .run = run_show },
	{ .row = { .name = "add", .help = "add a statement to the candidate" },
	    .tail = TAIL_STATEMENT,
	    .run = run_add },
	{ .row = { .name = "set",
	      .help = "add a statement, or replace the one of that name" },
	    .tail = TAIL_STATEMENT,
	    .run = run_set },
	{ .row = { .name = "delete",
	      .help = "remove the statement that KEY is the start of" },
	    .tail = TAIL_KEY,
	    .run = run_delete },
	{ .row = { .name = "move",
	      .help = "change the order of policies",
	      ARGS(move_args),
	      .check = check_move },
	    .run = run_move },
	{ .row = { .name = "diff",
	      .help = "what the candidate changes, here and in the "
		      "kernel" },
	    .run = run_diff },
	{ .row = { .name = "check",
	      .help = "judge the candidate and ask the kernel; change "
		      "nothing" },
	    .run = run_check },
	{ .row = { .name = "commit",
	      .help = "carry the candidate out and save it",
	      ARGS(commit_args) },
	    .run = run_commit },
	{ .row = { .name = "confirm",
	      .help = "keep the pending commit",
	      ARGS(confirm_args) },
	    .run = run_confirm },
	{ .row = { .name = "extend",
	      .help = "give the pending commit more time",
	      ARGS(extend_args) },
	    .run = run_extend },
	{ .row = { .name = "revert", .help = "take the pending commit back" },
	    .run = run_revert },
	{ .row = { .name = "discard", .help = "forget the candidate" },
	    .run = run_discard },
	{ .row = { .name = "apply",
	      .help = "bring the kernel to the saved config",
	      ARGS(apply_args) },
	    .run = run_apply },
	{ .row = { .name = "history",
	      .help = "the confirmed configs, the newest first",
	      ARGS(history_args) },
	    .run = run_history },
	{ .row = { .name = "rollback",
	      .help = "make a config of the history the candidate",
	      ARGS(rollback_args) },
	    .run = run_rollback },
	{ .row = { .name = "help",
	      .help = "what the words mean",
	      ARGS(help_args) },
	    .run = run_help },
	{ .row = { .name = NULL } },
};

/* The rows of the commands, for the walks over them. */
static void
command_rows(struct row rows[static NITEMS(commands)])
{
	size_t i;

	for (i = 0; i < NITEMS(commands); i++)
		rows[i] = commands[i].row;
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
	row = schema_find(rows, w, "command", e);
	if (row == NULL)
		return -1;
	c = &commands[row - rows];
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
	for (i = 0; commands[i].row.name != NULL && first > 0; i++)
		if (strncmp(commands[i].row.name, line, first) == 0 &&
		    commands[i].tail != TAIL_NONE)
			c = &commands[i];
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
		buf_printf(b, "        %-10s %s\n", a->name, a->help);
}

static void
help_row(const struct row *row, const char *tail, bool whole, struct buf *b)
{
	buf_add(b, "  ");
	schema_usage(row, b);
	buf_printf(b, "%s\n      %s\n", tail, row->help);
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
	const struct command *c;
	const struct row *row;
	size_t before = b->len;

	for (c = commands; c->row.name != NULL; c++) {
		if (!has_prefix(c->row.name, word))
			continue;
		if (b->len == before)
			buf_add(b, "Commands\n");
		help_row(&c->row, tails[c->tail], whole, b);
	}
	if (!whole)
		buf_add(b, "\n");
	before = b->len;
	for (row = statement_rows; row->name != NULL; row++) {
		if (!has_prefix(row->name, word))
			continue;
		if (b->len == before)
			buf_add(b, "Statements\n");
		help_row(row, "", whole, b);
	}
}
