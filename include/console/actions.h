/* The console's actions and keys for every screen. */
#ifndef SEKI_CONSOLE_ACTIONS_H
#define SEKI_CONSOLE_ACTIONS_H

#include "tui/action.h"

/* In force on every screen. */
extern const struct action console_actions[];

/* Runs an action; returns the id to handle further, or ACT_NONE. */
int actions_act(void *console, int id);

/* Whether an action would do nothing now: an edit where none is allowed, or a
 * commit of nothing. */
bool actions_hide(void *console, int id);

#endif
