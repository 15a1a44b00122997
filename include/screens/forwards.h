/* Screen 4: public ports handed to containers, with their traffic. */
#ifndef SEKI_SCREENS_FORWARDS_H
#define SEKI_SCREENS_FORWARDS_H

#include "tui/view.h"

extern const struct view_ops screen_forwards;

#endif
