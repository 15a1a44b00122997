/* Addresses below their bridge: what all have in common is said once. */
#ifndef SEKI_SCREENS_PLACE_H
#define SEKI_SCREENS_PLACE_H

#include "core/state/host.h"

/* Appends what an address has that its bridge does not say, "::3" or ".11"; the
 * ends of one that is of no network there, "fd5a:…::9". The bridge may be NULL.
 */
void place_host(const struct host *, const struct link *bridge,
    const struct prefix *, struct buf *);

/* Appends the networks of a bridge, those of the candidate, too:
 * "fd5a:1c2e:90b1::/64, 10.0.3.0/24". */
void place_networks(
    const struct host *, const struct link *bridge, struct buf *);

#endif
