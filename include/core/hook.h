/* Base chains of nftables that meet forwarded IPv6 packets, in tables of
 * others: an accept of ours is no accept of theirs. */
#ifndef SEKI_CORE_HOOK_H
#define SEKI_CORE_HOOK_H

#include <stdbool.h>
#include <stddef.h>

#include "core/err.h"

/* A chain on hook forward that drops what its rules do not accept. */
struct hook {
	char table[64], chain[64]; /* any bytes but NUL: escape to show */
	const char *family;	   /* as nft calls it: "ip6", "inet" */
	bool empty;		   /* without a rule, so it drops everything */
	const char *owner; /* the program whose chains are in its table; NULL */
	const char *cure;  /* what lets a forward through there; NULL */
};

struct hooks {
	struct hook *v; /* owned */
	size_t n;
};
void hooks_free(struct hooks *); /* empty then */

struct net;

/* Those of all tables but the named one of family inet, by one dump. Rules of
 * ip6tables-nft are among them, those of ip6tables-legacy are not. */
int net_hooks(struct net *, const char *ours, struct hooks *, struct err *);

#endif
