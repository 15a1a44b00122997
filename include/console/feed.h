/* What brings the console up to date: events of the kernel, and time. */
#ifndef SEKI_CONSOLE_FEED_H
#define SEKI_CONSOLE_FEED_H

#include "screens/app.h"

/* What may fail again and again, each for a reason of its own. */
enum complaint {
	COMPLAINT_FILES,
	COMPLAINT_COUNTS,
	COMPLAINT_CANDIDATE,
	COMPLAINT_SAVED,
	COMPLAINT_KERNEL,
	COMPLAINTS
};

/* The console: what the screens see of it, first, so that an app is one, and
 * what is its own. */
struct console {
	struct app app;
	bool paused;
	unsigned ticks;		      /* seconds since rates were painted */
	char *complaints[COMPLAINTS]; /* the last of each: said only once */
};

/* Begins, and ends, to watch the kernel, the files and the clock. */
void feed_start(struct console *);
void feed_stop(struct console *);

/* Reads files and kernel anew, unless paused; for a timer. */
void feed_refresh(void *console);

#endif
