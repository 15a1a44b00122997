/* The TCP connections of this host itself. */
#ifndef SEKI_CORE_KERNEL_NET_TCP_H
#define SEKI_CORE_KERNEL_NET_TCP_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/addr.h"
#include "core/base/err.h"

struct tcp {
	struct prefix local, remote; /* bare; IPv4 as such, not mapped */
	uint16_t local_port, remote_port;
	int index;	/* link that a link-local one is bound to; else 0 */
	uint32_t inode; /* as in /proc/PID/fd, "socket:[INODE]" */
};

struct tcp_list {
	struct tcp *v;
	size_t n;
};

/* The established connections of our network namespace with a local port from
 * lo to hi, in no order; free with tcp_list_free, also after an error. Needs no
 * privilege. */
int net_tcp(uint16_t lo, uint16_t hi, struct tcp_list *, struct err *);
/* The same for sockets that listen, which have no remote end. */
int net_tcp_listening(struct tcp_list *, struct err *);
void tcp_list_free(struct tcp_list *); /* empty then */

/* The index of the link that packets to that address leave by, as the kernel
 * routes them; index is the link of a link-local address, else 0. Returns 0 if
 * there is no route. */
int net_way_to(const struct prefix *, int index);

#endif
