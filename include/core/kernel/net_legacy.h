/* Tables of iptables-legacy, read from the kernel. They have no events. */
#ifndef SEKI_CORE_KERNEL_NET_LEGACY_H
#define SEKI_CORE_KERNEL_NET_LEGACY_H

#include <stdbool.h>

struct hooks;
struct net;

/* Whether there may be some. */
bool net_has_legacy(struct net *);
/* Appends the hooks of those that exist. 0 or an errno value. */
int net_legacy(struct hooks *);

#endif
