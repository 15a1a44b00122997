/* A commit that waits to be kept: what proves it, and the time it has left. */
#ifndef SEKI_SCREENS_CONFIRM_H
#define SEKI_SCREENS_CONFIRM_H

#include "screens/app.h"

extern const struct view_ops screen_confirm;

/* Shows the commit that is pending, of whichever seki it is, where it can be
 * kept, extended or taken back. Closes by itself when that has happened. */
void confirm_open(struct app *);

#endif
