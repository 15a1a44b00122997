/* Screen 5: what is let through, in the order it is judged. */
#ifndef SEKI_SCREENS_POLICIES_H
#define SEKI_SCREENS_POLICIES_H

#include "tui/view.h"

extern const struct view_ops screen_policies;

#endif
