/* Orphans: live connections that a commit of the candidate would leave
 * behind. */
#ifndef SEKI_CORE_SHOW_LIST_ORPHAN_H
#define SEKI_CORE_SHOW_LIST_ORPHAN_H

#include "core/show/listing.h"

extern const struct listing listing_orphans;

/* Appends lines for people: how many there are and the first of them, with what
 * the commit does about each; nothing if there are none. Returns how many it
 * leaves, that could be ended, too. */
size_t orphans_tell(const struct host *, struct buf *);

#endif
