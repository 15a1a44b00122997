/* Suggested values: those a type knows itself, else those that exist. */
#ifndef SEKI_CORE_LANG_SUGGEST_H
#define SEKI_CORE_LANG_SUGGEST_H

#include <stdbool.h>

#include "core/lang/type.h"

/* Offers the values of a type by s->add. */
void suggest_values(const struct type *, struct suggest *s);

/* Whether there may be any. */
bool suggest_knows(const struct type *);

#endif
