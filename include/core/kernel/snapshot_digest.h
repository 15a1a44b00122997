/* Tells whether two snapshots differ. */
#ifndef SEKI_CORE_KERNEL_SNAPSHOT_DIGEST_H
#define SEKI_CORE_KERNEL_SNAPSHOT_DIGEST_H

#include "core/kernel/snapshot.h"

/* A digest of everything but what moves while nothing happens: traffic, the
 * seconds that are left of a lifetime, the time of reading. */
uint64_t snapshot_digest(const struct snapshot *);

#endif
