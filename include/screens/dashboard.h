/* Screen 1: traffic and health at a glance. */
#ifndef SEKI_SCREENS_DASHBOARD_H
#define SEKI_SCREENS_DASHBOARD_H

#include "tui/view.h"

extern const struct view_ops screen_dashboard;

#endif
