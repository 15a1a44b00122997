/* Every statement in one list. */
#ifndef SEKI_SCREENS_STATEMENTS_H
#define SEKI_SCREENS_STATEMENTS_H

#include "screens/app.h"

extern const struct view_ops screen_statements;

/* Pushes the list. */
void statements_open(void *app);

#endif
