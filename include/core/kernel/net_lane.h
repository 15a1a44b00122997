/* A way into this host: frames that are sent on it arrive as if by another
 * link. */
#ifndef SEKI_CORE_KERNEL_NET_LANE_H
#define SEKI_CORE_KERNEL_NET_LANE_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"

struct net;
struct lane;

/* A veth pair between a network namespace of its own and ours, where a filter
 * redirects all that comes to the link of that index. Only descriptors of this
 * process keep that namespace: the kernel removes all of it when they are
 * closed, however the process ends. NULL with the error that says which piece
 * the kernel lacks. */
struct lane *lane_open(struct net *, int index, struct err *);
void lane_close(struct lane *);

const uint8_t *lane_mac(const struct lane *); /* what frames are sent to */
/* Sends a frame, with its Ethernet header; 0 or -1. */
int lane_send(struct lane *, const void *frame, size_t len, struct err *);

#endif
