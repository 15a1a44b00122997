/* The edits of the candidate, to be taken back and done again one by one by
 * any seki: the text before each is a file in RUN/undo, and what the candidate
 * was before each was taken back one in RUN/redo. Both last over commits,
 * until the host restarts. */
#ifndef SEKI_CORE_STATE_UNDO_H
#define SEKI_CORE_STATE_UNDO_H

#include "core/base/err.h"

#define UNDO_KEPT 100

enum undo_stack { UNDO_EDITS, UNDO_TAKEN_BACK };

/* All are to be called by one who holds the lock of edits. */

/* Keeps the text that the candidate has now, and forgets the oldest beyond
 * UNDO_KEPT. */
int undo_push(
    const char *run_path, enum undo_stack, const char *text, struct err *);

/* The text that was kept last, owned by the caller; NULL when there is none. */
char *undo_top(const char *run_path, enum undo_stack);

/* Forgets it. */
int undo_pop(const char *run_path, enum undo_stack, struct err *);

/* Forgets all of a stack. */
void undo_clear(const char *run_path, enum undo_stack);

#endif
