/* Values that are offered: what a type tells itself, else what exists. */
#ifndef SEKI_CORE_LANG_SUGGEST_H
#define SEKI_CORE_LANG_SUGGEST_H

#include <stdbool.h>

#include "core/lang/type.h"

/* Offers the values of a type by way of s->add. */
void suggest_values(const struct type *, struct suggest *s);

/* Whether there can be any. */
bool suggest_knows(const struct type *);

#endif
