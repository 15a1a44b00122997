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
	unsigned direct;  /* others that the rules of before let through */
	struct buf named; /* the first of these, a line each */
	unsigned ended;	  /* no more: of UDP, the next packet begins anew; */
	unsigned closed;  /* of TCP, as was wished; */
	unsigned lost;	  /* to a public address that went */
};
void lingering_free(struct lingering *); /* what it holds */

/* What is done beside what is always done. */
struct lingering_wish {
	unsigned number; /* of what is in force now, in the history; 0: the
			    newest */
	bool all; /* TCP that the rules of before let through is ended, too, but
		     for the session that this process runs in */
};

/* Looks at all connections after the kernel has got the rules of now instead of
 * those of before (core/state/orphan.h), and ends what is to be ended: UDP that
 * now would not get through as it goes, and all to a public address that no
 * container has any more. Notes what goes on (core/state/orphan_note.h). All
 * zero if nothing can be told. Takes a refreshed host; free the result. */
struct lingering lingering_settle(struct host *, const struct config *before,
    const struct config *now, const struct lingering_wish *);

/* Ends all connections from or to one of these addresses, also translated ones,
 * and returns how many: nobody can answer them any more. */
unsigned lingering_end(struct host *, const struct prefixes *);

/* Appends a note for each number that is not 0. */
void lingering_tell(const struct lingering *, struct buf *notes);

#endif
