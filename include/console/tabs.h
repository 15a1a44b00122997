/* The list of screens. */
#ifndef SEKI_CONSOLE_TABS_H
#define SEKI_CONSOLE_TABS_H

#include "screens/app.h"

/* The screens in the tab line, and those that are pushed on them; both ended by
 * NULL. */
extern const struct view_ops *const console_tabs[TAB_COUNT + 1];
extern const struct view_ops *const console_overlays[];

#endif
