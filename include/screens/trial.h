/* A form for a packet that is let in, to see what becomes of it. */
#ifndef SEKI_SCREENS_TRIAL_H
#define SEKI_SCREENS_TRIAL_H

#include "screens/app.h"

/* Opens it, filled in with the first forward; arg is the struct app. */
void trial_open(void *arg);

#endif
