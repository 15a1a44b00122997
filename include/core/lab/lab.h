/* The lab: a throw-away host in private namespaces. */
#ifndef SEKI_CORE_LAB_LAB_H
#define SEKI_CORE_LAB_LAB_H

#include <stdbool.h>

#include "core/base/err.h"

struct lab_options {
	bool fresh;	 /* no config, and only link-local addresses */
	bool no_traffic; /* clients outside stay quiet */
	/* Called inside the lab's host when all of it is there, with an example
	 * config in LAB_CONFIG, unless fresh. NULL for nothing to be done. */
	int (*prepare)(void *arg, struct err *);
	void *arg;
};

/* Builds the lab, runs argv in its host with the terminal and SEKI_LAB and
 * SEKI_CONFIG set, and waits. Ignores interrupts meanwhile; TERM and HUP are
 * passed on and end the lab. Whatever ends it, nothing is left: all of it
 * lives in namespaces that die with their first process.
 * Returns the exit status of argv, 128 + N when signal N killed it, or -1 with
 * the error set when the lab could not be built or argv not be started. */
int lab_run(const struct lab_options *, char *const argv[], struct err *);

#endif
