/* Bridges. */
#ifndef SEKI_CORE_SHOW_LIST_BRIDGE_H
#define SEKI_CORE_SHOW_LIST_BRIDGE_H

#include "core/show/listing.h"
#include "core/show/overlay.h"
#include "core/state/host.h"

struct bridge_row {
	const char *name;
	const struct link *link;    /* one of index -1 where it is not there */
	const struct statement *st; /* NULL: no statement for it */
	enum row_mark mark;
	bool ula_there;			/* the kernel has its ULA, */
	bool ipv4_there;		/* its IPv4 address, */
	bool prefix_there;		/* and an address of its prefix */
	const struct address *unstated; /* a ULA that is no statement's */
	unsigned ports;
	const struct series *rx, *tx;
};

/* Builds the rows, owned by the caller, that borrow from the host until its
 * next refresh, reload, sample or edit; *n gets their number. */
struct bridge_row *rows_bridges(const struct host *, size_t *n);
/* Cells of a row, a struct bridge_row. */
void bridge_ula(const struct host *, const void *row, struct buf *);
void bridge_v4(const struct host *, const void *row, struct buf *);

extern const struct listing listing_bridges;

#endif
