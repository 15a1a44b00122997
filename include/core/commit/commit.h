/* A commit: lock, resolve, plan, ask the kernel, carry out, read back, save. */
#ifndef SEKI_CORE_COMMIT_COMMIT_H
#define SEKI_CORE_COMMIT_COMMIT_H

#include "core/plan/plan.h"
#include "core/state/host.h"

struct commit_options {
	bool check; /* stop before anything changes */
	bool force; /* overrides a refusal as unsafe, never the guard */
	/* Seconds until the guard takes it back unless it is confirmed; 0
	 * confirms it at once, and so does a plan without a step. */
	unsigned confirm;
	/* No guard: for the saved config, which a reboot brings as well. */
	bool direct;
};

/* Brings the kernel to that config, under a guard, which saves it once it is
 * confirmed. report gets a line for each thing done (or, with check, that
 * would be done), or that there is nothing to commit; notes the warnings.
 * After an error the kernel and the files are as they were, but for ERR_PARTLY:
 * then it is in force, or pending, without the steps that notes tell as not
 * done. When this process is killed half way, the guard sees to that. ERR_BUSY
 * while another commit is carried out or pending. The host is refreshed. */
int commit_config(struct host *, const struct config *,
    const struct commit_options *, struct buf *report, struct buf *notes,
    struct err *);

/* The same for the candidate, which is forgotten once it is saved. */
int commit_candidate(struct host *, const struct commit_options *,
    struct buf *report, struct buf *notes, struct err *);

/* Seconds that a commit waits to be confirmed unless it says otherwise:
 * OPTION_CONFIRM of the candidate. */
unsigned commit_seconds(const struct host *);

#endif
