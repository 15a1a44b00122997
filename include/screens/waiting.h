/* The pending commit, as its guard tells of it. */
#ifndef SEKI_SCREENS_WAITING_H
#define SEKI_SCREENS_WAITING_H

#include "core/show/status.h"
#include "screens/app.h"

/* What the guard said last; NULL until it has said something, or was silent for
 * 0.3 s. Asks it again where that is a second ago, and draws when it says
 * something else. Borrowed until the loop runs; for a host that has a pending
 * commit. */
const struct status *waiting_read(struct app *);
/* How packets fared that were sent for it, as lines; likewise. */
const char *waiting_tried(struct app *);
void waiting_free(struct app *); /* what it said */

#endif
