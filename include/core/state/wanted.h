/* What to read of the kernel only for a config that needs it: addresses in
 * containers that have too many to read, sshd's ports, and what is of IPv4. */
#ifndef SEKI_CORE_STATE_WANTED_H
#define SEKI_CORE_STATE_WANTED_H

#include "core/kernel/net_flow.h"
#include "core/state/host.h"

/* Passes to net_want the addresses that the configs of the host give or lead
 * to, and those in the journal; to net_want_ssh whether a forward of theirs
 * takes the rest. */
void wanted_tell(const struct host *);
/* Which connections are read: of IPv4 only if what was committed is about it,
 * and beside those of forwards those to its public prefixes, which the caller
 * frees. */
struct flow_scope wanted_flows(const struct host *);
/* Reads into the snapshot what resolving a new config needs, where its configs
 * did not need it before. */
void wanted_learn(struct host *, const struct config *);

#endif
