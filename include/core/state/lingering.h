/* Live connections after a change of rules. A TCP connection cannot be
 * restarted halfway, so it goes on and is reported; the next UDP packet is as
 * good as a first one, so UDP flows are deleted for the rules to take
 * effect. */
#ifndef SEKI_CORE_STATE_LINGERING_H
#define SEKI_CORE_STATE_LINGERING_H

#include "core/lang/config.h"
#include "core/state/host.h"

/* Numbers of connections that go on although the rules would not let them
 * through: */
struct lingering {
	unsigned left;	  /* told by show connections: translated ones, and
			     those to public addresses */
	unsigned direct;  /* others */
	struct buf named; /* the first of these, a line each */
	unsigned ended;	  /* no more: of UDP, the next packet begins anew; */
	unsigned lost;	  /* to a public address that went */
};
void lingering_free(struct lingering *); /* what it holds */

/* Looks at all connections after the kernel has got the rules of now instead of
 * those of before. Ends UDP flows that a forward of before translated and that
 * now would not get through as they are, and those to a port of this host that
 * a forward now claims and no program listens on; and those of UDP to a public
 * address that the rules refuse, and all to one that no container has any more.
 * Connections translated by
 * other tables are left alone, and so are those of IPv4 where neither config is
 * about it. All zero if nothing can be told. Takes a
 * refreshed host; free the result. */
struct lingering lingering_settle(
    struct host *, const struct config *before, const struct config *now);

/* Ends all connections from or to one of these addresses, also translated ones,
 * and returns how many: nobody can answer them any more. */
unsigned lingering_end(struct host *, const struct prefixes *);

/* Appends a note for each number that is not 0. */
void lingering_tell(const struct lingering *, struct buf *notes);

#endif
