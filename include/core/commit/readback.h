/* Reading back: whether the kernel has what was committed. */
#ifndef SEKI_CORE_COMMIT_READBACK_H
#define SEKI_CORE_COMMIT_READBACK_H

#include "core/plan/plan.h"
#include "core/state/drift.h"
#include "core/state/host.h"

/* Judges the steps that remain after the steps done of a commit. Steps for a
 * container that the commit did not know are no fault: it has started
 * meanwhile. The error names the others. */
int readback_judge(
    const struct plan *done, const struct plan *left, struct err *);

/* Whether the kernel surely has those rules, without a listing: nobody but the
 * steps done has changed nftables since that generation, what they found was
 * known, and the marks and the number of elements are those that are wanted. */
bool readback_has_rules(struct net *, const struct plan *done,
    const struct wish *, uint32_t generation);

/* Reads the kernel for the pending commit: 0 if it has all of the committed
 * config. Rules are read only if they changed since *seen, as by drift_find.
 * The host is refreshed. */
int readback_check(struct host *, const struct config *committed,
    struct drift_seen *seen, struct err *);

#endif
