/* The lab: a throw-away host in private namespaces. */
#ifndef SEKI_CORE_LAB_LAB_H
#define SEKI_CORE_LAB_LAB_H

#include <stdbool.h>

#include "core/base/err.h"

struct lab_options {
	bool fresh;	 /* no config, and only link-local addresses */
	bool no_traffic; /* clients outside stay quiet */
	/* Called inside the lab's host once it is complete, with an example
	 * config in LAB_CONFIG unless fresh. May be NULL. */
	int (*prepare)(void *arg, struct err *);
	void *arg;
};

/* Builds the lab, runs argv in its host on this terminal with SEKI_LAB and
 * SEKI_CONFIG set, and waits for it. Ignores interrupts meanwhile, passes TERM
 * and HUP on. Nothing is left behind: all of it lives in namespaces that die
 * with their first process. Returns the exit status of argv, 128 + N if signal
 * N killed it, or -1 with the error if the lab could not be built or argv not
 * be started. */
int lab_run(const struct lab_options *, char *const argv[], struct err *);

#endif
