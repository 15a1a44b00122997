/* Injecting frames into this host, which arrive as if by another link. */
#ifndef SEKI_CORE_KERNEL_NET_INJECT_H
#define SEKI_CORE_KERNEL_NET_INJECT_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"

struct net;
struct injector;

/* A veth pair between a network namespace of its own and ours, where a filter
 * redirects all that comes to the link of that index. Only descriptors of this
 * process keep that namespace: the kernel removes all of it within a moment of
 * their end (30 ms), however the process ends. NULL with the error that says
 * which piece the kernel lacks. */
struct injector *injector_open(struct net *, int index, struct err *);
void injector_close(struct injector *);

/* What frames are sent to. */
const uint8_t *injector_mac(const struct injector *);
/* Sends a frame, with its Ethernet header; 0 or -1. */
int injector_send(
    struct injector *, const void *frame, size_t len, struct err *);

#endif
