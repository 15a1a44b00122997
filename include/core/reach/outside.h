/* Public prefixes behind this host, translated or routed, cut into pieces whose
 * addresses all fare alike. */
#ifndef SEKI_CORE_REACH_OUTSIDE_H
#define SEKI_CORE_REACH_OUTSIDE_H

#include "core/plan/model.h"
#include "core/reach/sources.h"

/* One that lies in no other one. Piece 0 is not in it. */
struct outside {
	struct prefix all;
	struct sources pieces;
};

struct outsides {
	struct outside *v;
	size_t n;
};

/* Of both models, of which the first may be NULL; free the result. */
void outsides_read(struct outsides *, const struct model *const sides[2]);
void outsides_free(struct outsides *);

/* An address of piece i in *addr; false if other pieces leave none to it. */
bool outside_pick(const struct outside *, size_t i, struct prefix *addr);

#endif
