/* The steps from the kernel's state to a model, each with its undo. */
#ifndef SEKI_CORE_PLAN_PLAN_H
#define SEKI_CORE_PLAN_PLAN_H

#include "core/kernel/net.h"
#include "core/plan/journal.h"
#include "core/plan/model.h"
#include "core/plan/step.h"

/* Plans. The journal says what was ours before. What p holds belongs to the
 * caller also after an error; it borrows from the model's snapshot. */
int plan_build(struct plan *p, const struct model *, const struct snapshot *,
    const struct journal *, struct err *);
/* The same without the ruleset: nothing is asked of the kernel, so it may be
 * done at every look. */
void plan_links(struct plan *p, const struct model *, const struct snapshot *,
    const struct journal *);
/* Adds the step that writes all rules of our table anew, as if each had been
 * edited. Counters and elements that are right stay. */
int plan_rewrite(struct plan *, const struct model *, struct err *);

/* Adds the step of a transaction, whose text it takes. NULL, and no step, where
 * what is there now cannot be kept to go back to. */
struct step *plan_add_rules(struct plan *, char *text, struct err *);

/* Whether one of its steps changes the ruleset. */
bool plan_has_rules(const struct plan *);

/* Appends a line for each step: "  net.ipv6.conf.all.forwarding 0 -> 1". */
void plan_print(const struct plan *, struct buf *);

#endif
