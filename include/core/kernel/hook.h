/* Base chains of nftables that packets of this host meet, or those that pass
 * through it, in tables of others: an accept of ours is no accept of theirs. */
#ifndef SEKI_CORE_KERNEL_HOOK_H
#define SEKI_CORE_KERNEL_HOOK_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>

#include "core/base/err.h"
#include "core/base/util.h"
#include "core/kernel/bytecode.h"

/* In the order in which a packet meets them. Those of a bridge meet frames that
 * it takes from its ports and gives to them; ingress and egress all that comes
 * by an interface and leaves by it. */
enum hook_place {
	HOOK_INGRESS,
	HOOK_BRIDGE_PREROUTING,
	HOOK_BRIDGE_INPUT,
	HOOK_PREROUTING,
	HOOK_INPUT,
	HOOK_FORWARD,
	HOOK_OUTPUT,
	HOOK_POSTROUTING,
	HOOK_BRIDGE_OUTPUT,
	HOOK_BRIDGE_POSTROUTING,
	HOOK_EGRESS,
	HOOK_COUNT
};

struct hook {
	size_t chain; /* of its tables */
	enum hook_place place;
	int priority;
	bool nat; /* it meets only the first packet of a connection */
	/* By which packets come or leave, of ingress and egress. */
	char (*links)[IFNAMSIZ];
	size_t nlinks;
	bool harmless;	 /* no chain of its table drops anything, or untracks */
	bool drops;	 /* what none of its rules accepts */
	bool all;	 /* and no rule of it can: nothing gets through */
	bool translates; /* rules of its table send packets to another host */
	const char *owner; /* the program whose chains are in its table; NULL */
	const char *cure;  /* what lets a port through there; NULL */
};

struct hooks {
	struct hook *v;
	size_t n;
	struct tables tables;
};
void hooks_free(struct hooks *); /* empty then */

struct net;

/* Those of all tables that are awake, but for the named one of family inet: a
 * dump of chains, of each table that has any of them one of its rules and one
 * of its sets, and one of each set of keys or verdicts.
 * Rules of ip6tables-nft are among them, those of ip6tables-legacy are not. */
int net_hooks(struct net *, const char *ours, struct hooks *, struct err *);

/* Fills in what follows from their chains: harmless, drops, all, translates,
 * owner and cure. */
void hooks_judge(struct hooks *);

/* Whether packets by that link meet it: by any one (also NULL, for none that is
 * known) where it is bound to none. */
bool hook_is_on(const struct hook *, const char *link);
/* What a packet meets there. */
struct course hook_run(
    const struct hooks *, const struct hook *, const struct sample *);

/* Appends where it is and whose. */
void hook_name(const struct hooks *, const struct hook *, struct buf *);
/* Appends what lets packets to and from that bridge (NULL: which is not known)
 * through that ended in that chain, or shows the chain. */
void hook_cure(const struct hook *, const struct rule_chain *,
    const char *bridge, struct buf *);

#endif
