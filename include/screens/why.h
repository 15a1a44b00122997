/* Why something works or not: all that was looked at that concerns it. */
#ifndef SEKI_SCREENS_WHY_H
#define SEKI_SCREENS_WHY_H

#include "core/show/listing.h"
#include "screens/app.h"

/* For lists of what packets pass. */
extern const struct action why_actions[];

/* Shows it for a row of a list: of a forward all lights, else the checks of
 * what it is called, and the forwards that lead there. */
void why_open(struct app *, const struct listing *, const void *row);
/* The same of the forwards, or the policy, that have these keys, one a line,
 * below a text. */
void why_open_of(struct app *, const char *title, const char *text,
    const char *list, const char *keys);

#endif
