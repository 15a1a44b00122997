/* Known addresses on bridges. */
#ifndef SEKI_CORE_PLAN_MODEL_KNOWN_H
#define SEKI_CORE_PLAN_MODEL_KNOWN_H

#include "core/plan/model.h"

/* Whether a known address on that bridge, other than those, lies in the
 * prefix. */
bool model_knows(const struct model *, const char *bridge,
    const struct prefix *in, const struct model_addrs *but);

#endif
