/* Sources on the Internet: the address space cut into pieces by prefixes, and
 * sets of pieces as text. */
#ifndef SEKI_CORE_REACH_SOURCES_H
#define SEKI_CORE_REACH_SOURCES_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/addr.h"
#include "core/base/util.h"

/* Without prefixes it is empty. Piece i is prefix i minus the prefixes inside
 * it, so a rule for one of the prefixes matches a piece as a whole or not at
 * all. */
struct sources {
	uint8_t family; /* AF_INET6 or AF_INET: others are ignored */
	struct prefix *v;
	size_t n;
};

/* Adds a prefix to cut by; one that nobody on the Internet can have (ULA,
 * link-local, multicast, loopback, private) is ignored. */
void sources_add(struct sources *, const struct prefix *);
/* Call it before looking at pieces: the first one is then ::/0 (or 0.0.0.0/0),
 * and a prefix precedes those inside it. */
void sources_sort(struct sources *);
void sources_free(struct sources *);

/* Appends the pieces selected by in: "anywhere but 2001:db8::/32". At least one
 * must be selected. */
void sources_print(const struct sources *, const bool *in, struct buf *);

#endif
