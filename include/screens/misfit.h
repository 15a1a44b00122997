/* Why a value does not fit its field of a form, in words for people. */
#ifndef SEKI_SCREENS_MISFIT_H
#define SEKI_SCREENS_MISFIT_H

#include "core/lang/type.h"
#include "core/state/host.h"

/* Appends what was given, what the field wants with an example, and, where the
 * name of a container or bridge was typed, how that is written there. Nothing
 * when the value is one of that type. */
void misfit_tell(
    const struct host *, const struct type *, const char *value, struct buf *);

#endif
