/* Screen 6: the candidate against the saved config. */
#ifndef SEKI_SCREENS_CHANGES_H
#define SEKI_SCREENS_CHANGES_H

#include "tui/view.h"

extern const struct view_ops screen_changes;

#endif
