/* What resolving shares: for core/plan/model*.c only. */
#ifndef SEKI_CORE_PLAN_MODEL_PARTS_H
#define SEKI_CORE_PLAN_MODEL_PARTS_H

#include <string.h>

#include "core/plan/model.h"

/* One model that is being built. */
struct model_build {
	struct model *m;
	const struct config *config;
	const struct snapshot *snapshot;
	struct err *e;
	bool lenient; /* what is not there now is no error */
	bool away;    /* the error is of that kind */
};

/* A new, zeroed item at the end of a counted array. */
#define GROW(array, count)                                                     \
	((array) = xgrow((array), (count), sizeof(*(array))),                  \
	    memset(&(array)[(count)], 0, sizeof(*(array))),                    \
	    &(array)[(count)++])

/* Both take the sentence: a warning to who commits this, and a note to who
 * keeps what was committed, of what cannot be had now. */
void model_warn(struct model_build *, char *sentence);
void model_note(struct model_build *, char *sentence);
/* Turns the error that is set into a note. Always 0. */
int model_tolerate(struct model_build *);
/* Puts the place of value i of the statement into an error that is set. */
int model_blame(struct model_build *, const struct statement *, size_t i);
/* A name as the language writes it, owned by the caller. */
char *model_shown(const char *name);

/* Those that return NULL or -1 have set the error, which blames value i. */
const struct link *model_find_bridge(
    struct model_build *, const struct statement *, size_t i, const char *name);
int model_need_uplink(struct model_build *, const struct statement *, size_t i);
/* Says why a container is no target: unknown, or without ULA. Always -1. */
int model_refuse_container(
    struct model_build *, const struct statement *, size_t i, const char *name);

/* NULL when there is none. */
const struct model_bridge *model_bridge_holding(
    const struct model *, const struct prefix *addr);
const struct model_container *model_find_container(
    const struct model *, const char *name);

/* Without an uplink statement the default route tells. */
void model_find_uplink(struct model_build *);
/* By which address of each uplink containers go out. */
void model_find_sources(struct model_build *);
/* Which addresses on bridges are somebody's: once containers and forwards are
 * there. */
void model_find_known(struct model_build *);
/* Every bridge of the host, and those of the config that may come. */
void model_find_bridges(struct model_build *);

/* Warns of policies that decide nothing: those that an earlier one covers
 * whole, by their words and among the first few thousand, and those whose
 * packets never come to a policy; and of defaults that none come to. */
void model_warn_policies(struct model_build *);

/* One statement of each kind. */
int model_build_uplink(struct model_build *, const struct statement *);
int model_build_bridge(struct model_build *, const struct statement *);
int model_build_container(struct model_build *, const struct statement *);
int model_build_forward(struct model_build *, const struct statement *);

#endif
