/* The one transaction that leads from one ruleset to another. */
#ifndef SEKI_CORE_PLAN_RULESET_DIFF_H
#define SEKI_CORE_PLAN_RULESET_DIFF_H

#include "core/plan/ruleset.h"

/* Appends the transaction that turns have into want; nothing when they are
 * equal. Named counters that both have keep their values. */
void ruleset_transaction(
    const struct ruleset *want, const struct ruleset *have, struct buf *);
/* Whether they differ in nothing but counters and elements. */
bool ruleset_same_shape(const struct ruleset *want, const struct ruleset *have);
/* Each element of from that to lacks, or has with another value, one for each
 * call; NULL when there are no more. All zero but these at first. */
struct missing {
	const struct elements *from, *to;
	bool keys_alone; /* values do not matter */
	size_t next, at;
};
const struct element *ruleset_missing(struct missing *);
/* The counters that only have has, sorted by name; the caller frees them,
 * before have, which has their names. */
void ruleset_lost(const struct ruleset *have, const struct ruleset *want,
    struct counters *lost);
/* Appends such a transaction with the counts of those counters that it adds
 * without any. */
void ruleset_recount(
    const char *transaction, const struct counters *, struct buf *);
/* The same from whatever is there; all counters start again. */
void ruleset_transaction_anew(const struct ruleset *want, struct buf *);

#endif
