/* A commit: lock, resolve, plan, ask the kernel, carry out, read back, save. */
#ifndef SEKI_CORE_COMMIT_H
#define SEKI_CORE_COMMIT_H

#include "core/host.h"
#include "core/plan.h"

struct commit_options {
	bool check; /* stop before anything changes */
	bool force; /* overrides a refusal as unsafe */
};

/* Brings the kernel to that config and saves it. report gets a line for each
 * thing done (or, with check, that would be done), notes the warnings. After
 * an error the kernel and the files are as they were. The host is refreshed;
 * its candidate is not touched. */
int commit_config(struct host *, const struct config *,
    const struct commit_options *, struct buf *report, struct buf *notes,
    struct err *);

/* The same for the candidate, which is forgotten once it is saved. */
int commit_candidate(struct host *, const struct commit_options *,
    struct buf *report, struct buf *notes, struct err *);

#endif
