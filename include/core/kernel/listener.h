/* Listening sockets of a network namespace. */
#ifndef SEKI_CORE_KERNEL_LISTENER_H
#define SEKI_CORE_KERNEL_LISTENER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/addr.h"

/* A TCP socket that listens, or a UDP socket without a peer. */
struct listener {
	uint8_t proto; /* IPPROTO_TCP or IPPROTO_UDP */
	uint16_t port;
	struct prefix addr; /* bare; all zero is every address of its family */
	int index;	    /* the only interface that it hears; 0: any */
	bool both;	  /* it is of every IPv6 address, and of IPv4's, too */
	uint32_t inode;	  /* of the socket; 0: not known */
	char program[32]; /* that it belongs to, any bytes: escape to show;
			       "" unless holders_find has found it */
};

struct listeners {
	struct listener *v; /* owned */
	size_t n;
	bool cut; /* there are more than are kept */
};

/* Whether others come to it: nobody does to what asks for leases or takes any
 * free port of UDP. Wants its program (core/kernel/holder.h). */
bool listener_serves(const struct listener *);
/* Whether a packet to that address and port, arriving on the interface, finds a
 * socket. */
bool listeners_hear(const struct listeners *, uint8_t proto,
    const struct prefix *addr, uint16_t port, int index);
/* Any socket on that port, whatever its address; NULL if there is none. */
const struct listener *listeners_find(
    const struct listeners *, uint8_t proto, uint16_t port);
bool listeners_equal(const struct listeners *, const struct listeners *);
void listeners_free(struct listeners *); /* empty then */

#endif
