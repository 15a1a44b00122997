/* Addresses that the rules in force are for and no config states, and what has
 * become of them: those of uplinks, and those of IPv4 that containers have.
 * One may move while nobody is there to follow. */
#ifndef SEKI_CORE_STATE_MOVED_H
#define SEKI_CORE_STATE_MOVED_H

#include "core/plan/model.h"
#include "core/state/host.h"

/* An address that a link had when the rules were last found right. */
struct moved_address {
	char link[IFNAMSIZ];
	struct prefix addr; /* bare */
	bool stable;	    /* or deprecated by then */
};

/* One that a container had then. */
struct moved_inside {
	char *name; /* of the container */
	struct prefix addr;
};

struct moved {
	struct moved_address *v;
	size_t n; /* 0 when nothing was noted */
	struct moved_inside *inside;
	size_t ninside;
};

/* Reads what was noted, for the caller to free. */
void moved_read(struct moved *, const struct host *);
void moved_free(struct moved *); /* what it holds */
/* Whether the rules are for new connections to that address, of a forward that
 * names it or of others; true when nothing was noted. */
bool moved_holds(const struct moved *, const struct prefix *, bool named);

/* Whether the rules lead to an address that the container of that model had
 * then, in place of the one that it has. */
bool moved_away(const struct moved *, const struct snapshot *,
    const struct model_container *);

/* Appends a line for each container for which this is so; false if there is
 * none. */
bool moved_tell_inside(const struct host *, const struct model *, struct buf *);
/* Appends a line for each address of the model's uplinks that the rules in
 * force are for although it is gone or deprecated, and for each that they are
 * not for yet; false if there is none. To be asked when the rules are out of
 * date. */
bool moved_tell(const struct host *, const struct model *, struct buf *);

/* When the rules of the config are right for the host as it was read last: ends
 * the connections of noted addresses that this host no longer has, appends a
 * line that says how many, and notes the addresses that it and its containers
 * have. What the config says nothing about, IPv4, goes on. */
int moved_settle(
    struct host *, const struct config *, struct buf *notes, struct err *);

#endif
