/* Ways of packets to the targets of forwards and of their answers, as this host
 * would route them now: the kernel is asked, so that rules (ip rule), tables,
 * routes that refuse and whatever else decides have their say. Remembered, and
 * asked again every few seconds, for the kernel tells of no rule. */
#ifndef SEKI_CORE_WAY_H
#define SEKI_CORE_WAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/config.h"
#include "core/snapshot.h"

/* What the kernel knows of the MAC behind an address on a link. */
struct neighbour {
	bool fixed;  /* somebody gave it for good, and nothing is asked */
	bool silent; /* it was asked for a moment ago, and did not answer */
	uint8_t mac[6];
	bool has_mac;
};

struct way {
	struct prefix target; /* bare */
	struct passage in;    /* to it, of what comes by the uplink */
	struct neighbour neighbour; /* it, on the link that in leads to */
	struct passage out;   /* to the world, of what comes from it by there */
	struct neighbour gateway; /* that of out */
};

struct ways {
	struct way *v;
	size_t n;
	uint64_t read; /* when they were, now_ms */
};

struct net;

/* Brings them up to date: anew when fresh is set, or some seconds have passed.
 * True when any of it is not as it was. */
bool ways_update(struct ways *, struct net *, const struct snapshot *,
    const struct config *, bool fresh);
void ways_free(struct ways *); /* empty then */

/* Borrowed until the next update; NULL when it is not known. */
const struct way *ways_of(const struct ways *, const struct prefix *target);

/* core/net_way.c: asks for that target. iif is the link by which its packets
 * come, 0 for any. */
void net_way(struct net *, const struct prefix *target, int iif, struct way *);

#endif
