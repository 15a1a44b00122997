/* The last that was logged, for the dashboard. */
#ifndef SEKI_SCREENS_LATELY_H
#define SEKI_SCREENS_LATELY_H

#include "core/base/loop.h"
#include "core/state/logbook.h"

struct lately {
	struct loop *loop;
	struct logbook book; /* as read last; empty at first */
	/* Private. */
	struct log_reading *reading;
	loop_fn *changed;
	void *arg;
};

/* changed is called once there is another book, while that of before is valid
 * still. */
void lately_open(struct lately *, struct loop *, loop_fn *changed, void *arg);
/* Has the log read in so many milliseconds, beside all else. One that cannot
 * be read is left as it was. */
void lately_read(struct lately *, unsigned ms);
void lately_close(struct lately *);

#endif
