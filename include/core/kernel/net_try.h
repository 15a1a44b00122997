/* Lets a packet into this host, and tells what it met. */
#ifndef SEKI_CORE_KERNEL_NET_TRY_H
#define SEKI_CORE_KERNEL_NET_TRY_H

#include "core/base/err.h"
#include "core/kernel/net_trace.h"
#include "core/kernel/snapshot.h"

struct net;

/* Sends the packet as if it came by the link; its cookie is set here. Neither
 * it nor an answer leaves this host or reaches a program, and nothing of it
 * stays. 0 with a trace to be freed, or -1 with the reason why the kernel
 * cannot. */
int net_try(struct net *, const struct link *, struct trial *, struct trace *,
    struct err *);

/* Waits so long for a packet of others that comes by the link and is like *t
 * (tracer_wait), which becomes what it was. The trace, to be freed, has seen
 * nothing where none came. */
int net_await(const struct link *, unsigned ms, struct trial *t, struct trace *,
    struct err *);

#endif
