/* Uplinks. */
#ifndef SEKI_CORE_SHOW_LIST_UPLINK_H
#define SEKI_CORE_SHOW_LIST_UPLINK_H

#include "core/show/listing.h"
#include "core/state/host.h"

struct uplink_row {
	const struct link *link;
	const struct route *route; /* its best default route; NULL when none */
	const struct series *rx, *tx;
};

/* Builds the rows, owned by the caller, that borrow from the host until its
 * next refresh, reload, sample or edit; *n gets their number. */
struct uplink_row *rows_uplinks(const struct host *, size_t *n);

extern const struct listing listing_uplinks;

#endif
