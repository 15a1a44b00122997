/* The history of confirmed configs, and rollback. */
#ifndef SEKI_SCREENS_HISTORY_H
#define SEKI_SCREENS_HISTORY_H

#include "screens/app.h"

extern const struct view_ops screen_history;

/* Pushes the list of confirmed configs. */
void history_open(void *app);

#endif
