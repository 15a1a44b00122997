/* What a commit refuses, since it would cut off who commits it. Neighbour
 * discovery and Packet Too Big need no check: the fixed lines of the ruleset
 * stand before all policies. Nor does the default route: no step of a plan
 * takes it away, and where router advertisements made it, the plan sets
 * accept_ra. */
#ifndef SEKI_CORE_REACH_SAFETY_H
#define SEKI_CORE_REACH_SAFETY_H

#include "core/kernel/ssh.h"
#include "core/plan/model.h"

/* Refuses (ERR_UNSAFE, blaming the statement) a model under which a new
 * connection like that of the SSH session would not get through for certain.
 * A session over IPv4, from this host itself, or to an address that this host
 * does not have (as in another namespace) is not judged. */
int safety_check(const struct model *, const struct snapshot *,
    const struct ssh *, struct err *);

/* Appends a warning when nobody on the Internet can open a connection to any
 * of these TCP ports of this host's public addresses, whether that was
 * different before, and on a second line what would help. before may be NULL:
 * not known. */
void safety_warn(const struct model *before, const struct model *after,
    const uint16_t *ports, size_t n, struct buf *);

#endif
