/* Resolves "ula auto" and "address auto": chooses addresses for the
 * statement. */
#ifndef SEKI_CORE_LANG_ULA_H
#define SEKI_CORE_LANG_ULA_H

#include "core/kernel/snapshot.h"
#include "core/lang/config.h"

/* The statement with the word auto resolved, or unchanged if it has none: a
 * bridge keeps the ULA it has, else gets subnet 0, host ::1 of a random /48
 * (RFC 4193); a container keeps the address it has in that prefix of its
 * bridge, else gets the next free host number. If a runtime leases addresses of
 * that prefix, it is one of the upper half, which is not leased. Takes the
 * statement; NULL on an error. */
struct statement *ula_resolve(struct statement *, const struct config *,
    const struct snapshot *, struct err *);

/* The permanent ULA of one of our bridges, whoever configured it: lxc-net,
 * Incus, an admin, seki. Borrowed; NULL if it has none. */
const struct address *ula_of_bridge(const struct snapshot *, int index);
/* A container's address in that prefix of its bridge; likewise. */
const struct address *ula_of_container(
    const struct snapshot *, const struct container *);

#endif
