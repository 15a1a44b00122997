/* What comes of a config, for programs: JSON of diff and commit. */
#ifndef SEKI_CORE_SHOW_REPORT_H
#define SEKI_CORE_SHOW_REPORT_H

#include "core/state/rehearsal.h"

/* The texts that people get, in lines. */
struct report {
	const struct config *config; /* that it is about */
	const char *exposure, *steps, *notes;
	const struct rehearsal *rehearsal;
	const char *refused; /* why a commit would be; NULL: it would not */
};

/* Appends one object {"schema":1,"diff":[{...}]} and a newline. */
int report_diff(
    const struct host *, const struct report *, struct buf *, struct err *);

/* Likewise of a commit that was made: the one that waits, or else was saved.
 * before is the newest number of the history from before it. */
int report_commit(const struct host *, unsigned before, const struct report *,
    struct buf *, struct err *);

/* Their shapes, for people. */
extern const char report_diff_shape[], report_commit_shape[];

#endif
