/* The route of packets to one target and of its replies, as this host would
 * route them now. */
#ifndef SEKI_CORE_KERNEL_NET_WAY_H
#define SEKI_CORE_KERNEL_NET_WAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/kernel/net.h"

/* Neighbour cache entry of an address on a link. */
struct neighbour {
	bool fixed;  /* somebody gave it for good, and nothing is asked, */
	bool noarp;  /* as on its link nobody is asked at all */
	bool silent; /* it was asked for a moment ago, and did not answer; not
			told from inside a container */
	uint8_t mac[6];
	bool has_mac;
};

/* One that somebody gave for good. */
struct fixed_neighbour {
	struct prefix addr;
	int index;
	uint8_t mac[6];
	bool has_mac;
};

struct way {
	struct prefix target; /* bare */
	struct passage in;    /* to it, of what comes by the uplink */
	bool filtered; /* refused there, as answers would leave by another link
			  (rp_filter) */
	struct neighbour neighbour; /* it, on the link that in leads to */
	struct passage out; /* to the world, of what comes from it by there */
	struct neighbour gateway; /* that of out */
};

/* Looks the entry up, and asks nobody; empty where there is none. */
void net_neighbour(
    struct net *, const struct prefix *addr, int index, struct neighbour *);

/* The same inside a container, of the gateway by which it sends to the world;
 * empty likewise, and where it cannot be entered. */
void net_neighbour_inside(
    struct net *, const struct container *, enum family, struct neighbour *);

/* All fixed ones, of both families; the caller frees them. */
void net_neighbours_fixed(struct net *, struct fixed_neighbour **, size_t *n);

/* Looks the routes up. iif is the link that packets arrive on, 0 for any. */
void net_way(struct net *, const struct prefix *target, int iif, struct way *);

/* A packet that this host would route. */
struct flight {
	const struct prefix *from, *to;
	int iif;       /* the link that it arrives on */
	uint8_t proto; /* IPPROTO_TCP or IPPROTO_UDP, with ports; 0: unknown */
	uint16_t sport, dport;
	uint32_t mark;
};
void net_flight(struct net *, const struct flight *, struct passage *);

/* Why this host would not take a packet that comes by that link, with those
 * addresses, any further: an errno value; 0 if it would. */
int net_way_refusal(
    struct net *, int iif, const struct prefix *from, const struct prefix *to);

#endif
