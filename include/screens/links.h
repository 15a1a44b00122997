/* Screen 2: bridges, their ports and addresses. */
#ifndef SEKI_SCREENS_BRIDGES_H
#define SEKI_SCREENS_BRIDGES_H

#include "tui/view.h"

extern const struct view_ops screen_bridges;

#endif
