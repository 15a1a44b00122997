/* The modes of seki, by its first word when that names no command. */
#ifndef SEKI_CLI_MODE_H
#define SEKI_CLI_MODE_H

#include <stdbool.h>

#include "cli/arguments.h"
#include "core/state/host.h"

/* A mode. One of run and start is NULL; both return the exit status. */
struct mode {
	const char *word;  /* the first word; "" for no words */
	const char *usage; /* arguments; NULL: none */
	const char *help;  /* NULL: not for admins */
	/* Runs with the host open. Before that, unless spared, a commit whose
	 * guard was killed is finished. */
	int (*run)(struct host *, const struct arguments *);
	bool spared;
	bool asks; /* at a terminal; elsewhere the word is a command */
	enum counted counted; /* while it runs */
	/* Runs without a host, or opens its own. */
	int (*start)(const struct arguments *);
};

/* Tables of modes are ended by a NULL word. */

/* ERR_USAGE when the words are a mode with arguments that it does not take. */
int mode_check(const struct mode *, const struct arguments *, struct err *);
/* The mode of the words; NULL when they are a command. */
const struct mode *mode_find(const struct mode *, const struct arguments *);

#endif
