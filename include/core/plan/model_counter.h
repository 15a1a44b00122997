/* Names of counters: each stays the same while other statements change. */
#ifndef SEKI_CORE_PLAN_MODEL_COUNTER_H
#define SEKI_CORE_PLAN_MODEL_COUNTER_H

#include "core/lang/statement.h"

/* What a forward counts. */
enum meter_kind {
	METER_IN,
	METER_OUT,
	METER_NEW,
	METER_KINDS,
};

/* The name of a counter of the forward with that id, "tcp-80-in". Owned by the
 * caller. */
char *model_meter_name(const char *id, enum meter_kind);

/* The start of the names of a forward's counters, "tcp-80"; and the name of a
 * policy's counter. Made of the statement's key alone, so that they stay when
 * other statements change. Owned by the caller. */
char *model_forward_id(const struct statement *);
char *model_policy_id(const struct statement *);
/* The name of the counter of a chain's default. Owned by the caller. */
char *model_default_id(enum chain);

#endif
