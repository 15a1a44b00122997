/* The addresses that seki must not overlook in a container that has more of
 * them than are read. */
#ifndef SEKI_CORE_STATE_WANTED_H
#define SEKI_CORE_STATE_WANTED_H

#include "core/state/host.h"

/* Names to the kernel door those that the configs of the host give or lead to,
 * and those that the journal notes. */
void wanted_tell(const struct host *);

#endif
