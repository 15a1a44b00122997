/* A commit: brings the kernel to a config, and takes it back on failure. */
#ifndef SEKI_CORE_COMMIT_COMMIT_H
#define SEKI_CORE_COMMIT_COMMIT_H

#include "core/plan/plan.h"
#include "core/state/host.h"

struct commit_options {
	bool check; /* stop before anything changes */
	bool force; /* overrides a refusal as unsafe, never the guard */
	/* Seconds until the guard reverts it unless it is confirmed; 0 confirms
	 * it at once, and so does a plan without steps. */
	unsigned confirm;
	/* Without a guard: for the saved config, which a reboot restores
	 * anyway. */
	bool direct;
	/* Connections that the config would not let through and that of before
	 * did are ended, too (core/state/lingering.h). */
	bool end;
};

/* Brings the kernel to that config under a guard, which saves it once it is
 * confirmed. report gets a line for each step done (or, with check, to be
 * done), or says that there is nothing to commit; notes gets the warnings.
 * After an error kernel and config are unchanged, except for ERR_PARTLY:
 * then the config is in force, or pending, without the steps that notes lists
 * as not done. If this process is killed halfway, the guard reverts. ERR_BUSY
 * while another commit is in progress or pending. The host is refreshed, unless
 * it was opened for one command. */
int commit_config(struct host *, const struct config *,
    const struct commit_options *, struct buf *report, struct buf *notes,
    struct err *);

/* The same for the candidate, which is discarded once it is saved. */
int commit_candidate(struct host *, const struct commit_options *,
    struct buf *report, struct buf *notes, struct err *);

/* ERR_BUSY if a commit is pending, as a commit says then. Reads the files of
 * the host again. */
int commit_check_pending(struct host *, struct err *);

/* Seconds that a commit waits for confirmation unless it says otherwise:
 * OPTION_CONFIRM of the candidate. */
unsigned commit_seconds(const struct host *);

#endif
