/* Whether the kernel has what was committed: asked before anybody says so. */
#ifndef SEKI_CORE_COMMIT_READBACK_H
#define SEKI_CORE_COMMIT_READBACK_H

#include "core/plan/plan.h"
#include "core/state/drift.h"
#include "core/state/host.h"

/* Judges the steps that are left to do after the steps done of a commit. Those
 * of a container that the commit did not deal with are no fault: it started
 * meanwhile, and has its turn later. The error names the others. */
int readback_judge(
    const struct plan *done, const struct plan *left, struct err *);

/* Reads the kernel now, for the commit that is pending: 0 when it has all of
 * the committed config. Rules are read only when they have changed since *seen,
 * as by drift_find. The host is refreshed. */
int readback_check(struct host *, const struct config *committed,
    struct drift_seen *seen, struct err *);

#endif
