/* What to read of the kernel only for a config that needs it: addresses in
 * containers that have too many to read, sshd's ports, and what is of IPv4. */
#ifndef SEKI_CORE_STATE_WANTED_H
#define SEKI_CORE_STATE_WANTED_H

#include "core/state/host.h"

/* Passes to net_want the addresses that the configs of the host give or lead
 * to, and those in the journal; to net_want_ssh whether a forward of theirs
 * takes the rest. */
void wanted_tell(const struct host *);
/* Of which family connections are read: AF_INET6, or AF_UNSPEC for both if what
 * was committed is about IPv4. */
uint8_t wanted_family(const struct host *);
/* Reads into the snapshot what resolving a new config needs, where its configs
 * did not need it before. */
void wanted_learn(struct host *, const struct config *);

#endif
