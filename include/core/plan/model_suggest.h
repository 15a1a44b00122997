/* Which container may have been meant by a name that is none. */
#ifndef SEKI_CORE_PLAN_MODEL_SUGGEST_H
#define SEKI_CORE_PLAN_MODEL_SUGGEST_H

#include "core/kernel/snapshot.h"
#include "core/lang/config.h"

/* Appends which container may have been meant by a name that is none, and
 * those that there are: in the snapshot, and in the config unless NULL. */
void model_suggest_container(const struct config *, const struct snapshot *,
    const char *name, struct buf *);

#endif
