/* Correcting drift: the steps of one look of the service. */
#ifndef SEKI_CORE_COMMIT_MEND_H
#define SEKI_CORE_COMMIT_MEND_H

#include <stdbool.h>
#include <stdint.h>

#include "core/plan/plan.h"

struct watch;

/* Carries out the steps of a plan, each for itself and as its backoff permits,
 * and logs them. bare: the kernel may lack the rules, so nothing is to be
 * forwarded. changes is as of net_rules_changes before
 * the look. */
void mend_plan(struct watch *, struct plan *, bool bare, uint32_t changes);

/* Notes where nothing of the plan is left to do: what is missing there later is
 * drift, and was not before. */
void mend_settle(struct watch *, const struct plan *);

/* Writes the journal anew, which a killed seki, or a full disk, left behind the
 * kernel. */
void mend_note_again(struct watch *);

#endif
