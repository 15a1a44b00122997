/* Sockets of a network namespace: listed by sock_diag(7), and ended. */
#ifndef SEKI_CORE_KERNEL_NET_SOCK_H
#define SEKI_CORE_KERNEL_NET_SOCK_H

#include "core/base/err.h"
#include "core/kernel/flow.h"
#include "core/kernel/listener.h"

struct net;
struct container;

/* Reads the sockets of the container's namespace, or of ours if it is NULL, in
 * the kernel's order, by sock_diag(7): the dump needs no privilege, entering
 * does. Empty after an error. */
int net_listeners(
    struct net *, const struct container *, struct listeners *, struct err *);

/* Closes the TCP socket inside the container, or of this host if it is NULL,
 * that sends the packets of this direction (SOCK_DESTROY); both ends get a
 * reset. *changed is false if there is no such socket, as behind a bridge
 * inside the container. */
int net_socket_end(struct net *, const struct container *,
    const struct flow_way *, bool *changed, struct err *);

/* Whether the UDP socket of this host that receives packets of this direction
 * is one for that peer alone, as a client has; true if nobody can tell. */
bool net_peer_has_socket(const struct flow_way *);

#endif
