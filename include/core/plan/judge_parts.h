/* Which packets a policy is about: for core/plan/judge.c, fixed.c. */
#ifndef SEKI_CORE_PLAN_JUDGE_PARTS_H
#define SEKI_CORE_PLAN_JUDGE_PARTS_H

#include "core/plan/judge.h"

enum match { MATCH_NO, MATCH_MAYBE, MATCH_YES };

/* MATCH_MAYBE where a limit or an unknown link decides. */
enum match judge_match_policy(
    const struct model *, const struct model_policy *, const struct packet *);
/* Of all parts but the source. */
enum match judge_match_rest(
    const struct model *, const struct model_policy *, const struct packet *);
/* Whether it is about the packet, up to its limit, as the packet says what
 * doubt does. */
bool judge_applies(
    const struct model *, const struct model_policy *, const struct packet *);

/* The same for a value of type_proto: not set is any; and the range that has
 * the port, NULL if none has. */
bool judge_match_proto(const struct value *, enum packet_proto);
const struct range *judge_find_range(const struct ports *, uint16_t port);

#endif
