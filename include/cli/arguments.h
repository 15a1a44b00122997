/* What the command line says beside a command. */
#ifndef SEKI_CLI_ARGUMENTS_H
#define SEKI_CLI_ARGUMENTS_H

#include <stdbool.h>

#include "console/console.h"

struct arguments {
	const char *config; /* NULL: where it is by default */
	bool help;
	bool read_only;
	bool fresh, no_traffic; /* of the lab */
	struct console_options console;
	int argc; /* the words behind the options */
	char **argv;
};

struct option_row {
	const char *name;
	const char *metavar; /* of its value; NULL when it takes none */
	const char *help;
	bool lab; /* of seki lab alone, behind its name */
};

/* Ended by a NULL name. */
extern const struct option_row option_rows[];

/* Reads the options in front of a command; with lab, those behind that word,
 * which argv begins with. -1 to go on, else all is done, or an error told, and
 * it is the exit status. */
int arguments_read(struct arguments *, int argc, char *argv[], bool lab);

#endif
