/* What writing rules shares: for core/ruleset*.c only. */
#ifndef SEKI_CORE_PLAN_RULESET_PARTS_H
#define SEKI_CORE_PLAN_RULESET_PARTS_H

#include "core/plan/ruleset.h"

/* Protocols are numbers: nft looks names up in /etc/protocols, which a small
 * system may not have. */
#define RULESET_TCP "6"
#define RULESET_UDP "17"
#define RULESET_ICMPV6 "58"

/* What meta l4proto is compared with, by enum proto; NULL: with nothing. */
extern const char *const ruleset_protos[];

/* The rules of one chain, as they are written. */
struct rule_list {
	const struct ruleset *r;
	const struct model *m;
	struct buf text; /* one a line */
};

void ruleset_add_policies(struct rule_list *, enum chain);
/* Whether it takes several rules to tell its packets. They lead to a chain,
 * called like its counter, so that limit, log and counter are one. */
bool ruleset_has_chain(const struct model_policy *);
/* Appends what becomes of its packets: a line. */
void ruleset_end_policy(const struct model_policy *, struct buf *);

#endif
