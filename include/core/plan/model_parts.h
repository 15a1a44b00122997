/* What resolving shares: for core/plan/model*.c only. */
#ifndef SEKI_CORE_PLAN_MODEL_PARTS_H
#define SEKI_CORE_PLAN_MODEL_PARTS_H

#include <string.h>

#include "core/plan/model.h"

/* A model under construction. */
struct model_build {
	struct model *m;
	const struct config *config;
	const struct snapshot *snapshot;
	struct err *e;
	bool lenient;			/* what is not there now is no error */
	const struct config *committed; /* nor in its statements; or NULL */
	bool away;			/* the error is of that kind */
	uint8_t *taken[256]; /* by the first byte of a public port and by its
				second: which protocols have it; or NULL */
};

/* Appends a zeroed item to a counted array. */
#define GROW(array, count)                                                     \
	((array) = xgrow((array), (count), sizeof(*(array))),                  \
	    memset(&(array)[(count)], 0, sizeof(*(array))),                    \
	    &(array)[(count)++])

/* Both take the sentence: a warning for whoever commits this, and a note of
 * something missing for whoever keeps up what was committed. */
void model_warn(struct model_build *, char *sentence);
void model_note(struct model_build *, char *sentence);
/* Turns the set error into a note. Always returns 0. */
int model_tolerate(struct model_build *);
/* Locates a set error at value i of the statement. */
int model_blame(struct model_build *, const struct statement *, size_t i);
/* A name in the syntax of the language, owned by the caller. */
char *model_shown(const char *name);

/* These return NULL or -1 with an error placed at value i. */
const struct link *model_find_bridge(
    struct model_build *, const struct statement *, size_t i, const char *name);
/* Has them find the bridge of a statement that a commit is to make, if it is
 * not there. */
void model_create_bridge(struct model_build *, const struct statement *);
int model_need_uplink(struct model_build *, const struct statement *, size_t i);
/* Refuses an address of IPv4 where the config is not about that. */
int model_refuse_ipv4(struct model_build *, const struct statement *, size_t i);
/* Refuses an auto, which is resolved before a config is. */
int model_check_auto(struct model_build *, const struct statement *, size_t i);
/* An IPv4 address of the interface that seki did not give it, where it lacks
 * the given one; NULL if there is none, or if the kernel does not tell. */
const struct address *model_foreign_ipv4(
    const struct snapshot *, int nsid, int index, const struct prefix *given);
/* The link that a prefix by proxy is on; NULL: not by proxy, or no uplink is
 * there now. */
int model_find_proxy(
    struct model_build *, const struct statement *, const struct link **);
/* Whether a default route leads to that address. */
bool model_is_gateway(const struct snapshot *, const struct prefix *addr);
/* Explains why a container is no target: unknown, or without a ULA. Always
 * returns -1. */
int model_refuse_container(
    struct model_build *, const struct statement *, size_t i, const char *name);

const struct model_container *model_find_container(
    const struct model *, const char *name);

/* Uses the default route if there is no uplink statement. */
void model_find_uplink(struct model_build *);
/* Finds each uplink's source address for masquerading. */
void model_find_sources(struct model_build *);
/* Collects known addresses, after containers and forwards. */
void model_find_known(struct model_build *);
/* All bridges of the host, and those of the config that may appear later. */
void model_find_bridges(struct model_build *);

/* The host's own address in a prefix: ::1, with its length. */
struct prefix model_public_of(const struct prefix *);
/* Refuses a public prefix of a bridge that leads elsewhere, too. */
int model_check_prefix(struct model_build *, const struct statement *,
    const struct link *bridge, const struct link *proxy);
/* Warns if everybody reaches all of containers with public addresses. */
void model_warn_public(struct model_build *);

/* For which families the policy is, and what its ends are in each. */
int model_build_policy(struct model_build *, const struct statement *);
/* Warns of policies without effect: those that an earlier one covers (by their
 * words, among the first few thousand) and those whose packets never reach a
 * policy; and of defaults that nothing reaches. */
void model_warn_policies(struct model_build *);

/* Whether a part of the public prefix is the bridge's already. */
bool model_takes(const struct model_bridge *, const struct prefix *);
/* Refuses what a bridge statement cannot translate. */
int model_check_translate(struct model_build *, const struct statement *);

/* Builders for one statement of each kind. */
int model_build_uplink(struct model_build *, const struct statement *);
int model_build_bridge(struct model_build *, const struct statement *);
int model_build_container(struct model_build *, const struct statement *);
int model_build_forward(struct model_build *, const struct statement *);

#endif
