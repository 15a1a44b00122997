/* Suggestions for an unknown container name. */
#ifndef SEKI_CORE_PLAN_MODEL_SUGGEST_H
#define SEKI_CORE_PLAN_MODEL_SUGGEST_H

#include "core/kernel/snapshot.h"
#include "core/lang/config.h"

/* Appends the container that may have been meant, and the known ones: in the
 * snapshot, and in the config unless it is NULL. */
void model_suggest_container(const struct config *, const struct snapshot *,
    const char *name, struct buf *);

#endif
