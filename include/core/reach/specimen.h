/* Packets such as a statement is about, to see what becomes of them. */
#ifndef SEKI_CORE_REACH_SPECIMEN_H
#define SEKI_CORE_REACH_SPECIMEN_H

#include "core/kernel/trial.h"
#include "core/plan/model.h"

#define SPECIMEN_PORT 40000 /* of a client, where none is given */
#define SPECIMENS_MAX 4	    /* of both protocols, in both families */

/* The first packet of a connection from outside. */
struct specimen {
	struct trial trial; /* without a cookie */
	bool passes;	    /* so its statement says, else it is refused */
};

/* An address that nobody has (RFC 3849, 5737), bare: anybody outside. */
struct prefix specimen_stranger(enum family);

/* One for each protocol and family of a forward or a policy, and how many. It
 * comes from the first prefix that the statement names, else from that
 * stranger, and goes to a public address of the model.
 * Of other statements, and of what only containers send, there are none. */
size_t specimens_of(const struct model *, const struct statement *,
    struct specimen v[static SPECIMENS_MAX]);

#endif
