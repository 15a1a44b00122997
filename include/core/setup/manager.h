/* What else manages the network of this host. */
#ifndef SEKI_CORE_SETUP_MANAGER_H
#define SEKI_CORE_SETUP_MANAGER_H

#include <stdbool.h>

struct manager {
	const char *name;
	const char *says;	     /* what that means here, marked by N_() */
	const char *const traces[4]; /* of glob(7): any of them shows that it is
					in use; ended by NULL */
	const char *line; /* of the file that is the only trace, without which
			     it is not in use; NULL: it is enough to be there */
};

/* Ended by a NULL name. */
extern const struct manager managers[];

bool manager_is_here(const struct manager *);

#endif
