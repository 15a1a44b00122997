/* A plan's steps on disk, for another process to undo. */
#ifndef SEKI_CORE_PLAN_PLAN_FILE_H
#define SEKI_CORE_PLAN_PLAN_FILE_H

#include "core/plan/step.h"

/* Writes a line for each step to path, the saved table of a ruleset step to
 * path.ruleset, and the way back to it, if it has one, to path.back. */
int plan_write(const struct plan *, const char *path, struct err *);

/* Reads them. All steps count as done, even if they were not, since every undo
 * can be repeated; steps whose interface or container is gone are left out, and
 * gone (or NULL) gets its name, escaped, on a line of its own. p borrows from
 * the snapshot; the caller owns what it holds. After an error it has the steps
 * that could be read. */
int plan_read(struct plan *p, const char *path, const struct snapshot *,
    struct buf *gone, struct err *);

#endif
