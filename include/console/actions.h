/* The console's actions and keys for every screen. */
#ifndef SEKI_CONSOLE_ACTIONS_H
#define SEKI_CONSOLE_ACTIONS_H

#include "tui/action.h"

/* In force on every screen. */
extern const struct action console_actions[];

/* Runs an action; returns the id to handle further, or ACT_NONE. */
int actions_act(void *console, int id);

/* What the key bar calls an action now; NULL for one that would do nothing: an
 * edit where none is allowed, or a commit of nothing. */
const char *actions_label(void *console, const struct action *);

#endif
