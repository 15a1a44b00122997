/* The guard: a process of its own that takes a commit back unless it is
 * confirmed in time. It outlives the console, the session and a kill of
 * either, has no terminal, and holds nothing of theirs open. Everything it
 * needs lies on the disk (core/state/pending.h), so that another can take
 * over. */
#ifndef SEKI_CORE_COMMIT_GUARD_H
#define SEKI_CORE_COMMIT_GUARD_H

#include <stdbool.h>

#include "core/base/err.h"
#include "core/base/util.h"
#include "core/state/host.h"
#include "core/state/pending.h"

/* The process itself, as `seki guard`: serves until the commit that is pending
 * was confirmed or reverted. The exit status. */
int guard_run(struct host *, struct err *);

/* Starts a guard for what lies in RUN/pending and waits until it listens. */
int guard_start(const struct host *, struct err *);

#define GUARD_LOST (-2)

/* Says one line to the guard and appends what it answers. -1 with the guard's
 * own error; GUARD_LOST when there is no guard or no answer: the line may have
 * been carried out all the same.
 *
 *	hold		the connection stays; if it ends before one of the
 *			next three, revert
 *	applied [MS]	the steps are done, at that time (boot_ms; else
 *			now): the time runs
 *	keep		the steps are done: save it at once
 *	cancel		the steps were undone: forget it
 *	confirm		save it, with proof only
 *	unproven	save it
 *	extend N	N seconds more
 *	revert		take it back now
 *	status		"proven" or "unproven", then a line for each evidence
 *	alive		nothing */
int guard_ask(
    const struct host *, const char *line, struct buf *answer, struct err *);

/* The connection of a commit that is in progress; -1 on an error. Closed
 * without guard_say(fd, "applied") or "cancel", it reverts the commit. */
int guard_hold(const struct host *, struct err *);
/* GUARD_LOST when it does not answer, else as guard_ask. */
int guard_say(int hold, const char *line, struct buf *answer, struct err *);

#endif
