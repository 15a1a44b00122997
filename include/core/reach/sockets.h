/* Cache of what receives packets: the listening sockets of containers that
 * forwards lead to, with the rules of their own in front of those and whom they
 * take for their gateway, and the sockets of this host where a forward may hide
 * them or a config leaves IPv4 open. The kernel sends no events about them, so
 * they are read again every few seconds. */
#ifndef SEKI_CORE_REACH_SOCKETS_H
#define SEKI_CORE_REACH_SOCKETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/kernel/hook.h"
#include "core/kernel/listener.h"
#include "core/kernel/net_way.h"
#include "core/kernel/snapshot.h"
#include "core/lang/config.h"
#include "core/reach/reread.h"

struct net;

struct sockets_inside {
	uint64_t inode; /* of the network namespace */
	struct listeners all;
	struct hooks rules;
	struct neighbour gateways[FAMILY_COUNT]; /* net_neighbour_inside */
	uint32_t generation;			 /* of those; 0: not read */
};

struct sockets {
	struct sockets_inside *v;
	size_t n;
	bool has_own;
	struct listeners own;	 /* of this host, with their programs */
	struct listeners *named; /* owned: those that sockets_name looked for */
	struct reread again;
};

/* Brings the cache up to date: new containers at once, all of them every few
 * seconds. True if anything changed. Containers that cannot be entered are left
 * out. */
bool sockets_update(struct sockets *, struct net *, const struct snapshot *,
    const struct config *);
void sockets_free(struct sockets *); /* empty then */

/* Borrowed until the next update; NULL if unknown. */
const struct listeners *sockets_of(const struct sockets *, uint64_t inode);
const struct hooks *sockets_rules(const struct sockets *, uint64_t inode);
const struct neighbour *sockets_gateway(
    const struct sockets *, uint64_t inode, enum family);

/* Fills in the program of a container's listener, as holders_find does; looks
 * at the processes once, until the sockets change. */
void sockets_name(const struct sockets *, struct listener *);

#endif
