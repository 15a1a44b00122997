/* The TCP connections of this host itself. */
#ifndef SEKI_CORE_KERNEL_TCP_H
#define SEKI_CORE_KERNEL_TCP_H

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

/* The established connections of our network namespace whose local port is
 * one of lo to hi, in no order; to be freed with tcp_list_free, also after an
 * error. Takes no privilege. */
int net_tcp(uint16_t lo, uint16_t hi, struct tcp_list *, struct err *);
void tcp_list_free(struct tcp_list *); /* empty then */

/* The link by which packets to that address leave, as the kernel's routing
 * decides; index is that of the link in which a link-local one holds, else 0.
 * 0 when there is no way to it. */
int net_way_to(const struct prefix *, int index);

#endif
