/* Live connections once the rules have changed under them. */
#ifndef SEKI_CORE_LINGERING_H
#define SEKI_CORE_LINGERING_H

#include "core/config.h"
#include "core/host.h"

/* How many connections go on although the rules of that config, which the
 * kernel has by now, would not let them through; 0 also when nobody can tell.
 * Takes a refreshed host. */
unsigned lingering_count(struct host *, const struct config *now);

/* Appends a note of that many, for people; nothing of none. */
void lingering_tell(unsigned left, struct buf *notes);

#endif
