/* Edits of the candidate, by whichever seki. */
#include "config.h"

#include "core/state/candidate.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/intl.h"
#include "core/base/util.h"
#include "core/lang/auto.h"
#include "core/lang/config_diff.h"
#include "core/plan/model.h"
#include "core/state/history.h"
#include "core/state/host.h"
#include "core/state/lock.h"
#include "core/state/undo.h"
#include "core/state/wanted.h"

static void
write_editor(const struct host *h)
{
	char *path = host_path(h, EDITOR_FILE), *who = lock_who();
	struct err ignored;

	file_replace(path, who, strlen(who), 0644, &ignored);
	free(who);
	free(path);
}

/* Writes the candidate; NULL removes it, and so does text equal to the saved
 * config, unless a commit is pending: another is saved once that is confirmed.
 */
static int
write_text(struct host *h, const char *text, struct err *e)
{
	struct buf saved = { 0 };
	char *path = host_path(h, CANDIDATE_FILE);
	int r;

	config_print(&h->saved, &saved);
	if (text == NULL || (h->pending.phase == PENDING_NONE &&
				strcmp(buf_text(&saved), text) == 0))
		r = file_remove(path, e);
	else
		r = config_write_text(text, strlen(text), path, e);
	if (r == 0 && text != NULL)
		write_editor(h);
	buf_free(&saved);
	free(path);
	return r == 0 ? host_reload(h, e) : -1;
}

/* An edit without effect is not pushed for undo. One with effect clears the
 * redo stack. */
static int
write_candidate(struct host *h, const struct config *c, struct err *e)
{
	struct buf before = { 0 }, after = { 0 };
	struct err ignored;
	bool changes = !config_equal(&h->candidate, c);
	int r = 0;

	config_print(&h->candidate, &before);
	config_print(c, &after);
	if (changes)
		r = undo_push(h->run_path, UNDO_EDITS, buf_text(&before), e);
	if (r == 0) {
		r = write_text(h, buf_text(&after), e);
		if (r != 0 && changes)
			undo_pop(h->run_path, UNDO_EDITS, &ignored);
	}
	if (r == 0 && changes)
		undo_clear(h->run_path, UNDO_TAKEN_BACK);
	buf_free(&before);
	buf_free(&after);
	return r;
}

/* Edits */

static int
check(const struct host *h, const struct config *c, struct err *e)
{
	struct model m;
	int r = history_resolve(h, &m, c, e);

	model_free(&m);
	return r;
}

struct edit {
	struct config config; /* a copy of the candidate */
	int lock;
};

static void
edit_end(struct edit *ed)
{
	config_free(&ed->config);
	if (ed->lock != -1)
		close(ed->lock);
}

/* Takes the edit lock, by lock_take or lock_wait. */
static int
lock_edits(const struct host *h, int (*take)(const char *, struct err *),
    struct err *e)
{
	char *path = host_path(h, "edit");
	int lock = h->read_only ? host_refuse(h, e) : take(path, e);

	free(path);
	return lock;
}

/* Edits are short, so another seki's edit is waited for, unless take does not
 * wait. An unreadable candidate cannot be edited, and an unreadable saved
 * config is no base for an edit. */
static int
edit_begin(struct edit *ed, struct host *h,
    int (*take)(const char *, struct err *), struct err *e)
{
	memset(ed, 0, sizeof(*ed));
	ed->lock = lock_edits(h, take, e);
	if (ed->lock == -1)
		return -1;
	if (host_reload(h, e) != 0) {
		edit_end(ed);
		return -1;
	}
	if (h->saved_error.code != ERR_NONE)
		*e = h->saved_error;
	else if (h->candidate_error.code != ERR_NONE)
		*e = h->candidate_error;
	else {
		config_copy(&ed->config, &h->candidate);
		return 0;
	}
	edit_end(ed);
	return -1;
}

int
candidate_check(const struct host *h, struct err *e)
{
	return check(h, &h->candidate, e);
}

/* Refuses at once what a commit would refuse of this statement. If another one
 * is at fault, the edit may be the first half of a valid change, such as
 * renumbering a bridge. Typed statements have no line yet. */
