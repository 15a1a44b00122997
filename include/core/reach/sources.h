/* Who on the Internet: all its addresses, cut into pieces by prefixes, and
 * sets of these pieces in words. */
#ifndef SEKI_CORE_REACH_SOURCES_H
#define SEKI_CORE_REACH_SOURCES_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/addr.h"
#include "core/base/util.h"

/* All zero is empty. Piece i is prefix i less those that lie within it, so a
 * rule for one of the prefixes matches a piece as a whole or not at all. */
struct sources {
	struct prefix *v;
	size_t n;
};

/* Cuts along that prefix, too; one that nobody on the Internet can have (ULA,
 * link-local, multicast, loopback) is left out. */
void sources_add(struct sources *, const struct prefix *);
/* To be called before the pieces are looked at: the first is then ::/0, and a
 * prefix stands before those within it. */
void sources_sort(struct sources *);
void sources_free(struct sources *);

/* Appends the pieces for which in says so: "anywhere but 2001:db8::/32". At
 * least one must be in. */
void sources_print(const struct sources *, const bool *in, struct buf *);

#endif
