/* Addresses to look up in containers that have too many to read. */
#ifndef SEKI_CORE_STATE_WANTED_H
#define SEKI_CORE_STATE_WANTED_H

#include "core/state/host.h"

/* Passes to net_want the addresses that the configs of the host give or lead
 * to, and those in the journal. */
void wanted_tell(const struct host *);

#endif
