/* Base chains in nftables tables of others that packets of this host or
 * forwarded packets traverse: an accept in our table does not override a drop
 * in theirs. */
#ifndef SEKI_CORE_KERNEL_HOOK_H
#define SEKI_CORE_KERNEL_HOOK_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>

#include "core/base/util.h"
#include "core/kernel/bytecode.h"

/* In the order a packet traverses them. Bridge hooks see frames between the
 * bridge and its ports; ingress and egress see everything on an interface. */
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
extern const char *const hook_places[HOOK_COUNT]; /* in words of nft */

struct hook {
	size_t chain; /* of its tables */
	enum hook_place place;
	int priority;
	bool nat; /* it meets only the first packet of a connection */
	/* Links of an ingress or egress hook. */
	char (*links)[IFNAMSIZ];
	size_t nlinks;
	bool harmless;		       /* it drops and untracks nothing */
	bool marks;		       /* it may change the mark of packets */
	bool drops[FAMILY_COUNT];      /* what none of its rules accepts */
	bool all[FAMILY_COUNT];	       /* and no rule of it can: nothing gets
					  through */
	bool translates[FAMILY_COUNT]; /* rules of its table send packets to
					  another host */
	const char *owner; /* the program whose chains are in its table; NULL */
	const char *cure;  /* what lets a port through there; NULL */
	const char *cure_rest;	/* what lets all through; NULL: the same */
	const char *cure_calls; /* what containers begin; NULL: the same */
};

/* A base chain of seki's own table. */
struct own_hook {
	char *name;
	enum hook_place place;
	int priority;
	bool nat;
};

struct hooks {
	struct hook *v; /* of others */
	size_t n;
	struct tables tables; /* of those */
	struct own_hook *own;
	size_t nown;
};
void hooks_free(struct hooks *); /* empty then */

/* Puts them in the order that packets meet them, and derives from the chains
 * what they do, whose they are and what cures that. */
void hooks_judge(struct hooks *);

/* Whether packets on that link traverse the hook. A hook bound to no link is
 * traversed by all; NULL stands for an unknown link. */
bool hook_is_on(const struct hook *, const char *link);
/* Whether packets of that family do. */
bool hook_sees(const struct hooks *, const struct hook *, enum family);
/* Runs a packet of that family through the hook. */
struct course hook_run(const struct hooks *, const struct hook *, enum family,
    const struct sample *);

/* The family of a chain, in words of nft. */
const char *hook_family(const struct rule_chain *);
/* Its owner; "iptables" for somebody's rules in a table of that; NULL. */
const char *hook_owner(const struct hooks *, const struct hook *);
/* Appends the name of the hook, and whose it is. */
void hook_name(const struct hooks *, const struct hook *, struct buf *);
/* What is to get through a hook; NULL and 0 are unknown. */
struct hook_want {
	const char *bridge;   /* behind which it is */
	const char *protocol; /* "tcp" or "udp" */
	unsigned lo, hi;      /* its ports, as that hook sees them */
	bool rest;	      /* whatever protocol and port it has */
	bool calls;	      /* what containers of the bridge begin */
};
/* Appends the command that lets it through, when it ended in that chain; else
 * the one that lists the chain. */
void hook_cure(const struct hooks *, const struct hook *,
    const struct rule_chain *, const struct hook_want *, struct buf *);

#endif
