/* Screen 8: what ails this host, and who else decides about its packets. */
#ifndef SEKI_SCREENS_DOCTOR_H
#define SEKI_SCREENS_DOCTOR_H

#include "tui/view.h"

extern const struct view_ops screen_doctor;

#endif
