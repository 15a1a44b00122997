/* The order in which a packet's verdict is decided. */
#include "config.h"

#include "core/plan/stage.h"

const enum stage stage_order[STAGE_COUNT] = {
	STAGE_FIXED,
	STAGE_POLICIES,
	STAGE_TERMS,
	STAGE_DEFAULT,
};
