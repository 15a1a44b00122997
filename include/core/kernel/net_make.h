/* Making links, for the throw-away host of the lab: in our own namespace,
 * changed by nothing else in the program. */
#ifndef SEKI_CORE_KERNEL_NET_MAKE_H
#define SEKI_CORE_KERNEL_NET_MAKE_H

#include <stdbool.h>
#include <sys/types.h>

#include "core/base/err.h"

struct net;

/* All return 0 or -1 with the error set. */

/* A bridge, down and without ports. One of that name is an error. */
int net_make_bridge(struct net *, const char *name, struct err *);

/* A pair of veth devices, both down: name here, peer in the network namespace
 * of that process, or here when it is 0. */
int net_make_veth(struct net *, const char *name, const char *peer,
    pid_t peer_netns_pid, struct err *);

/* Sets a link up or down; and into a bridge, or out of one when master is "",
 * or leaves that alone when it is NULL. */
int net_link_set(
    struct net *, const char *name, bool up, const char *master, struct err *);

#endif
