/* The tree of the host: the Internet, uplinks, bridges and containers, with the
 * traffic on the way to each. */
#ifndef SEKI_SCREENS_PICTURE_H
#define SEKI_SCREENS_PICTURE_H

#include "core/show/list_bridge.h"
#include "core/show/list_container.h"
#include "core/show/list_uplink.h"
#include "screens/grid.h"
#include "screens/traffic.h"

#define PICTURE_DEPTH 3

/* A node; one of the three is set. */
struct node {
	const struct uplink_row *uplink;
	const struct bridge_row *bridge;
	const struct container_row *container;
	const char *name;
	struct traffic traffic; /* in: away from the Internet */
	int depth;
	bool more[PICTURE_DEPTH]; /* a line continues at that depth */
};

struct picture;

/* Borrows the rows, and from the host until that changes. Owned by the caller.
 */
struct picture *picture_new(
    const struct host *, const struct container_row *, size_t ncontainers);
void picture_free(struct picture *);

size_t picture_size(const struct picture *); /* nodes */

/* The tree with at most max nodes: links first, then the containers that were
 * busiest in the last minute. Borrowed; its rows are struct node. */
const struct grid *picture_grid(struct picture *, size_t max);

#endif
