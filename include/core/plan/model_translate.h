/* Prefixes that are translated one to one. */
#ifndef SEKI_CORE_PLAN_MODEL_TRANSLATE_H
#define SEKI_CORE_PLAN_MODEL_TRANSLATE_H

#include "core/plan/model.h"

/* Whether the model has any. */
bool model_translates(const struct model *);
/* The bridge behind which an address or a narrower prefix lies that is written
 * as it is outside, and in *inside the same as it is there; NULL if it is not
 * translated. */
const struct model_bridge *model_translated(
    const struct model *, const struct prefix *to, struct prefix *inside);

#endif
