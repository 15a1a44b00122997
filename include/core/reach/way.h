/* Ways of packets to the targets of forwards and of their answers, as this host
 * would route them now: the kernel is asked, so that rules (ip rule), tables,
 * routes that refuse and whatever else decides have their say. Remembered, and
 * asked again every few seconds, for the kernel tells of no rule. */
#ifndef SEKI_CORE_REACH_WAY_H
#define SEKI_CORE_REACH_WAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/kernel/net_way.h"
#include "core/kernel/snapshot.h"
#include "core/lang/config.h"

struct ways {
	struct way *v;
	size_t n;
	uint64_t read; /* when they were, now_ms */
};

/* Brings them up to date: anew when fresh is set, or some seconds have passed.
 * True when any of it is not as it was. */
bool ways_update(struct ways *, struct net *, const struct snapshot *,
    const struct config *, bool fresh);
void ways_free(struct ways *); /* empty then */

/* Borrowed until the next update; NULL when it is not known. */
const struct way *ways_of(const struct ways *, const struct prefix *target);

#endif
