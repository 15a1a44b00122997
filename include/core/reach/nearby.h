/* Cache of what is around this host, and of which the kernel sends no events:
 * gateways, routes to what is behind bridges and from it, fixed neighbour
 * entries, locked ports, and what the kernel does with packets that nobody
 * would expect. */
#ifndef SEKI_CORE_REACH_NEARBY_H
#define SEKI_CORE_REACH_NEARBY_H

#include <stdbool.h>
#include <stddef.h>

#include "core/kernel/net_fdb.h"
#include "core/kernel/net_way.h"
#include "core/kernel/snapshot.h"
#include "core/lang/config.h"
#include "core/reach/reread.h"

/* The next hop of a default route. */
struct gateway {
	struct prefix addr;
	int index; /* the link that it is on */
	bool silent;
};

/* The way of some address behind a stated bridge, or of an uplink's own. */
struct nearby_way {
	int index; /* that link */
	struct way way;
};

/* A locked port, and what its bridge knows of the container behind it. */
struct locked_port {
	int index;
	enum station station;
};

struct nearby {
	struct gateway *gateways; /* those of IPv4 only with its option */
	size_t ngateways;
	struct nearby_way *bridges, *uplinks; /* the latter of IPv4 alone */
	size_t nbridges, nuplinks;
	int uplink; /* that packets to bridges are taken to come by; 0: any */
	struct fixed_neighbour *fixed;
	size_t nfixed;
	struct locked_port *locked;
	size_t nlocked;
	bool bridged[FAMILY_COUNT]; /* net_bridged */
	bool sorted[FAMILY_COUNT];  /* net_rules_sort */
	struct reread again;
};

/* Brings it up to date: always if fresh is set, else if some seconds have
 * passed. True if anything changed. */
bool nearby_update(struct nearby *, struct net *, const struct snapshot *,
    const struct config *, bool fresh);
void nearby_free(struct nearby *); /* empty then */

#endif
