/* Neighbours: all base chains of this host in the order that packets meet them,
 * whose they are, and what they do to what is seki's. */
#ifndef SEKI_CORE_SHOW_LIST_NEIGHBOUR_H
#define SEKI_CORE_SHOW_LIST_NEIGHBOUR_H

#include "core/kernel/hook.h"
#include "core/show/listing.h"

enum neighbour_effect {
	NEIGHBOUR_LEAVES, /* it drops nothing, */
	NEIGHBOUR_SOME,	  /* something, */
	NEIGHBOUR_REST,	  /* what none of its rules accepts, */
	NEIGHBOUR_ALL,	  /* or everything */
	NEIGHBOUR_SENDS,  /* it sends some to hosts of its own */
	/* seki's own: */
	NEIGHBOUR_JUDGES,
	NEIGHBOUR_TRANSLATES,
	NEIGHBOUR_EFFECTS
};

struct neighbour_row {
	const struct hook *hook;    /* NULL: it is seki's own, */
	const struct own_hook *own; /* and this one */
	enum neighbour_effect effect;
	bool alone; /* only in that family, while it sees both */
	enum family family;
	unsigned forwards; /* that it keeps from working */
};

extern const struct listing listing_neighbours;

/* Appends what a chain is called, and whose it is. */
void neighbour_name(
    const struct host *, const struct neighbour_row *, struct buf *);
/* Appends lines of what it does, and to what. */
void neighbour_tell(
    const struct host *, const struct neighbour_row *, struct buf *);

#endif
