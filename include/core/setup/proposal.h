/* What set-up proposes: statements to be ticked, and those of the admin. */
#ifndef SEKI_CORE_SETUP_PROPOSAL_H
#define SEKI_CORE_SETUP_PROPOSAL_H

#include "core/base/util.h"
#include "core/state/host.h"

/* In the order in which they are asked. */
enum offer_group {
	OFFER_NETWORK,
	OFFER_CONTAINERS,
	OFFER_FORWARDS,
	OFFER_INPUT,
	OFFER_OUT,
	OFFER_GROUPS
};

struct offer {
	enum offer_group group;
	struct statement *st;
	bool on;
	bool given; /* by the admin: never left out by itself */
	char *note; /* who listens, or why it is not on; "" for nothing */
};

struct proposal {
	struct offer *v;
	size_t n;
};

/* Adds a statement, which belongs to it then. */
void proposal_add(struct proposal *, enum offer_group, struct statement *,
    bool on, const char *note);
void proposal_free(struct proposal *); /* empty then */

/* Ticks that offer, in place of others about its object, or unticks it. */
void proposal_tick(struct proposal *, size_t);

/* Takes a statement of the admin. It comes in place of the offer that has its
 * key, of a policy about the same ports of its chain, or of a forward to the
 * same ports of its container; else it is added. */
int proposal_take(
    struct proposal *, struct statement *, const struct host *, struct err *);

/* Chooses other random prefixes for the bridges that are offered. */
int proposal_reroll(struct proposal *, const struct host *, struct err *);

/* That config with all that is ticked, each auto resolved. An offer is left
 * out while the container or bridge that it needs is. The caller owns what the
 * config holds, even after an error. */
int proposal_build(const struct proposal *, const struct host *,
    const struct config *base, struct config *, struct err *);

/* Of a group, translated. */
const char *offer_title(enum offer_group);
/* Appends the statement as it is in that config, or as it is offered where it
 * is not there. */
void offer_print(const struct offer *, const struct config *, struct buf *);
/* 'x' if it is ticked and in that config, '-' if only ticked, else ' '. */
char offer_mark(const struct offer *, const struct config *);

/* Appends the offers of a group, numbered from 1 in the proposal, as they are
 * in that config. */
void proposal_tell(const struct proposal *, enum offer_group,
    const struct config *, struct buf *);

#endif
