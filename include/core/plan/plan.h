/* The steps from the kernel's state to a model, each with its undo. */
#ifndef SEKI_CORE_PLAN_PLAN_H
#define SEKI_CORE_PLAN_PLAN_H

#include "core/kernel/net.h"
#include "core/plan/journal.h"
#include "core/plan/model.h"
#include "core/plan/ruleset.h"
#include "core/plan/step.h"

/* Plans all but the ruleset. Nothing is asked of the kernel; the journal says
 * what was ours before. The caller owns what p holds; it borrows from the
 * model's snapshot. */
void plan_links(struct plan *p, const struct model *, const struct snapshot *,
    const struct journal *);

/* Adds the step from have, our table as it is (fw_read), to the ruleset that is
 * wanted; none if have is right. */
void plan_rules(
    struct plan *, const struct ruleset *want, const struct ruleset *have);
/* Rewrites all rules of our table, as if each had been edited: have gets no
 * trust. Correct counters and elements stay. */
void plan_rewrite(
    struct plan *, const struct ruleset *want, struct ruleset *have);
/* Replaces the whole table, whatever it contains. */
void plan_anew(struct plan *, const struct ruleset *want);
/* Moves what was planned with into that step, if there is one: want, so that
 * the whole of it is tried when the change is refused; and have, unless it is
 * NULL, which must have been built, or be nothing, and whose digest is for the
 * caller to add: it is what leads back. */
void plan_take_rules(struct plan *, struct ruleset *want, struct ruleset *have);

/* Whether one of its steps changes the ruleset. */
bool plan_has_rules(const struct plan *);

/* Appends a line for each step: "  net.ipv6.conf.all.forwarding 0 -> 1". */
void plan_print(const struct plan *, struct buf *);

#endif
