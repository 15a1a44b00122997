/* Edits of the candidate: each loads, changes and writes it as a whole, under a
 * lock; another seki's edit is waited for. */
#ifndef SEKI_CORE_STATE_CANDIDATE_H
#define SEKI_CORE_STATE_CANDIDATE_H

#include "core/base/util.h"
#include "core/lang/config.h"

struct host;

/* add, set and replace resolve "ula auto", take the statement, and refuse it if
 * a commit would; whether other statements conflict with it is for
 * candidate_check to say. */
int candidate_add(struct host *, struct statement *, struct err *);
/* A policy, as by config_add_behind. */
int candidate_add_behind(
    struct host *, struct statement *, unsigned n, struct err *);
int candidate_set(struct host *, struct statement *, struct err *);
int candidate_delete(struct host *, const struct statement *key, struct err *);
int candidate_move(
    struct host *, enum chain, unsigned n, unsigned to, struct err *);
/* Replaces the statement with that key, in place, by one that may have another
 * key. Takes the statement. */
int candidate_replace(struct host *, const struct statement *old,
    struct statement *st, struct err *);

/* Makes that config the candidate; one equal to saved clears it. The caller
 * keeps what the config holds. */
int candidate_become(struct host *, const struct config *, struct err *);
int candidate_discard(struct host *, struct err *);
/* Undoes the last edit, by whichever seki, even if it has been committed since;
 * redo restores what was undone last, unless there was an edit since. Both
 * append what it was, in one line. */
int candidate_undo(struct host *, struct buf *what, struct err *);
/* Whether undo would take back what is confirmed: no edit was made since. */
bool candidate_undoes_commit(const struct host *);
/* Appends, in one line, what undo would take back; nothing if it cannot be
 * read. */
void candidate_name_undo(const struct host *, struct buf *what);
int candidate_redo(struct host *, struct buf *what, struct err *);
/* Discards the candidate if it still equals what was committed: somebody may
 * have edited it meanwhile. */
int candidate_forget(
    struct host *, const struct config *committed, struct err *);
/* Whether a commit would accept the candidate; changes nothing. */
int candidate_check(const struct host *, struct err *);

#endif