static int
edit_keep(struct edit *ed, struct host *h, struct err *e)
{
	wanted_learn(h, &ed->config);
	if (check(h, &ed->config, e) != 0 && e->line == 0)
		return -1;
	return write_candidate(h, &ed->config, e);
}

static int
edit_statement(struct host *h, struct statement *st,
    int (*change)(struct config *, struct statement *, struct err *),
    struct err *e)
{
	struct edit ed;
	int r = -1;

	if (edit_begin(&ed, h, lock_wait, e) != 0) {
		statement_free(st);
		return -1;
	}
	st = auto_resolve(st, &ed.config, &h->snapshot, e);
	if (st != NULL && change(&ed.config, st, e) == 0)
		r = edit_keep(&ed, h, e);
	edit_end(&ed);
	return r;
}

int
candidate_add(struct host *h, struct statement *st, struct err *e)
{
	return edit_statement(h, st, config_add, e);
}

int
candidate_add_behind(
    struct host *h, struct statement *st, unsigned n, struct err *e)
{
	struct edit ed;
	int r = -1;

	if (edit_begin(&ed, h, lock_wait, e) != 0) {
		statement_free(st);
		return -1;
	}
	if (config_add_behind(&ed.config, st, n, e) == 0)
		r = edit_keep(&ed, h, e);
	edit_end(&ed);
	return r;
}

int
candidate_set(struct host *h, struct statement *st, struct err *e)
{
	return edit_statement(h, st, config_set, e);
}

int
candidate_replace(struct host *h, const struct statement *old,
    struct statement *st, struct err *e)
{
	struct statement *copy = statement_copy(old);
	struct edit ed;
	size_t at;
	int r = -1;

	if (edit_begin(&ed, h, lock_wait, e) != 0)
		goto out;
	at = config_find(&ed.config, copy, e);
	if (at == SIZE_MAX)
		goto end;
	st = auto_resolve(st, &ed.config, &h->snapshot, e);
	if (st == NULL)
		goto end;
	config_put(&ed.config, at, st);
	st = NULL;
	r = edit_keep(&ed, h, e);
end:
	edit_end(&ed);
out:
	statement_free(st);
	statement_free(copy);
	return r;
}

int
candidate_delete(
    struct host *h, const struct statement *borrowed, struct err *e)
{
	struct statement *key = statement_copy_key(borrowed);
	struct edit ed;
	size_t at;
	int r = -1;

	if (edit_begin(&ed, h, lock_wait, e) == 0) {
		at = config_find(&ed.config, key, e);
		if (at != SIZE_MAX) {
			config_remove(&ed.config, at);
			r = write_candidate(h, &ed.config, e);
		}
		edit_end(&ed);
	}
	statement_free(key);
	return r;
}

int
candidate_forget(struct host *h, const struct config *committed, struct err *e)
{
	struct edit ed;
	int r = 0;

	if (edit_begin(&ed, h, lock_take, e) != 0)
		return -1;
	if (config_equal(&ed.config, committed))
		r = write_text(h, NULL, e);
	edit_end(&ed);
	return r;
}

int
candidate_move(
    struct host *h, enum chain chain, unsigned n, unsigned to, struct err *e)
{
	struct edit ed;
	int r = -1;

	if (edit_begin(&ed, h, lock_wait, e) != 0)
		return -1;
	if (config_move(&ed.config, chain, n, to, e) == 0)
		r = write_candidate(h, &ed.config, e);
	edit_end(&ed);
	return r;
}

static int
replace(struct host *h, const struct config *c, struct err *e)
{
	if (c == NULL)
		return write_candidate(h, &h->saved, e) == 0
			   ? write_text(h, NULL, e)
			   : -1;
	if (h->saved_error.code == ERR_NONE)
		return write_candidate(h, c, e);
	*e = h->saved_error;
	return -1;
}

/* Under the lock, whatever the candidate says now. */
static int
replace_candidate(struct host *h, const struct config *c, struct err *e)
{
	int lock = lock_edits(h, lock_wait, e), r = -1;

	if (lock == -1)
		return -1;
	if (host_reload(h, e) == 0)
		r = replace(h, c, e);
	close(lock);
	return r;
}

