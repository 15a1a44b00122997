/* The ULAs that bridges and containers have, whoever gave them. */
#ifndef SEKI_CORE_LANG_ULA_H
#define SEKI_CORE_LANG_ULA_H

#include "core/kernel/snapshot.h"

/* The permanent ULA of one of our bridges, whoever configured it: lxc-net,
 * Incus, an admin, seki. Borrowed; NULL if it has none. */
const struct address *ula_of_bridge(const struct snapshot *, int index);
/* A container's address in that prefix of its bridge; likewise. */
const struct address *ula_of_container(
    const struct snapshot *, const struct container *);

#endif
