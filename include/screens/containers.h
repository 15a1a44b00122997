/* Screen 3: containers behind the ports of bridges. */
#ifndef SEKI_SCREENS_CONTAINERS_H
#define SEKI_SCREENS_CONTAINERS_H

#include "tui/view.h"

extern const struct view_ops screen_containers;

#endif
