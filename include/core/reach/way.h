/* Cache of the routes to forward targets, and of their replies. The kernel is
 * asked, so that policy rules (ip rule), tables and unreachable routes count;
 * it sends no events about rules, so routes are looked up again every few
 * seconds. */
#ifndef SEKI_CORE_REACH_WAY_H
#define SEKI_CORE_REACH_WAY_H

#include <stdbool.h>
#include <stddef.h>

#include "core/kernel/net_way.h"
#include "core/plan/model.h"
#include "core/reach/reread.h"

struct ways {
	struct way *v;
	size_t n;
	struct reread again;
};

/* Whether some seconds have passed since they were looked up. */
bool ways_are_due(const struct ways *);
/* Looks up those of all forwards of the model; NULL: there are none. True if
 * anything changed. */
bool ways_update(struct ways *, struct net *, const struct model *);
void ways_free(struct ways *); /* empty then */

/* Borrowed until the next update; NULL if unknown. */
const struct way *ways_of(const struct ways *, const struct prefix *target);

/* These append the command that mends it, as it is typed at a shell: what comes
 * by that link is not dropped any more for where answers would leave, */
void way_cure_filter(const char *link, struct buf *);
/* and the neighbour entry of that address is looked for anew. */
void way_cure_neighbour(
    const struct prefix *addr, const char *link, struct buf *);

#endif
