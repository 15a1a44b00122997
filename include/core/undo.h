/* The edits of the candidate, to be taken back one by one by any seki: the
 * text before each is a file in RUN/undo. */
#ifndef SEKI_CORE_UNDO_H
#define SEKI_CORE_UNDO_H

#include "core/err.h"

#define UNDO_KEPT 100

/* Keeps the text that the candidate has before an edit, and forgets the oldest
 * beyond UNDO_KEPT. To be called by one who holds the lock of edits, as
 * undo_top and undo_pop. */
int undo_push(const char *run_path, const char *text, struct err *);

/* The text before the last edit, owned by the caller; NULL when there is no
 * edit. */
char *undo_top(const char *run_path);

/* Forgets the last edit. */
int undo_pop(const char *run_path, struct err *);

/* Forgets all edits, as once they were committed. Waits for nobody: an edit of
 * the same moment stays, and at worst cannot be taken back. */
void undo_clear(const char *run_path);

#endif
