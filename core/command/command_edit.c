/* The commands that edit the candidate. */
#include "config.h"

#include "core/command/command_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/intl.h"
#include "core/base/util.h"
#include "core/plan/model.h"
#include "core/plan/model_suggest.h"
#include "core/reach/effect.h"
#include "core/state/candidate.h"
#include "core/state/history.h"

/* Shows the candidate's statement, since "auto" has become an address. */
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
	buf_printf(notes, _("candidate: %s %s\n"), verb,
	    i < h->candidate.n ? b.s : key);
	buf_free(&b);
}

/* A note about a container that is absent: it may be started later, or be a
 * typo. NULL if it is there, or the statement is about something else; owned by
 * the caller. */
static char *
absent_container(const struct host *h, const struct statement *st)
{
	struct buf name = { 0 }, hint = { 0 };
	const char *container = st->v[CONTAINER_NAME].text;
	char *note;

	if (st->kind != ST_CONTAINER ||
	    snapshot_container(&h->snapshot, container, NULL) != NULL)
		return NULL;
	words_print(&name, container, "");
	model_suggest_container(NULL, &h->snapshot, container, &hint);
	note = xasprintf(_("note: no container %s is there now; %s\n"),
	    buf_text(&name), buf_text(&hint));
	buf_free(&name);
	buf_free(&hint);
	return note;
}

/* Warnings and refusals of the candidate as a future commit. */
static void
look_ahead(const struct host *h, struct buf *lines)
{
	struct ssh sessions[SSH_SESSIONS_MAX];

	effect_of_config(&h->candidate, &h->snapshot, sessions,
	    ssh_find(getpid(), sessions), lines);
}

static void
tell_effect(const struct host *h, const struct buf *before, struct buf *notes)
{
	struct buf after = { 0 };

	look_ahead(h, &after);
	effect_news(
	    buf_text(before), buf_text(&after), _("warning: %s\n"), notes);
	buf_free(&after);
}

/* absent is a note that replaces others, or NULL. */
static int
edit(struct host *h, struct statement *st, const char *verb,
    int (*how)(struct host *, struct statement *, struct err *),
    const char *absent, struct buf *notes, struct err *e)
{
	struct buf key = { 0 }, before = { 0 };
	struct err why;
	int r;

	statement_key(st, &key);
	look_ahead(h, &before);
	r = how(h, st, e);
	if (r == 0)
		tell_edit(h, verb, key.s, notes);
	if (r == 0 && candidate_check(h, &why) != 0)
		command_refusal(&why, notes);
	if (r == 0 && absent != NULL)
		buf_add(notes, absent);
	else if (r == 0)
		tell_effect(h, &before, notes);
	buf_free(&key);
	buf_free(&before);
	return r;
}

/* An edit with a statement, whose container may be absent. */
static int
state(struct host *h, struct statement *st, const char *verb,
    int (*how)(struct host *, struct statement *, struct err *),
    struct buf *notes, struct err *e)
{
	char *absent = absent_container(h, st);
	int r = edit(h, st, verb, how, absent, notes, e);

	free(absent);
	return r;
}

static int
run_add(struct host *h, const struct value *v UNUSED, struct statement *st,
    struct buf *out UNUSED, struct buf *notes, struct err *e)
{
	return state(h, st, "add", candidate_add, notes, e);
}

const struct command command_add = {
	.row = { .name = "add",
	    .help = N_("add a statement to the candidate") },
	.tail = TAIL_STATEMENT,
	.run = run_add,
};

static int
run_set(struct host *h, const struct value *v UNUSED, struct statement *st,
    struct buf *out UNUSED, struct buf *notes, struct err *e)
{
	return state(h, st, "set", candidate_set, notes, e);
}

const struct command command_set = {
	.row = { .name = "set",
	    .help = N_("add a statement, or replace the one of that name") },
	.tail = TAIL_STATEMENT,
	.run = run_set,
};

static int
delete_key(struct host *h, struct statement *key, struct err *e)
{
	int r = candidate_delete(h, key, e);

	statement_free(key);
	return r;
}

static int
run_delete(struct host *h, const struct value *v UNUSED, struct statement *st,
    struct buf *out UNUSED, struct buf *notes, struct err *e)
{
	return edit(h, st, "delete", delete_key, NULL, notes, e);
}

