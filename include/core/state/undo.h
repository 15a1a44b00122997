/* Undo and redo of candidate edits, by any seki: the text before each edit is a
 * file in RUN/undo, the text before each undo one in RUN/redo. Both outlive
 * commits, but not a reboot. */
#ifndef SEKI_CORE_STATE_UNDO_H
#define SEKI_CORE_STATE_UNDO_H

#include <stdbool.h>

#include "core/base/err.h"

#define UNDO_KEPT 100

enum undo_stack { UNDO_EDITS, UNDO_TAKEN_BACK };

/* Call these with the lock of edits held. */

/* Pushes the candidate's present text, and drops the oldest beyond
 * UNDO_KEPT. */
int undo_push(
    const char *run_path, enum undo_stack, const char *text, struct err *);

/* The text on top, owned by the caller; NULL if there is none. */
char *undo_top(const char *run_path, enum undo_stack);

/* Drops it. */
int undo_pop(const char *run_path, enum undo_stack, struct err *);

/* Drops all of a stack. */
void undo_clear(const char *run_path, enum undo_stack);

/* Whether the newest text of a stack was written before that file was. */
bool undo_is_older(
    const char *run_path, enum undo_stack stack, const char *path);

#endif
