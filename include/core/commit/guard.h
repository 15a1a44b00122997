/* The guard: a process that reverts a commit unless it is confirmed in time. It
 * survives the console, the session and a kill of either, has no terminal, and
 * holds none of their files open. All it needs is on the disk
 * (core/state/pending.h), so that another process can take over. */
#ifndef SEKI_CORE_COMMIT_GUARD_H
#define SEKI_CORE_COMMIT_GUARD_H

#include "core/base/err.h"
#include "core/state/host.h"

/* The process itself, as `seki guard`: serves until the pending commit is
 * confirmed or reverted. The exit status. */
int guard_run(struct host *, struct err *);

#endif
