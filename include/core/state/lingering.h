/* Live connections once the rules have changed under them. A TCP connection
 * cannot begin anew in its middle, so it goes on and is told of; what UDP sends
 * next is as good as a first packet, so there the rules are made to hold. */
#ifndef SEKI_CORE_STATE_LINGERING_H
#define SEKI_CORE_STATE_LINGERING_H

#include "core/lang/config.h"
#include "core/state/host.h"

/* How many go on although the rules would not let them through: */
struct lingering {
	unsigned left;	  /* that a forward has translated */
	unsigned direct;  /* that nothing has */
	struct buf named; /* the first of these, a line each */
	unsigned ended;	  /* no more: of UDP, the next packet begins anew */
};
void lingering_free(struct lingering *); /* what it holds */

/* Looks at all connections once the kernel has the rules of now instead of
 * those of before. Ended are flows of UDP that a forward of before has
 * translated and that now would not let through as they go; and those that
 * reach this host by a port that a forward of now claims, where no program
 * waits for them. Whatever other tables translate is left alone. All zero when
 * nobody can tell. Takes a refreshed host; to be freed. */
struct lingering lingering_settle(
    struct host *, const struct config *before, const struct config *now);

/* Appends a note of each number that is not 0, for people. */
void lingering_tell(const struct lingering *, struct buf *notes);

#endif
