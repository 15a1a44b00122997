/* Taking a pending commit back, or ending one that was saved: for the guard,
 * and for whoever finishes the work of a dead one. */
#ifndef SEKI_CORE_COMMIT_REVERT_H
#define SEKI_CORE_COMMIT_REVERT_H

#include "core/state/host.h"

/* Writes the phase that whoever takes over ends by revert_try. */
int revert_begin(const struct host *, struct pending *, struct err *);

/* Undoes what RUN/pending says, and compares. 0 when the host is exactly as
 * before, but for what is gone since then, or was started anew: gone gets its
 * names, a line each. -1 with what is not. It may be repeated. The commit stays
 * pending. */
int revert_try(struct host *, struct buf *gone, struct err *);

/* Ends it, once revert_try succeeded (failed NULL) or was given up: leaves
 * word of what happened, and forgets what lay in RUN/pending. why reads on
 * from "was reverted, ", and is marked by N_(); gone is that of revert_try.
 * notes (or NULL) gets what came of it, and what became of connections that the
 * reverted rules let in. */
void revert_end(struct host *, const struct pending *, const char *why,
    const struct buf *gone, const struct err *failed, struct buf *notes);

/* Saves the committed config, with a last look at the file that it replaces,
 * and ends the pending commit; *p gets its number and its phase on the way.
 * After an error nothing is saved and the commit is still pending. */
int revert_never(struct host *, struct pending *p,
    const struct config *committed, struct err *);

/* What happened last, a line without its end; owned by the caller, "" when
 * nothing did. */
char *revert_last(const char *run_path);

/* How a commit that is not pending any more has ended. */
enum outcome {
	OUTCOME_UNKNOWN,
	OUTCOME_SAVED,
	OUTCOME_REVERTED,
	OUTCOME_BROKEN, /* reverted, but not wholly */
};

/* As the last commit that ended left word of it, if p is that one: it may be
 * as it was read while it was pending. */
enum outcome revert_outcome(const char *run_path, const struct pending *p);

#endif
