/* Taking over from a dead guard. */
#ifndef SEKI_CORE_COMMIT_TAKEOVER_H
#define SEKI_CORE_COMMIT_TAKEOVER_H

#include "core/state/host.h"

/* Goes on with a commit whose guard is dead or stopped; a stopped one is
 * killed. The phase on the disk decides (core/state/pending.h): a commit that
 * waits gets a new guard for the time left, others are ended. 1 if it did that,
 * 0 if nothing was to do or another process is at it, -1. Returns within
 * seconds, apart from the work itself. */
int takeover(struct host *, struct err *);

#endif
