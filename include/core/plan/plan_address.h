/* Steps about addresses and routes, in the order in which they are planned:
 * addresses come before the routes through them, and go after those. */
#ifndef SEKI_CORE_PLAN_PLAN_ADDRESS_H
#define SEKI_CORE_PLAN_PLAN_ADDRESS_H

#include "core/plan/journal.h"
#include "core/plan/model.h"
#include "core/plan/step.h"

/* Removes what bridges have learned from router advertisements. */
void plan_unlearn(struct plan *, const struct model *, const struct snapshot *);
/* Removes what seki gave and the model does not. */
void plan_removals(struct plan *, const struct model *, const struct snapshot *,
    const struct journal *);
/* Gives what the model does; after the removals. */
void plan_bridges(struct plan *, const struct model *, const struct snapshot *);
void plan_containers(
    struct plan *, const struct model *, const struct snapshot *);

#endif
