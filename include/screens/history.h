/* The history: what was confirmed, and back to it. */
#ifndef SEKI_SCREENS_HISTORY_H
#define SEKI_SCREENS_HISTORY_H

#include "screens/app.h"

extern const struct view_ops screen_history;

/* Puts the list of confirmed configs on top. */
void history_open(void *app);

#endif
