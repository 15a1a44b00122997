/* Addresses on bridges that the config knows. */
#ifndef SEKI_CORE_PLAN_MODEL_KNOWN_H
#define SEKI_CORE_PLAN_MODEL_KNOWN_H

#include "core/plan/model.h"

/* Whether some known address on that bridge, other than but, lies in the
 * prefix. */
bool model_knows(const struct model *, const char *bridge,
    const struct prefix *in, const struct prefix *but);

#endif
