/* Which screens there are. */
#ifndef SEKI_CONSOLE_TABS_H
#define SEKI_CONSOLE_TABS_H

#include "screens/app.h"

/* The screens in the line of tabs, and those that lie on them for a while;
 * both ended by NULL. */
extern const struct view_ops *const console_tabs[TAB_COUNT + 1];
extern const struct view_ops *const console_overlays[];

#endif
