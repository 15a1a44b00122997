/* What a model has in one family. */
#ifndef SEKI_CORE_PLAN_MODEL_FAMILY_H
#define SEKI_CORE_PLAN_MODEL_FAMILY_H

#include "core/plan/model.h"

/* Whether the config is about that family. */
bool model_is_about(const struct model *, enum family);
/* The host's address on the bridge, with the length; or none. */
const struct prefix *model_bridge_addr(
    const struct model_bridge *, enum family);
/* The container's address, bare; or none. */
const struct prefix *model_container_addr(
    const struct model_container *, enum family);

#endif
