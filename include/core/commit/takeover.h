/* Going on where a guard has died. */
#ifndef SEKI_CORE_COMMIT_TAKEOVER_H
#define SEKI_CORE_COMMIT_TAKEOVER_H

#include "core/state/host.h"

/* Goes on with a commit whose guard has died, or is stopped: such a one is
 * killed. What is done says the phase on the disk (core/state/pending.h): a
 * commit that waits gets a new guard for the time left, the others are ended.
 * 1 when it did any of these, 0 when nothing was to do or somebody else is at
 * it, -1. Returns within seconds but for the work itself. */
int takeover(struct host *, struct err *);

#endif
