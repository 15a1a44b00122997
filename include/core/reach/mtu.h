/* MTUs between a bridge and what is behind one of its ports: two that are
 * neither routers drop what is too large for the other, and no error tells it.
 */
#ifndef SEKI_CORE_REACH_MTU_H
#define SEKI_CORE_REACH_MTU_H

#include "core/kernel/snapshot.h"

/* That of the interface inside must be known. */
struct mtus {
	const struct link *bridge, *port;
	const struct container *container;
};

/* The largest packets that get to it, and from it, in bytes. */
unsigned mtus_fit(const struct mtus *);
/* Whether larger ones are lost on the way to it, or from it. */
bool mtus_lose_to(const struct mtus *);
bool mtus_lose_from(const struct mtus *);
/* Whether segments of TCP are, whose ends tell each other what each takes. */
bool mtus_lose_segments(const struct mtus *);
/* Appends the command that makes them fit; nothing where none is known. */
void mtus_cure(const struct mtus *, const struct snapshot *, struct buf *);

#endif
