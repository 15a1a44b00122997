/* What decides about a packet, one after the other: the ruleset is written in
 * this order, and the judge walks it. */
#ifndef SEKI_CORE_PLAN_STAGE_H
#define SEKI_CORE_PLAN_STAGE_H

enum stage {
	STAGE_FIXED,	/* the table of core/plan/fixed.h */
	STAGE_POLICIES, /* as written; the first that matches */
	STAGE_TERMS,	/* of the forward that translated it */
	STAGE_DEFAULT,	/* of the chain */
	STAGE_COUNT
};

extern const enum stage stage_order[STAGE_COUNT];

#endif