const struct command command_delete = {
	.row = { .name = "delete",
	    .help = N_("remove the statement that KEY is the start of") },
	.tail = TAIL_KEY,
	.run = run_delete,
};

enum { MOVE_CHAIN, MOVE_NUMBER, MOVE_WHERE, MOVE_TO };
enum { MOVE_UP, MOVE_DOWN };

static const struct choice move_words[] = {
	[MOVE_UP] = { "up", N_("one place earlier") },
	[MOVE_DOWN] = { "down", N_("one place later") },
	{ NULL, NULL },
};
static const struct type type_where = { .metavar = "up|down",
	.desc = N_("up or down, or to N"),
	.choices = move_words,
	.parse = type_choice_parse,
	.print = type_choice_print,
	.suggest = type_choice_suggest };

/* The number of chains with a policy of that number; *first gets the first. */
static unsigned
chains_with(const struct config *c, unsigned n, enum chain *first)
{
	enum chain chain;
	unsigned found = 0;

	for (chain = 0; chain < CHAIN_COUNT; chain++)
		if (config_policy(c, chain, n) != NULL && found++ == 0)
			*first = chain;
	return found;
}

/* The given chain, else the only one with a policy of that number. */
static int
move_chain(const struct config *c, const struct value *v, enum chain *chain,
    struct err *e)
{
	unsigned n = v[MOVE_NUMBER].number, found = 1;

	if (v[MOVE_CHAIN].set)
		*chain = (enum chain)v[MOVE_CHAIN].choice;
	else
		found = chains_with(c, n, chain);
	if (found == 1)
		return 0;
	if (found == 0)
		err_set(e, ERR_USAGE, "there is no policy %u", n);
	else
		err_set(e, ERR_USAGE, "%u chains have a policy %u", found, n);
	return err_hint(e, "name the chain, as in move input 2 up; seki show "
			   "policies numbers those of each from 1");
}

static void
policy_suggest(const struct type *t UNUSED, struct suggest *s)
{
	const struct statement *st;
	struct buf b = { 0 };
	struct err ignored;
	enum chain chain;
	char number[16];
	unsigned n;

	if (move_chain(s->config, s->v, &chain, &ignored) != 0)
		return;
	for (n = 1; (st = config_policy(s->config, chain, n)) != NULL; n++) {
		buf_reset(&b);
		statement_print(st, &b);
		snprintf(number, sizeof(number), "%u", n);
		s->add(s->arg, number, buf_text(&b));
	}
	buf_free(&b);
}

static const struct type type_policy_number = { .metavar = "N",
	.desc = N_("a number, counted from 1"),
	.parse = type_number_parse,
	.print = type_number_print,
	.suggest = policy_suggest };

static const struct arg move_args[] = {
	[MOVE_CHAIN] = { "chain", &type_chain, 0,
	    N_("its chain, where several have a policy of that number") },
	[MOVE_NUMBER] = { "number", &type_policy_number, ARG_REQUIRED,
	    N_("the policy's number in seki show policies") },
	[MOVE_WHERE] = { "where", &type_where, 0, N_("one place up or down") },
	[MOVE_TO] = { "to", &type_policy_number, ARG_KEYWORD,
	    N_("to that place") },
};

static int
check_move(const struct row *row UNUSED, const struct value *v, struct err *e,
    size_t *blame UNUSED)
{
	if (v[MOVE_WHERE].set != v[MOVE_TO].set)
		return 0;
	err_set(e, ERR_USAGE, "move takes one destination");
	return err_hint(e, "move N up, move N down, or move N to M");
}

/* The number to move to; 0 with an error if there is none. A missing policy is
 * for candidate_move to report. */
static unsigned
move_to(const struct config *c, enum chain chain, const struct value *v,
    struct err *e)
{
	unsigned n = v[MOVE_NUMBER].number, to;
	const char *name = type_chain.choices[chain].word;
	bool up = v[MOVE_WHERE].choice == MOVE_UP;

	if (v[MOVE_TO].set)
		return v[MOVE_TO].number;
	if (config_policy(c, chain, n) == NULL)
		return n;
	to = up ? n - 1 : n + 1;
	if (config_policy(c, chain, to) != NULL)
		return to;
	if (up)
		err_set(e, ERR_USAGE, "policy %u is the first of %s", n, name);
	else
		err_set(e, ERR_USAGE, "policy %u is the last of %s", n, name);
	return 0;
}

