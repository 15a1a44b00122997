/* What seki is by its first word, when that names no command. */
#ifndef SEKI_CLI_MODE_H
#define SEKI_CLI_MODE_H

#include <stdbool.h>

#include "cli/arguments.h"
#include "core/state/host.h"

/* One of run and start is NULL; both return the exit status. */
struct mode {
	const char *word;  /* the first; "" when there is none */
	const char *usage; /* of words behind it; NULL when there are none */
	const char *help;  /* NULL when it is not for admins */
	/* What the host is opened for. Unless spared, a commit whose guard was
	 * killed is finished first. */
	int (*run)(struct host *, const struct arguments *);
	bool spared;
	/* What opens no host, or one of its own. */
	int (*start)(const struct arguments *);
};

/* Tables of modes are ended by a NULL word. */

/* ERR_USAGE where a mode is named with words behind it that it does not
 * take. */
int mode_check(const struct mode *, const struct arguments *, struct err *);
/* The mode that the words name; NULL when they are a command. */
const struct mode *mode_find(const struct mode *, const struct arguments *);

#endif
