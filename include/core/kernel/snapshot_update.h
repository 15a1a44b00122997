/* A snapshot brought up to date by a later one of the same objects. */
#ifndef SEKI_CORE_KERNEL_SNAPSHOT_UPDATE_H
#define SEKI_CORE_KERNEL_SNAPSHOT_UPDATE_H

#include "core/kernel/snapshot.h"

/* Brings s up to date with a later one if both have the same links, addresses,
 * routes and containers: what counts, the time that things have left, whether
 * links are up and what they are set to is updated in place, so that what was
 * borrowed from s stays valid, and now is freed. False without any change when
 * they differ. */
bool snapshot_update(struct snapshot *s, struct snapshot *now);

#endif
