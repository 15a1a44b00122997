/* What "ip addr" tells about an interface, as lines. */
#ifndef SEKI_SCREENS_LINK_H
#define SEKI_SCREENS_LINK_H

#include "core/base/util.h"
#include "core/state/host.h"

/* Appends a line of addresses, each with its scope and what is special about
 * it. Nothing when there are none. */
void link_addresses(const struct host *, int nsid, int index, struct buf *);

/* Appends a line with MAC, MTU and state, and what has passed so far. */
void link_state(const struct link *, struct buf *);

#endif
