/* Statements by port, each by its place in a list: who looks for those that may
 * be about one port finds them without going through thousands. They stand in
 * buckets of a few ports; one without ports, or with many, is found for every
 * port. */
#ifndef SEKI_CORE_PLAN_BUCKETS_H
#define SEKI_CORE_PLAN_BUCKETS_H

#include "core/lang/type.h"

struct buckets;

struct buckets *buckets_new(void);
void buckets_free(struct buckets *);

/* Adds a statement with those ports, or without; places ascend. */
void buckets_add(struct buckets *, const struct value *ports, size_t place);

/* Iterates over places in order; at is zeroed before the first call. What is
 * found need not have the port, but nothing else has. False at the end. */
bool buckets_next(
    const struct buckets *, uint16_t port, size_t at[2], size_t *place);

#endif
