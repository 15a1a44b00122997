/* Containers. */
#ifndef SEKI_CORE_SHOW_LIST_CONTAINER_H
#define SEKI_CORE_SHOW_LIST_CONTAINER_H

#include "core/show/listing.h"
#include "core/show/overlay.h"
#include "core/state/host.h"

struct container_row {
	const char *name;
	const struct container *container; /* NULL: known by the config only */
	const struct link *bridge, *port;  /* NULL when there is none */
	const struct statement *st;	   /* NULL: no statement for it */
	enum row_mark mark;
	bool ula_there;	    /* the kernel has the ULA of the statement, */
	bool address_there; /* its public address, */
	bool ipv4_there;    /* and its IPv4 address; */
	bool unseen;	    /* none of that is known: only root can look */
	struct prefix ipv4; /* one that forwards lead to: where IPv4 is on,
			       that of the statement, else what it has */
	bool elsewhere;	    /* its name has a statement, for another bridge */
	const struct address *unstated; /* a ULA that is no statement's */
	unsigned forwards;
	/* As the container sees it: what its port sends, it receives. */
	const struct series *rx, *tx;
};

/* Builds the rows, owned by the caller, that borrow from the host until its
 * next refresh, reload, sample or edit; *n gets their number. */
struct container_row *rows_containers(const struct host *, size_t *n);

/* Whether it does not have an address of its statement. */
bool container_lacks(const struct container_row *);

/* Whether forwards are to lead to a ULA of it that it is not given: it has no
 * other address for them either, or its bridge has a ULA. */
bool container_wants_ula(const struct host *, const struct container_row *);
/* Whether ula auto finds one for it: its bridge, if it is known, has a ULA. */
bool container_finds_ula(const struct host *, const struct container_row *);

/* "up", "stopped"; "absent" for NULL. A word of JSON, marked by N_(). */
const char *container_state_name(const struct container *);

extern const struct listing listing_containers;

#endif
