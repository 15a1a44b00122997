/* Another program that is run for what it writes. */
#ifndef SEKI_CORE_BASE_CHILD_H
#define SEKI_CORE_BASE_CHILD_H

#include <sys/types.h>

#include "core/base/err.h"

struct child {
	pid_t pid;
	int fd; /* what it writes, to be read without waiting */
};

/* Starts argv, found in PATH and ended by NULL, with nothing to read and
 * nowhere to complain. To be ended by child_end, unless it fails. */
int child_start(struct child *, const char *const argv[], struct err *);

/* Kills it if it still runs, and closes fd. 0 if it had ended well, 127 if
 * there is no such program, else -1. */
int child_end(struct child *);

#endif
