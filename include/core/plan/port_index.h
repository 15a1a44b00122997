/* Forwards by protocol and public port: sorted ranges, for thousands of
 * forwards and hundreds of thousands of lookups. */
#ifndef SEKI_CORE_PLAN_PORT_INDEX_H
#define SEKI_CORE_PLAN_PORT_INDEX_H

#include "core/lang/statement.h"

/* One port range of a forward, in one protocol; or the rest. */
struct port_claim {
	uint8_t proto; /* IPPROTO_TCP or IPPROTO_UDP */
	struct range ports;
	uint16_t reach; /* the last port of this and all before it */
	bool rest;	/* neither protocol nor ports matter */
	const void *owner;
};

struct port_index {
	struct port_claim *v; /* by protocol and first port, the rest last */
	size_t n, nrest;
};
void port_index_free(struct port_index *);

/* Adds the claims of a forward statement, for an owner that is borrowed until
 * port_index_free. Sort before the first lookup. */
void port_index_add(
    struct port_index *, const struct statement *, const void *owner);
void port_index_sort(struct port_index *);

/* Iterates over the claims on a port, those of the rest last; NULL starts and
 * ends it. Other claims in use on one address do not overlap, on several
 * addresses they may. */
const struct port_claim *port_index_next(const struct port_index *,
    uint8_t proto, uint16_t port, const struct port_claim *previous);

#endif
