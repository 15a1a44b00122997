/* Cache of the routes to forward targets, and of their replies. The kernel is
 * asked, so that policy rules (ip rule), tables and unreachable routes count;
 * it sends no events about rules, so routes are looked up again every few
 * seconds. */
#ifndef SEKI_CORE_REACH_WAY_H
#define SEKI_CORE_REACH_WAY_H

#include <stdbool.h>
#include <stddef.h>

#include "core/kernel/net_way.h"
#include "core/kernel/snapshot.h"
#include "core/lang/config.h"
#include "core/reach/reread.h"

struct ways {
	struct way *v;
	size_t n;
	struct reread again;
};

/* Brings the cache up to date: all of it if fresh is set or some seconds have
 * passed. True if anything changed. */
bool ways_update(struct ways *, struct net *, const struct snapshot *,
    const struct config *, bool fresh);
void ways_free(struct ways *); /* empty then */

/* Borrowed until the next update; NULL if unknown. */
const struct way *ways_of(const struct ways *, const struct prefix *target);

#endif
