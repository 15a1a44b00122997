/* "ula auto": picks an address and writes it down. */
#ifndef SEKI_CORE_LANG_ULA_H
#define SEKI_CORE_LANG_ULA_H

#include "core/kernel/snapshot.h"
#include "core/lang/config.h"

/* The statement with its "ula auto" resolved, or itself when it has none: a
 * bridge keeps the ULA that it has, else gets subnet 0, host ::1 of a random
 * /48 (RFC 4193); a container keeps the address that it has in the prefix of
 * its bridge, else gets the next free host number. Where a runtime lends out
 * addresses of that prefix, it is one of the upper half, which are not lent.
 * Takes the statement; NULL on an error. */
struct statement *ula_resolve(struct statement *, const struct config *,
    const struct snapshot *, struct err *);

/* The ULA that a bridge of ours has for good, whoever gave it: lxc-net, Incus,
 * an admin, seki. Borrowed; NULL when it has none. */
const struct address *ula_of_bridge(const struct snapshot *, int index);
/* The address of a container in the prefix that its bridge has so. Likewise. */
const struct address *ula_of_container(
    const struct snapshot *, const struct container *);

#endif
