/* The console: joins the host, the toolkit and the screens. */
#ifndef SEKI_SCREENS_APP_H
#define SEKI_SCREENS_APP_H

#include <stdbool.h>

#include "core/host.h"

struct app_options {
	bool ascii;
	bool no_color;
};

/* Runs the console until the admin leaves it; the exit status. */
int app_run(struct host *, const struct app_options *);

#endif
