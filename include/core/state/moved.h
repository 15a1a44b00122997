/* Public addresses that the rules in force are for, and what has become of
 * them: an address may move while nobody is there to follow. */
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

struct moved {
	struct moved_address *v;
	size_t n; /* 0 when nothing was noted */
};

/* Reads what was noted, for the caller to free. */
void moved_read(struct moved *, const struct host *);
void moved_free(struct moved *); /* what it holds */
/* Whether the rules are for new connections to that address, of a forward that
 * names it or of others; true when nothing was noted. */
bool moved_holds(const struct moved *, const struct prefix *, bool named);

/* Appends a line for each address of the model's uplinks that the rules in
 * force are for although it is gone or deprecated, and for each that they are
 * not for yet; false if there is none. To be asked when the rules are out of
 * date. */
bool moved_tell(const struct host *, const struct model *, struct buf *);

/* When the rules of the config are right for the host as it was read last: ends
 * the connections of noted addresses that this host no longer has, appends a
 * line that says how many, and notes the addresses that it has. What the config
 * says nothing about, IPv4, goes on. */
int moved_settle(
    struct host *, const struct config *, struct buf *notes, struct err *);

#endif
