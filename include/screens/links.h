/* Screen 2: uplinks and bridges. */
#ifndef SEKI_SCREENS_LINKS_H
#define SEKI_SCREENS_LINKS_H

#include "tui/view.h"

extern const struct view_ops screen_links;

#endif
