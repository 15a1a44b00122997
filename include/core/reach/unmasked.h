/* Bridges that are masqueraded no more, though policies let out what their
 * containers send. */
#ifndef SEKI_CORE_REACH_UNMASKED_H
#define SEKI_CORE_REACH_UNMASKED_H

#include "core/base/util.h"
#include "core/lang/config.h"
#include "core/plan/model.h"

/* Appends a warning for each bridge that was in that config. */
void unmasked_warn(
    const struct config *before, const struct model *, struct buf *notes);

#endif
