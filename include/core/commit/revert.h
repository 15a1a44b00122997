/* Reverting a pending commit, or ending a saved one: for the guard, and for a
 * process that takes over from a dead one. */
#ifndef SEKI_CORE_COMMIT_REVERT_H
#define SEKI_CORE_COMMIT_REVERT_H

#include "core/state/host.h"

/* Writes the phase "reverting", which whoever takes over completes by
 * revert_try. */
int revert_begin(const struct host *, struct pending *, struct err *);

/* Undoes the commit in RUN/pending and compares. 0 if the host is exactly as
 * before, except for objects that are gone or were restarted since: gone gets
 * their names, a line each. -1 with what is not. Can be repeated. The commit
 * stays pending. */
int revert_try(struct host *, struct buf *gone, struct err *);

/* Ends the commit after revert_try succeeded (failed NULL) or was given up:
 * records the outcome and removes RUN/pending. why continues "was reverted, ",
 * and is marked by N_(); gone is from revert_try. notes (or NULL) gets the
 * outcome, and what became of connections that the reverted rules let in. */
void revert_end(struct host *, const struct pending *, const char *why,
    const struct buf *gone, const struct err *failed, struct buf *notes);

/* Saves the committed config, after a last look at the file it replaces, and
 * ends the pending commit; *p gets its number, and its phase on the way. After
 * an error nothing is saved and the commit is still pending. */
int revert_never(struct host *, struct pending *p,
    const struct config *committed, struct err *);

/* The last outcome, a line without its newline; owned by the caller, "" if
 * there is none. */
char *revert_last(const char *run_path);

/* How a commit that is no longer pending has ended. */
enum outcome {
	OUTCOME_UNKNOWN,
	OUTCOME_SAVED,
	OUTCOME_REVERTED,
	OUTCOME_BROKEN, /* reverted, but not wholly */
};

/* The recorded outcome of the last commit, if p is that one, as it was read
 * while it was pending. */
enum outcome revert_outcome(const char *run_path, const struct pending *p);

/* How many commits were reverted since this host booted. */
unsigned revert_count(const char *run_path);

/* What to tell of p once it is no longer pending: the recorded outcome, if it
 * has one, since a commit that could not be carried out leaves none; or that of
 * a later one, which came and went before anybody looked. A line without its
 * newline, owned by the caller. */
char *revert_news(const char *run_path, const struct pending *p);

#endif
