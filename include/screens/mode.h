/* What seki can be beside one command: the console, the shell, the service,
 * the lab. */
#ifndef SEKI_SCREENS_MODE_H
#define SEKI_SCREENS_MODE_H

#include <stdbool.h>

#include "core/state/host.h"
#include "screens/arguments.h"

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

/* Ended by a NULL word. */
extern const struct mode modes[];

/* -1 where a mode is named with words behind it that it does not take. */
int mode_check(const struct arguments *, struct err *);
/* The mode that the words name; NULL when they are a command. */
const struct mode *mode_find(const struct arguments *);

#endif
