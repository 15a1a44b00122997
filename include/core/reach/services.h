/* Services of this host that containers use on the addresses of their
 * bridge. */
#ifndef SEKI_CORE_REACH_SERVICES_H
#define SEKI_CORE_REACH_SERVICES_H

#include "core/base/util.h"
#include "core/kernel/listener.h"
#include "core/plan/model.h"

/* Appends a warning for each bridge whose containers the model cuts off from
 * services listening here, with the statements that keep them. */
void services_warn(
    const struct model *, const struct listeners *, struct buf *);

#endif
