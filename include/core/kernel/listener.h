/* Who waits for packets: the listening sockets of a network namespace. */
#ifndef SEKI_CORE_KERNEL_LISTENER_H
#define SEKI_CORE_KERNEL_LISTENER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/addr.h"
#include "core/base/err.h"

/* A TCP socket that listens, or a UDP socket without a peer. */
struct listener {
	uint8_t proto; /* IPPROTO_TCP or IPPROTO_UDP */
	uint16_t port;
	struct prefix addr; /* bare; all zero is every address of its family */
	int index;	    /* the only interface that it hears; 0: any */
};

struct listeners {
	struct listener *v; /* owned */
	size_t n;
	bool cut; /* there are more than are kept */
};

/* Whether a packet to that address and port, which comes in by the interface,
 * finds a socket. Of IPv6 sockets that take IPv4 too, only IPv6 is told. */
bool listeners_hear(const struct listeners *, uint8_t proto,
    const struct prefix *addr, uint16_t port, int index);
/* Any socket with that port, whatever its address; NULL when there is none. */
const struct listener *listeners_find(
    const struct listeners *, uint8_t proto, uint16_t port);
bool listeners_equal(const struct listeners *, const struct listeners *);
void listeners_free(struct listeners *); /* empty then */

struct net;
struct container;

/* Reads those of the container's namespace, of ours when it is NULL, in the
 * kernel's order; by sock_diag(7), whose dumps take no privilege but entering
 * does. Empty after an error. */
int net_listeners(
    struct net *, const struct container *, struct listeners *, struct err *);

#endif
