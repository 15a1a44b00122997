/* Screen 5: policies, in the order they are evaluated. */
#ifndef SEKI_SCREENS_POLICIES_H
#define SEKI_SCREENS_POLICIES_H

#include "tui/view.h"

extern const struct view_ops screen_policies;

#endif
