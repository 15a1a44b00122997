/* Names of counters, which do not change with other statements. */
#ifndef SEKI_CORE_PLAN_MODEL_COUNTER_H
#define SEKI_CORE_PLAN_MODEL_COUNTER_H

#include "core/kernel/net.h"
#include "core/lang/statement.h"

/* A forward's counters. */
enum meter_kind {
	METER_IN,
	METER_OUT,
	METER_NEW,
	METER_KINDS,
};

/* The name of a counter of the forward with that id, for packets of that
 * family: "tcp-80-in", "tcp-80-in4". Owned by the caller. */
char *model_meter_name(const char *id, enum meter_kind, enum family);
/* The counter of IPv4 beside that one of IPv6, of the same forward and kind;
 * NULL if there is none. Both are entries of all. */
const struct counter *model_meter_ipv4(
    const struct counters *all, const struct counter *);

/* The prefix of a forward's counters, "tcp-80"; and the name of a policy's
 * counter. Derived from the statement's key alone, so that they survive changes
 * of other statements. Owned by the caller. */
char *model_forward_id(const struct statement *);
char *model_policy_id(const struct statement *);
/* The name of the counter of a chain's default. Owned by the caller. */
char *model_default_id(enum chain);

#endif
