/* The guard: a process of its own that takes a commit back unless it is
 * confirmed in time. It outlives the console, the session and a kill of
 * either, has no terminal, and holds nothing of theirs open. Everything it
 * needs lies on the disk (core/state/pending.h), so that another can take
 * over. */
#ifndef SEKI_CORE_COMMIT_GUARD_H
#define SEKI_CORE_COMMIT_GUARD_H

#include "core/base/err.h"
#include "core/state/host.h"

/* The process itself, as `seki guard`: serves until the commit that is pending
 * was confirmed or reverted. The exit status. */
int guard_run(struct host *, struct err *);

#endif
