/* Set-up: what was found and what is offered for it, to be ticked, before the
 * review of a commit. */
#ifndef SEKI_SCREENS_SETUP_H
#define SEKI_SCREENS_SETUP_H

#include "screens/app.h"

extern const struct view_ops screen_setup;

/* Looks around and shows it. */
void setup_open(void *app);

/* Tells how to open it, where nothing is configured yet. */
void setup_invite(struct app *);

#endif
