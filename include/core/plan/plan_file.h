/* The steps of a plan on the disk, to be undone by another process. */
#ifndef SEKI_CORE_PLAN_PLAN_FILE_H
#define SEKI_CORE_PLAN_PLAN_FILE_H

#include "core/plan/step.h"

/* Writes a line for each step to path, and the saved table of a ruleset step
 * to path with ".ruleset" behind. */
int plan_write(const struct plan *, const char *path, struct err *);

/* Reads them. All steps count as done, also those that were not, for every
 * undo may be repeated; those whose interface or container is gone are left
 * out, and gone (or NULL) gets its name, escaped, on a line of its own. p
 * borrows from the snapshot, and what it holds belongs to the caller also after
 * an error. */
int plan_read(struct plan *p, const char *path, const struct snapshot *,
    struct buf *gone, struct err *);

#endif
