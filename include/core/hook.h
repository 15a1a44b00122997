/* Base chains of nftables that meet IPv6 packets on their way through this host
 * or to it, in tables of others: an accept of ours is no accept of theirs. */
#ifndef SEKI_CORE_HOOK_H
#define SEKI_CORE_HOOK_H

#include <stdbool.h>
#include <stddef.h>

#include "core/config.h"
#include "core/err.h"
#include "core/util.h"

enum hook_place {
	HOOK_INPUT,
	HOOK_FORWARD,
	HOOK_COUNT
};

/* A chain that drops or rejects what none of its rules accepts: by its policy,
 * or by a rule without a condition. */
struct hook {
	char table[64], chain[64]; /* any bytes but NUL: escape to show */
	const char *family;	   /* as nft calls it: "ip6", "inet" */
	enum hook_place place;
	bool all;	   /* no rule is before that: nothing gets through */
	const char *owner; /* the program whose chains are in its table; NULL */
	const char *cure;  /* what lets a port through there; NULL */
};

struct hooks {
	struct hook *v; /* owned */
	size_t n;
};
void hooks_free(struct hooks *); /* empty then */

struct net;

/* Those of all tables but the named one of family inet: one dump of chains, and
 * one of the rules of each base chain that packets of IPv6 meet. Rules of
 * ip6tables-nft are among them, those of ip6tables-legacy are not. */
int net_hooks(struct net *, const char *ours, struct hooks *, struct err *);

/* Appends where it is and whose. */
void hook_name(const struct hook *, struct buf *);
/* Appends a sentence when it may undo what the config lets through; whether it
 * may. */
bool hook_tell(const struct hook *, const struct config *, struct buf *);
/* The sentences of all, each a line. */
void hooks_tell(const struct hooks *, const struct config *, struct buf *);

#endif
