/* What "ip addr" shows of an interface, as lines. */
#ifndef SEKI_SCREENS_LINK_H
#define SEKI_SCREENS_LINK_H

#include "core/base/util.h"
#include "core/state/host.h"

/* Appends a line of addresses, each with its scope and flags. Nothing when
 * there are none. */
void link_addresses(const struct host *, int nsid, int index, struct buf *);

/* Appends a line with MAC, MTU, state, and bytes so far: in is away from the
 * Internet, which is what an inward one sends. */
void link_state(const struct link *, bool inward, struct buf *);

#endif
