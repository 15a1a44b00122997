/* What the kinds of values share: for core/lang/type*.c, core/lang/option.c and
 * core/lang/suggest.c only. */
#ifndef SEKI_CORE_LANG_TYPE_PARTS_H
#define SEKI_CORE_LANG_TYPE_PARTS_H

#include "core/lang/type.h"

/* Takes the next word; NULL with an error that says what is expected. */
const struct word *type_take(const struct type *, struct words *, struct err *);

/* The error that this word is not what is expected. Always returns -1. */
int type_refuse(const struct type *, const struct words *, const struct word *,
    struct err *);

/* Parses a decimal number without sign or leading zeros; -1 if it is none or
 * exceeds max. Moves *s past the digits. */
long type_digits(const char **s, long max);

bool type_is_iface(const char *);

#endif
