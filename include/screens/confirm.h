/* The pending commit: its evidence, and the time it has left. */
#ifndef SEKI_SCREENS_CONFIRM_H
#define SEKI_SCREENS_CONFIRM_H

#include "screens/app.h"

extern const struct view_ops screen_confirm;

/* Shows the pending commit, whichever seki made it, and lets the admin keep,
 * extend or revert it. Closes by itself when it is no longer pending. */
void confirm_open(struct app *);
/* The same, and confirms it as the key there does. */
void confirm_now(struct app *);

#endif
