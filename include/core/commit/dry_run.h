/* Trying a plan's ruleset in the kernel before anything changes. */
#ifndef SEKI_CORE_COMMIT_DRY_RUN_H
#define SEKI_CORE_COMMIT_DRY_RUN_H

#include <stdbool.h>

#include "core/plan/plan.h"

/* Saves the present ruleset as the undo of the plan's last step, if that
 * changes it and has none yet, and asks the kernel whether it would accept the
 * change, or else the whole table anew. After an error the step is still there,
 * unless the present ruleset could not be saved.
 * The kernel is not asked twice: where a plan is to be carried out (not just
 * checked) and that step is all of it, it is one transaction, which says so
 * itself and then changes nothing. */
int dry_run(struct plan *, struct net *, bool check, struct err *);

#endif
