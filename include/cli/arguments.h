/* The options of the command line. */
#ifndef SEKI_CLI_ARGUMENTS_H
#define SEKI_CLI_ARGUMENTS_H

#include <stdbool.h>

#include "console/console.h"

struct arguments {
	const char *config; /* NULL: the default path */
	bool help;
	bool read_only;
	bool fresh, no_traffic; /* of the lab */
	struct console_options console;
	char **whole; /* the command line, from the name of the program */
	int argc;     /* words behind the options */
	char **argv;
};

struct option_row {
	const char *name;
	const char *metavar; /* of its value; NULL: it takes none */
	const char *help;
	bool lab; /* of seki lab only, behind that word */
};

/* Ended by a NULL name. */
extern const struct option_row option_rows[];

/* Reads the options in front of a command; with lab, those behind that word,
 * which argv begins with. Returns -1 to go on; else the exit status, after
 * --help, --version or an error. */
int arguments_read(struct arguments *, int argc, char *argv[], bool lab);

#endif
