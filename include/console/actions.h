/* What the keys of the console do on every screen. */
#ifndef SEKI_CONSOLE_ACTIONS_H
#define SEKI_CONSOLE_ACTIONS_H

#include "tui/action.h"

/* In force on every screen. */
extern const struct action console_actions[];

/* Carries one out; what is left to do of it, or ACT_NONE. */
int actions_act(void *console, int id);

#endif
