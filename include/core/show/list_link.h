/* Uplinks and bridges in one list: what traffic comes in by and goes on by. */
#ifndef SEKI_CORE_SHOW_LIST_LINK_H
#define SEKI_CORE_SHOW_LIST_LINK_H

#include "core/show/list_bridge.h"
#include "core/show/list_uplink.h"

/* Either an uplink or a bridge: the link of the other one is NULL. */
struct link_row {
	struct uplink_row uplink;
	struct bridge_row bridge;
	const char *name;
	const struct link *link;    /* of a bridge as there */
	const struct statement *st; /* NULL: no statement for it */
	enum row_mark mark;
	const struct series *in, *out; /* in is away from the Internet */
};

extern const struct listing listing_links;

#endif
