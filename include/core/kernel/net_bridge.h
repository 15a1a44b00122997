/* Makes bridges, and deletes those that it made. */
#ifndef SEKI_CORE_KERNEL_NET_BRIDGE_H
#define SEKI_CORE_KERNEL_NET_BRIDGE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"

struct net;

struct net_bridge {
	const char *name;
	int index;
	uint64_t mac; /* as of mac_number */
};

/* All return 0 or -1 with the error set; *changed (may be NULL) says whether
 * there was anything to do. */

/* Creates it, up and without ports, with that MAC for ever: without it a bridge
 * takes the lowest of its ports, which come and go. An existing link of that
 * name or index is an error, unless it is just that bridge. */
int net_bridge_make(
    struct net *, const struct net_bridge *, bool *changed, struct err *);
/* Deletes it; whatever else has its name or its index stays. An error while it
 * has ports: they would lose their network. */
int net_bridge_remove(
    struct net *, const struct net_bridge *, bool *changed, struct err *);
/* Sets the link of that index up, or down, if it is still there. */
int net_bridge_set(struct net *, const struct net_bridge *, bool up,
    bool *changed, struct err *);

#endif
