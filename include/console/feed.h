/* Updates of the console: kernel events and timers. */
#ifndef SEKI_CONSOLE_FEED_H
#define SEKI_CONSOLE_FEED_H

#include "screens/app.h"

/* Sources of errors that may repeat, each for its own reason. */
enum complaint {
	COMPLAINT_FILES,
	COMPLAINT_COUNTS,
	COMPLAINT_CANDIDATE,
	COMPLAINT_SAVED,
	COMPLAINT_KERNEL,
	COMPLAINTS
};

/* The console: app, the part that screens see, is first, so that a pointer to
 * it is one to the console; the rest is its own. */
struct console {
	struct app app;
	bool paused;
	uint64_t refresh_at;	      /* when one last began or ended, now_ms */
	bool unread;		      /* the last one failed */
	unsigned ticks;		      /* seconds since rates were drawn */
	unsigned rung;		      /* the commit that the bell rang for */
	char *complaints[COMPLAINTS]; /* last error of each, shown once */
};

/* Begins and ends watching the kernel, the files and the clock. */
void feed_start(struct console *);
void feed_stop(struct console *);

/* Reads files and kernel again at once, unless paused. */
void feed_refresh(struct console *);

#endif
