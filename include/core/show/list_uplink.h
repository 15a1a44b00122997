/* Uplinks. */
#ifndef SEKI_CORE_SHOW_LIST_UPLINK_H
#define SEKI_CORE_SHOW_LIST_UPLINK_H

#include "core/show/listing.h"
#include "core/state/host.h"

struct uplink_row {
	const struct link *link;
	const struct route *routes[FAMILY_COUNT]; /* its best default routes;
						     not both are NULL */
	const struct series *rx, *tx;
};

/* Builds the rows, owned by the caller, that borrow from the host until its
 * next refresh, reload, sample or edit; *n gets their number. */
struct uplink_row *rows_uplinks(const struct host *, size_t *n);
/* That of IPv6, else that of IPv4. */
const struct route *uplink_route(const struct uplink_row *);

/* A cell of a row, a struct uplink_row. */
void uplink_address(const struct host *, const void *row, struct buf *);

extern const struct listing listing_uplinks;

#endif
