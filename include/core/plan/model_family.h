/* What a model has in one family. */
#ifndef SEKI_CORE_PLAN_MODEL_FAMILY_H
#define SEKI_CORE_PLAN_MODEL_FAMILY_H

#include "core/plan/model.h"

/* Whether the config is about that family. */
bool model_is_about(const struct model *, enum family);
/* Whether a bridge of it has a public prefix. */
bool model_routes(const struct model *);
/* The host's address on the bridge, with the length, by which forwards are
 * answered; or none. */
const struct prefix *model_bridge_addr(
    const struct model_bridge *, enum family);
/* The container's address that forwards lead to, bare; or none. */
const struct prefix *model_container_addr(
    const struct model_container *, enum family);

/* What the config gives: the host on the bridge, with the length, and the
 * container, bare. */
struct model_addrs model_bridge_given(const struct model_bridge *, enum family);
struct model_addrs model_container_given(
    const struct model_container *, enum family);

/* All of the host on the bridge, likewise, and all of the container, whoever
 * gave them. */
struct model_addrs model_bridge_addrs(const struct model_bridge *, enum family);
struct model_addrs model_container_addrs(
    const struct model_container *, enum family);

/* The bridge whose prefix contains the address; NULL if there is none. */
const struct model_bridge *model_bridge_holding(
    const struct model *, const struct prefix *addr);

#endif
