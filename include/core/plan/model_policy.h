/* Warnings about policies without effect. */
#ifndef SEKI_CORE_PLAN_MODEL_POLICY_H
#define SEKI_CORE_PLAN_MODEL_POLICY_H

#include "core/plan/model.h"

/* Appends a line for each warning of a commit about that policy; nothing for
 * what is none of the model. */
void model_warn_of(
    const struct model *, const struct statement *, struct buf *lines);

#endif
