/* Ending a live flow. */
#ifndef SEKI_CORE_STATE_ENDING_H
#define SEKI_CORE_STATE_ENDING_H

#include "core/base/err.h"
#include "core/kernel/flow.h"
#include "core/state/host.h"

/* What became of it; both false: it had ended already. */
struct ending {
	bool closed;	/* of TCP: a socket here was closed, and both ends have
			   heard of it */
	bool forgotten; /* conntrack has forgotten it */
};

/* Ends a flow: a TCP by closing the socket that has it, in a container or of
 * this host, where that can be found; else conntrack forgets it. */
int ending_carry_out(
    struct host *, const struct flow *, struct ending *, struct err *);

#endif
