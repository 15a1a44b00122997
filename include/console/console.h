/* The console: joins the host, the toolkit and the screens. */
#ifndef SEKI_CONSOLE_CONSOLE_H
#define SEKI_CONSOLE_CONSOLE_H

#include <stdbool.h>

#include "core/state/host.h"

struct console_options {
	bool ascii;
	bool no_color;
	const char *history; /* a file for what is typed at `:`; NULL: none */
};

/* Runs the console until the admin leaves it; the exit status. -1 when it
 * could not begin, the terminal as it was. */
int console_run(struct host *, const struct console_options *, struct err *);

#endif
