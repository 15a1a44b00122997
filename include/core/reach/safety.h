/* Refuses commits that would cut off whoever commits. Neighbour discovery and
 * Packet Too Big need no check: fixed rules precede all policies. Nor does the
 * default route: no step of a plan removes it, and if it came by router
 * advertisement, the plan sets accept_ra. */
#ifndef SEKI_CORE_REACH_SAFETY_H
#define SEKI_CORE_REACH_SAFETY_H

#include "core/kernel/ssh.h"
#include "core/plan/model.h"

/* Refuses (ERR_UNSAFE, at the statement to blame) a model that does not
 * certainly let in a new connection like that of the SSH session. Sessions over
 * IPv4, from this host itself, or to an address this host does not have (as in
 * another namespace) are not judged. */
int safety_check(const struct model *, const struct snapshot *,
    const struct ssh *, struct err *);

/* Whether somebody on the Internet can connect to any of these TCP ports on
 * this host's public addresses, or there is nothing to say of that. */
bool safety_has_way_in(const struct model *, const uint16_t *ports, size_t n);
/* Appends a warning if nobody on the Internet can connect to any of these TCP
 * ports on this host's public addresses, whether that is new, and on a second
 * line the remedy. before may be NULL: unknown. */
void safety_warn(const struct model *before, const struct model *after,
    const uint16_t *ports, size_t n, struct buf *);

#endif
