/* IPv4 forwarding that stays on although a config no longer is about IPv4. */
#ifndef SEKI_CORE_STATE_FORWARDING_H
#define SEKI_CORE_STATE_FORWARDING_H

#include "core/plan/journal.h"
#include "core/plan/model.h"
#include "core/state/host.h"

/* Whether it does with that model, after a config that was about IPv4: then a
 * sentence is appended that says why, and the journal is told that it is not
 * seki's. The hooks of the host must have been read. */
bool forwarding_stays(const struct host *, const struct model *,
    const struct config *before, struct journal *, struct buf *);

#endif
