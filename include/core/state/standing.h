/* The model of the saved config, kept while neither config nor snapshot
 * change. */
#ifndef SEKI_CORE_STATE_STANDING_H
#define SEKI_CORE_STATE_STANDING_H

#include "core/plan/model.h"
#include "core/state/host.h"

struct standing *standing_new(void);
void standing_free(struct standing *);

/* To be called before saved, or the snapshot, are freed. */
void standing_drop(const struct host *);

/* As model_build_lenient of the host's snapshot, but *m is borrowed until the
 * next standing_drop; of one of saved the parts that could be built, even after
 * an error. NULL when c is not saved, or the host keeps none. */
const struct model *standing_model(
    const struct host *, const struct config *c, int *r, struct err *);

/* What a model wants of the kernel's rules. */
struct wish {
	bool present;
	uint64_t marks, digest; /* as of a ruleset */
	size_t counters;
};
/* Taken from what is kept, if the model is. */
void standing_wish(const struct host *, const struct model *, struct wish *);

#endif
