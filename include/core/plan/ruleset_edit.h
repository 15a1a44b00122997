/* Small differences between rulesets, made without libnftables. */
#ifndef SEKI_CORE_PLAN_RULESET_EDIT_H
#define SEKI_CORE_PLAN_RULESET_EDIT_H

#include "core/kernel/net_edit.h"
#include "core/plan/ruleset.h"

/* Fills in what turns have into want, in the order in which it must be done,
 * and returns how much that is: 0 if it takes libnftables, since there is too
 * much, or more than counters and elements of sets without intervals. Names are
 * borrowed from the rulesets. */
size_t ruleset_edits(const struct ruleset *want, const struct ruleset *have,
    struct net_edit v[NET_EDITS_MAX]);

#endif