int
candidate_become(struct host *h, const struct config *c, struct err *e)
{
	return replace_candidate(h, c, e);
}

int
candidate_discard(struct host *h, struct err *e)
{
	return replace_candidate(h, NULL, e);
}

/* The first statement changed by an edit, and the number of changes. */
struct told {
	struct buf *b;
	unsigned n;
};

static void
tell(void *arg, const struct change *c)
{
	struct told *t = arg;

	if (t->n++ > 0)
		return;
	buf_printf(t->b, "%c ", change_mark(c));
	statement_print(change_statement(c), t->b);
	change_print_move(c, t->b);
}

static void
describe_edit(
    const struct config *before, const struct config *after, struct buf *what)
{
	struct told t = { .b = what };

	config_diff(before, after, tell, &t);
	if (t.n == 0)
		buf_add(what, _("a comment"));
	else if (t.n > 1)
		buf_printf(what,
		    ngettext(", and %u more", ", and %u more", t.n - 1),
		    t.n - 1);
}

/* The stack that gets the candidate, and the message when this one is empty. */
static const struct {
	enum undo_stack to;
	const char *nothing;
} steps[] = {
	[UNDO_EDITS] = { UNDO_TAKEN_BACK, N_("nothing to undo") },
	[UNDO_TAKEN_BACK] = { UNDO_EDITS,
	    N_("nothing to redo since the last edit") },
};

/* The newest text on a stack that differs from the candidate: they are equal if
 * a seki was killed between the two; owned by the caller, or NULL. */
static char *
last_other(const struct host *h, enum undo_stack stack, const char *now)
{
	struct err ignored;
	char *text;

	while ((text = undo_top(h->run_path, stack)) != NULL &&
	       strcmp(text, now) == 0 &&
	       undo_pop(h->run_path, stack, &ignored) == 0)
		free(text);
	return text;
}

static int
take_text(
    struct host *h, enum undo_stack from, struct config *after, struct err *e)
{
	struct buf now = { 0 };
	char *text;
	int r;

	config_print(&h->candidate, &now);
	text = last_other(h, from, buf_text(&now));
	if (text == NULL)
		r = err_set(e, ERR_FAIL, "%s", _(steps[from].nothing));
	else
		r = config_parse(after, text, NULL, e);
	if (r == 0)
		r = undo_push(h->run_path, steps[from].to, buf_text(&now), e);
	if (r == 0)
		r = write_text(h, text, e);
	if (r == 0)
		r = undo_pop(h->run_path, from, e);
	free(text);
	buf_free(&now);
	return r;
}

/* Names the edit as it was made, for undo and redo alike. */
static int
take_step(struct host *h, enum undo_stack from, struct buf *what, struct err *e)
{
	struct config after = { 0 };
	struct edit ed;
	int r;

	if (edit_begin(&ed, h, lock_wait, e) != 0)
		return -1;
	r = take_text(h, from, &after, e);
	if (r == 0 && from == UNDO_EDITS)
		describe_edit(&after, &ed.config, what);
	else if (r == 0)
		describe_edit(&ed.config, &after, what);
	config_free(&after);
	edit_end(&ed);
	return r;
}

bool
candidate_undoes_commit(const struct host *h)
{
	return !h->dirty &&
	       undo_is_older(h->run_path, UNDO_EDITS, h->config_path);
}

void
candidate_name_undo(const struct host *h, struct buf *what)
{
	char *text = undo_top(h->run_path, UNDO_EDITS);
	struct config before = { 0 };
	struct err ignored;

	if (text != NULL && config_parse(&before, text, NULL, &ignored) == 0)
		describe_edit(&before, &h->candidate, what);
	config_free(&before);
	free(text);
}

int
candidate_undo(struct host *h, struct buf *what, struct err *e)
{
	return take_step(h, UNDO_EDITS, what, e);
}

int
candidate_redo(struct host *h, struct buf *what, struct err *e)
{
	return take_step(h, UNDO_TAKEN_BACK, what, e);
}
