/* The word auto: chooses an address for a statement. */
#ifndef SEKI_CORE_LANG_AUTO_H
#define SEKI_CORE_LANG_AUTO_H

#include "core/kernel/snapshot.h"
#include "core/lang/config.h"

/* The statement with each auto resolved, or unchanged if it has none: a bridge
 * keeps the address it has, else gets subnet 0, host ::1 of a random /48 (RFC
 * 4193), and no IPv4 address, which is an error; a container keeps the address
 * it has in the prefix of its bridge, else gets the next free host number. If
 * a runtime leases addresses of that prefix, it is one of the upper half, which
 * is not leased; one of IPv4 is none that a DHCP server of this host leases.
 * Takes the statement; NULL on an error. */
struct statement *auto_resolve(struct statement *, const struct config *,
    const struct snapshot *, struct err *);

/* Whether a runtime leases addresses on that bridge, as Docker and Podman do,
 * which publish ports by themselves. */
bool auto_is_lent(const struct snapshot *, const char *bridge);

/* A prefix for a bridge, as 10.x.0.1/24, that nothing of this host overlaps;
 * false if there is none. */
bool auto_example(
    struct prefix *, const struct config *, const struct snapshot *);

#endif
