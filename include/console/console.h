/* The console: joins the host, the toolkit and the screens. */
#ifndef SEKI_CONSOLE_CONSOLE_H
#define SEKI_CONSOLE_CONSOLE_H

#include <stdbool.h>

#include "core/state/host.h"

struct console_options {
	bool ascii;
	bool no_color;
	const char *history; /* of the `:` line; NULL: none */
};

/* Runs the console until the admin quits; returns the exit status. -1 when it
 * could not begin, with the terminal restored. */
int console_run(struct host *, const struct console_options *, struct err *);

#endif
