/* The model of the saved config, kept while neither config nor snapshot
 * change. */
#ifndef SEKI_CORE_STATE_STANDING_H
#define SEKI_CORE_STATE_STANDING_H

#include "core/plan/model.h"
#include "core/plan/ruleset.h"
#include "core/state/host.h"

struct standing *standing_new(void);
void standing_free(struct standing *);

/* To be called before saved, or the snapshot, are freed. */
void standing_drop(const struct host *);

/* A config resolved as by model_build_lenient against the host's snapshot,
 * whose result is *r. If it is saved, borrowed until the next standing_drop;
 * any other is built into *own, which the caller frees in any case. */
const struct model *standing_resolve(const struct host *, const struct config *,
    struct model *own, int *r, struct err *);

/* What a model wants of the kernel's rules. */
struct wish {
	bool present;
	uint64_t marks, digest; /* as of a ruleset */
	size_t counters, elements;
};
struct wish wish_of(const struct ruleset *);
/* What a model wants, taken from what is kept if the model is, or one of the
 * same text and snapshot. */
struct wish standing_wish(const struct host *, const struct model *);
/* The same. Where it had to be built, *built is the ruleset, for the caller to
 * free; else it stays as it was. */
struct wish standing_build(
    const struct host *, const struct model *, struct ruleset *built);

#endif
