/* What writing rules shares: for core/plan/ruleset*.c only. */
#ifndef SEKI_CORE_PLAN_RULESET_PARTS_H
#define SEKI_CORE_PLAN_RULESET_PARTS_H

#include "core/plan/model.h"
#include "core/plan/ruleset.h"

/* Protocols are numbers: nft looks names up in /etc/protocols, which a small
 * system may not have. */
#define RULESET_TCP "6"
#define RULESET_UDP "17"
#define RULESET_TCP_UDP "{ " RULESET_TCP ", " RULESET_UDP " }"
#define RULESET_ICMPV6 "58"
#define RULESET_ICMP "1"

/* What meta l4proto is compared with, by enum proto; NULL: with nothing. */
extern const char *const ruleset_protos[];

/* The rules of one chain, as they are written. */
struct rule_list {
	const struct ruleset *r;
	const struct model *m;
	struct buf text;		   /* one a line */
	const struct model_policy **jumps; /* policies whose chain they jump to;
					      owned by who builds the chain */
	size_t njumps;
};

/* One of the ways in which a policy tells packets: a rule of its own. */
struct ruleset_way {
	enum family family;
	bool both;	 /* it tells those of the other family, too */
	bool unknown[2]; /* from, to: the container by what is not known on its
			    bridge, not by the addresses that it was given */
};
typedef void ruleset_way_fn(
    void *arg, const struct model_policy *, const struct ruleset_way *);
/* Calls add for each; returns how many. */
size_t ruleset_each_way(
    const struct model_policy *, ruleset_way_fn *add, void *arg);

/* Appends them as an anonymous set, without those in others. */
void ruleset_print_prefixes(const struct prefixes *, struct buf *);
/* Appends a field to a key: "A . B". */
void ruleset_print_field(struct buf *key, const char *field);
/* Adds the elements of a forward, and its counters. */
void ruleset_add_forward(struct ruleset *, const struct model_forward *);
/* Adds the addresses that are known, where a policy is about the unknown. */
void ruleset_add_known(struct ruleset *, const struct model *);

/* The rows that the chain has, in their order. */
void ruleset_add_fixed(struct rule_list *, enum chain);
/* What a row with a counter jumps to: drops, with that counter. */
struct fixed;
void ruleset_add_counted(
    struct rule_list *, const struct fixed *, const char *counter);
void ruleset_add_policies(struct rule_list *, enum chain);
void ruleset_add_policy(struct rule_list *, const struct model_policy *);
/* Appends what its packets are told by in that way, but for ports, protocols
 * and addresses that are given: the start of a rule. */
void ruleset_match_way(struct rule_list *, const struct model_policy *,
    const struct ruleset_way *);
/* Adds what keeps packets of a family from forwards that take the rest: of all
 * policies, or of one. */
void ruleset_add_keeps(struct rule_list *, enum family);
void ruleset_add_keep(
    struct rule_list *, const struct model_policy *, enum family);
/* Adds what lets go on what a policy says that uplinks may relay; whether one
 * does. */
void ruleset_add_relays(struct rule_list *);
bool ruleset_has_relays(const struct model *);
const char *ruleset_verdict(const struct model_policy *); /* as nft says it */
/* Appends what becomes of its packets: a line. */
void ruleset_end_policy(const struct model_policy *, struct buf *);

#endif
