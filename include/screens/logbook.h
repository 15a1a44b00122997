/* What seki has logged. */
#ifndef SEKI_SCREENS_LOGBOOK_H
#define SEKI_SCREENS_LOGBOOK_H

#include "screens/app.h"

extern const struct view_ops screen_logbook;

/* Pushes the list of what was logged. */
void logbook_open(void *app);

#endif
