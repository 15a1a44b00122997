/* The picture of the host: the Internet, uplinks, bridges and containers as a
 * tree, with what passes on the way to each. */
#ifndef SEKI_SCREENS_PICTURE_H
#define SEKI_SCREENS_PICTURE_H

#include "core/show/rows.h"
#include "screens/grid.h"
#include "screens/traffic.h"

#define PICTURE_DEPTH 3

/* One of the three. */
struct node {
	const struct uplink_row *uplink;
	const struct bridge_row *bridge;
	const struct container_row *container;
	const char *name;
	struct traffic traffic; /* in is away from the Internet */
	int depth;
	bool more[PICTURE_DEPTH]; /* whether a line goes on at that depth */
};

struct picture;

/* Borrows the rows, and from the host until that changes. Owned by the caller.
 */
struct picture *picture_new(
    const struct host *, const struct container_row *, size_t ncontainers);
void picture_free(struct picture *);

size_t picture_size(const struct picture *); /* nodes */

/* The picture with at most max nodes: links first, then the containers that
 * were the busiest of the last minute. Borrowed; its rows are struct node. */
const struct grid *picture_grid(struct picture *, size_t max);

#endif
