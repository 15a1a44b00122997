/* What is asked of the kernel about a plan before it is carried out. */
#ifndef SEKI_CORE_COMMIT_DRY_RUN_H
#define SEKI_CORE_COMMIT_DRY_RUN_H

#include "core/plan/plan.h"

/* Saves the ruleset that is there, as the undo of the plan's last step when
 * that changes it, and asks the kernel whether it would take the change, or the
 * whole table anew in its place. After an error the step is still there, unless
 * what it changes could not be saved. */
int dry_run(struct plan *, struct err *);

#endif
