/* The service: applies the saved config and keeps it in force while containers
 * come and go and other programs change things. */
#ifndef SEKI_CORE_COMMIT_WATCH_H
#define SEKI_CORE_COMMIT_WATCH_H

#include "core/state/host.h"

/* Logs each thing that the service finds or does: LOG_INFO for what was to be
 * expected, LOG_NOTICE for its start and stop, LOG_WARNING for drift, LOG_ERR
 * for what could not be put right.
 * Runs until SIGTERM or SIGINT, which leave everything in place; 0. SIGHUP
 * applies the saved config as it is now. Else a saved config that changes is
 * followed once the kernel has it, for that is what a commit does and what an
 * editor does not. When the saved config cannot be read at the start, the
 * newest of the history is kept up. Fails only when it cannot begin: not as
 * root, without both of these, or as the second service on this host
 * (ERR_BUSY). */
int watch_run(struct host *, struct err *);

#endif
