/* The one transaction that leads from one ruleset to another. */
#ifndef SEKI_CORE_PLAN_RULESET_DIFF_H
#define SEKI_CORE_PLAN_RULESET_DIFF_H

#include "core/plan/ruleset.h"

/* Appends the transaction that turns have into want; nothing when they are
 * equal. Named counters that both have keep their values. */
void ruleset_transaction(
    const struct ruleset *want, const struct ruleset *have, struct buf *);
/* The same from whatever is there; all counters start again. */
void ruleset_transaction_anew(const struct ruleset *want, struct buf *);

#endif
