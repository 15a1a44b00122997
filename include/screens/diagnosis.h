/* What the title says of the host's health, on all screens. */
#ifndef SEKI_SCREENS_DIAGNOSIS_H
#define SEKI_SCREENS_DIAGNOSIS_H

#include "screens/app.h"
#include "screens/health.h"

/* Takes it from a health that was read just now. */
void diagnosis_take(struct app *, const struct health *);
/* To be called as the title is drawn: has the health read soon, and drawn when
 * it is another, if the host changed since. */
void diagnosis_look(struct app *);

#endif
