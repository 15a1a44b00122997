/* "ula auto": picks an address and writes it down. */
#ifndef SEKI_CORE_ULA_H
#define SEKI_CORE_ULA_H

#include "core/config.h"
#include "core/snapshot.h"

/* The statement with its "ula auto" resolved, or itself when it has none: a
 * bridge gets subnet 0, host ::1 of a random /48 (RFC 4193), a container the
 * next free host number of its bridge's prefix. Takes the statement; NULL on
 * an error. */
struct statement *ula_resolve(struct statement *, const struct config *,
    const struct snapshot *, struct err *);

#endif