static int
run_move(struct host *h, const struct value *v, struct statement *st UNUSED,
    struct buf *out UNUSED, struct buf *notes, struct err *e)
{
	unsigned n = v[MOVE_NUMBER].number, to;
	struct buf before = { 0 };
	enum chain chain;
	int r = -1;

	if (move_chain(&h->candidate, v, &chain, e) != 0)
		return -1;
	to = move_to(&h->candidate, chain, v, e);
	look_ahead(h, &before);
	if (to == 0 || candidate_move(h, chain, n, to, e) != 0)
		goto out;
	buf_printf(notes, _("candidate: policy %u of %s is now number %u\n"), n,
	    type_chain.choices[chain].word, to);
	tell_effect(h, &before, notes);
	r = 0;
out:
	buf_free(&before);
	return r;
}

const struct command command_move = {
	.row = { .name = "move",
	    .help = N_("change the order of policies"),
	    ARGS(move_args),
	    .check = check_move },
	.run = run_move,
};

static int
run_undo(struct host *h, const struct value *v UNUSED,
    struct statement *st UNUSED, struct buf *out UNUSED, struct buf *notes,
    struct err *e)
{
	bool committed = candidate_undoes_commit(h);
	struct buf what = { 0 };
	int r = candidate_undo(h, &what, e);

	if (r == 0)
		buf_printf(notes, _("undone: %s\n"), buf_text(&what));
	if (r == 0 && committed)
		buf_add(notes,
		    _("that had been committed: the candidate now has the "
		      "reverse of it; seki redo takes that back\n"));
	buf_free(&what);
	return r;
}

const struct command command_undo = {
	.row = { .name = "undo",
	    .help = N_("undo the last edit of the candidate") },
	.run = run_undo,
};

static int
run_redo(struct host *h, const struct value *v UNUSED,
    struct statement *st UNUSED, struct buf *out UNUSED, struct buf *notes,
    struct err *e)
{
	struct buf what = { 0 };
	int r = candidate_redo(h, &what, e);

	if (r == 0)
		buf_printf(notes, _("redone: %s\n"), buf_text(&what));
	buf_free(&what);
	return r;
}

const struct command command_redo = {
	.row = { .name = "redo", .help = N_("redo what was undone last") },
	.run = run_redo,
};

static int
run_discard(struct host *h, const struct value *v UNUSED,
    struct statement *st UNUSED, struct buf *out UNUSED, struct buf *notes,
    struct err *e)
{
	if (candidate_discard(h, e) != 0)
		return -1;
	buf_add(notes, _("the candidate is forgotten\n"));
	return 0;
}

const struct command command_discard = {
	.row = { .name = "discard", .help = N_("forget the candidate") },
	.ask = N_("Forget all changes of the candidate?"),
	.run = run_discard,
};

static void
history_suggest(const struct type *t UNUSED, struct suggest *s)
{
	struct history all = { 0 };
	struct err ignored;
	char number[16];
	size_t i;

	if (s->host != NULL)
		history_load(s->host, &all, &ignored);
	for (i = 0; i < all.n; i++) {
		snprintf(number, sizeof(number), "%u", all.v[i].number);
		s->add(s->arg, number, all.v[i].who);
	}
	history_free(&all);
}

const struct type type_history_number = { .metavar = "N",
	.desc = N_("a number of the history"),
	.parse = type_number_parse,
	.print = type_number_print,
	.suggest = history_suggest };

enum { ROLLBACK_NUMBER };

static const struct arg rollback_args[] = {
	[ROLLBACK_NUMBER] = { "number", &type_history_number, ARG_REQUIRED,
	    N_("its number in seki show history") },
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
		r = candidate_become(h, &config, e);
	if (r == 0)
		buf_printf(notes,
		    _("the candidate is now number %u of the history\n"), n);
	config_free(&config);
	return r;
}

const struct command command_rollback = {
	.row = { .name = "rollback",
	    .help = N_("make a config of the history the candidate"),
	    ARGS(rollback_args) },
	.run = run_rollback,
};
