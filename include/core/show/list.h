/* What the lists have in common. */
#ifndef SEKI_CORE_SHOW_LIST_H
#define SEKI_CORE_SHOW_LIST_H

#include "core/show/listing.h"
#include "core/show/overlay.h"

/* The addresses of an interface, one after the other in the callback. */
void list_addresses(const struct host *, int nsid, int index,
    void (*fn)(void *arg, const struct address *), void *arg);
/* The first address that takes agrees to, and how many more there are. */
void list_address(const struct host *, int nsid, int index,
    bool (*takes)(const struct prefix *), struct buf *);
/* Likewise of ULAs, in parentheses, where no statement gives one. */
void list_unstated(const struct host *, int nsid, int index, struct buf *);
bool list_is_wide(const struct prefix *); /* IPv6 and not link-local */
bool list_is_v4(const struct prefix *);

bool list_has(
    const struct host *, int nsid, int index, const struct value *ula);
void list_free(void *rows, size_t n);

#endif
