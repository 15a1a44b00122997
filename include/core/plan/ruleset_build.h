/* A model as a ruleset. */
#ifndef SEKI_CORE_PLAN_RULESET_BUILD_H
#define SEKI_CORE_PLAN_RULESET_BUILD_H

#include "core/plan/model.h"
#include "core/plan/ruleset.h"

/* What the model asks for. Owned by the caller. */
void ruleset_build(struct ruleset *, const struct model *);

#endif
