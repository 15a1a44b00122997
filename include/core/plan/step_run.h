/* Carrying one step out, and taking it back. */
#ifndef SEKI_CORE_PLAN_STEP_RUN_H
#define SEKI_CORE_PLAN_STEP_RUN_H

#include "core/plan/step.h"

/* Carries it out; s->done becomes whether anything was different. */
int step_run(struct step *s, struct net *, struct err *);
/* Whether the kernel said that it would take the step's rules, which is asked
 * only of a change that is small: no answer is none. */
bool step_is_taken(const struct step *, struct net *);
/* May be repeated, and succeeds where there is nothing to undo. */
int step_undo(const struct step *, struct net *, struct err *);
/* Reads it; zero for a table that is missing. One that is dormant has none. */
int step_read_digest(struct net *, struct table_digest *, struct err *);

#endif
