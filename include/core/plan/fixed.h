/* Rules that precede all policies, whatever the config says: one table, read by
 * the ruleset, the judge, the list of policies and the manual. */
#ifndef SEKI_CORE_PLAN_FIXED_H
#define SEKI_CORE_PLAN_FIXED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/util.h"
#include "core/plan/judge.h"

/* How a row selects packets. */
enum fixed_kind {
	FIXED_CLAMP,	/* a change to SYNs, no verdict */
	FIXED_LOOPBACK, /* from this host to itself */
	FIXED_KNOWN,	/* of a connection that was let through, or about it */
	FIXED_BRIDGED,	/* between two ports of one bridge, on any bridge */
	FIXED_FORGED,	/* by a bridge of the config, from where the kernel has
			   no route by it: dropped */
	FIXED_STRAY,	/* for a prefix that is translated, but as it is
			   outside: dropped */
	FIXED_BACK,	/* for a public prefix of a bridge, but out by an
			   uplink: refused */
	FIXED_RELAYED,	/* by an uplink and out by one, not translated, and no
			   policy says so: dropped */
	FIXED_PACKET,	/* the fields of the row */
};

/* On which links: incoming ones in the input chain, else outgoing ones. A
 * bridge is one of containers, named in the config. */
enum fixed_side {
	SIDE_ANY,
	SIDE_OUTSIDE, /* all but bridges: an uplink that is not known yet is
			 one that needs its lease */
	SIDE_BRIDGES,
};

#define FIXED_TYPES_MAX 24

struct fixed {
	unsigned chains; /* 1 << CHAIN_..., each */
	uint8_t family;	 /* AF_INET6, AF_INET, or of both (AF_UNSPEC) */
	enum fixed_kind kind;
	enum fixed_side side;
	enum packet_proto proto;
	uint8_t types[FIXED_TYPES_MAX]; /* of ICMPv6 or ICMP; 0 ends them */
	uint16_t sport, dport;		/* 0: any */
	struct prefix to;		/* none: any */
	bool keeps;	     /* a forward that takes the rest does not get it */
	const char *counter; /* begins the name of what counts it; NULL */
	const char *text;    /* as lists show it; translate */
	const char *why;     /* a sentence; translate */
};

/* In the order of each chain. */
extern const struct fixed fixed_rows[];
extern const size_t fixed_count;

/* What some rows depend on. */
struct fixed_scope {
	bool has_fib;	 /* of the kernel (struct snapshot) */
	bool ipv4;	 /* the config is about it */
	bool translates; /* the config has prefixes for that, */
	bool routes;	 /* or public ones of bridges */
};
struct fixed_scope fixed_scope(const struct model *);

/* Whether the chain has the row. */
bool fixed_in(const struct fixed *, enum chain, const struct fixed_scope *);

/* Whether the chain has it in the rules of that model. */
bool fixed_holds(const struct fixed *, enum chain, const struct model *);

/* The name of the row's counter in that chain, owned by the caller; NULL if it
 * has none. */
char *fixed_counter(const struct fixed *, enum chain);

/* Whether the row decides about the first packet of a connection, and how; the
 * scope is that of the model. */
bool fixed_decides(const struct fixed *, const struct model *,
    const struct fixed_scope *, const struct packet *, enum verdict *);

/* Appends the match of a FIXED_PACKET row in that chain, in nft syntax, with a
 * blank at the end unless it is empty. False if nothing can match, since the
 * model has no such link. */
bool fixed_match(
    const struct fixed *, const struct model *, enum chain, struct buf *);

/* Whether what a bridge takes for itself is told from what stays on it, by its
 * MAC: on an uplink. */
bool fixed_tells_routed(const struct model *, const struct link *);

/* Appends the model's bridges as an anonymous set, and a blank; and likewise
 * the uplinks that are none of them. */
void fixed_print_bridges(const struct model *, struct buf *);
void fixed_print_outer(const struct model *, struct buf *);

#endif
