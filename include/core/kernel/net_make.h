/* Creates links in our own namespace, for core/lab alone. */
#ifndef SEKI_CORE_KERNEL_NET_MAKE_H
#define SEKI_CORE_KERNEL_NET_MAKE_H

#include <stdbool.h>
#include <sys/types.h>

#include "core/base/err.h"

struct net;

/* All return 0 or -1 with the error set. */

/* Creates a bridge, down and without ports. An existing link of that name is an
 * error. */
int net_make_bridge(struct net *, const char *name, struct err *);

/* Creates a veth pair, both ends down: name here, peer in the network namespace
 * of that process, or here if it is 0. */
int net_make_veth(struct net *, const char *name, const char *peer,
    pid_t peer_netns_pid, struct err *);
/* The same, with the peer in the network namespace that fd has open. */
int net_make_veth_at(
    struct net *, const char *name, const char *peer, int fd, struct err *);

/* Sets a link up or down, and its master: "" removes it from its bridge, NULL
 * leaves that alone. */
int net_link_set(
    struct net *, const char *name, bool up, const char *master, struct err *);

#endif
