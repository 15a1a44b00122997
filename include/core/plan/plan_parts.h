/* Parts of a plan: for core/plan/plan*.c only. */
#ifndef SEKI_CORE_PLAN_PLAN_PARTS_H
#define SEKI_CORE_PLAN_PLAN_PARTS_H

#include "core/plan/journal.h"
#include "core/plan/model.h"
#include "core/plan/step.h"

/* ---- plan_steps.c. The container is NULL for this host, and name that of the
 * container or of the link. */

/* Whether the plan takes that address away. */
bool plan_takes_address(
    const struct plan *, const struct container *, const struct address *);
/* One that is given again after the plan took it was there before. */
void plan_address(struct plan *, enum step_number kind,
    const struct container *, const char *name, const struct address *);
void plan_route(struct plan *, enum step_number kind, const struct container *,
    const char *name, const struct route *);

/* ---- plan_proxy.c: answers on a link to the outside, in the place of
 * containers: routes to their addresses, and proxy neighbour entries. */

/* What of it is ours and no longer wanted. */
void plan_proxy_removals(
    struct plan *, const struct model *, const struct snapshot *);
/* Routes that are wanted and not there. A container that takes its address
 * announces it, which is forged before this host has the route to it. */
void plan_proxy_ways(
    struct plan *, const struct model *, const struct snapshot *);
/* Likewise entries, after all else: whoever hears the answer finds the way. One
 * of somebody else does as well. */
void plan_proxy_entries(
    struct plan *, const struct model *, const struct snapshot *);

/* ---- plan_bridge.c */

/* Bridges that are to be there, and up; before their addresses. */
void plan_bridge_makes(
    struct plan *, const struct model *, const struct snapshot *);
/* Those that seki made, that no statement names any longer, and that have
 * neither ports nor addresses of others; after the removals of addresses. */
void plan_bridge_removals(struct plan *, const struct model *,
    const struct snapshot *, const struct journal *);

/* ---- plan_uplink.c */

/* Default routes of seki's that no statement has it keep; before the addresses
 * that they need go. */
void plan_uplink_removals(
    struct plan *, const struct model *, const struct snapshot *);
/* Addresses and default routes of uplinks; after the removals. */
void plan_uplinks(struct plan *, const struct model *, const struct snapshot *);

/* ---- plan_unreachable.c: routes for what is for nobody behind a bridge. */

void plan_unreachable(
    struct plan *, const struct model *, const struct snapshot *);

/* ---- plan_return.c */

/* Settings that nothing needs any longer, as the journal has them. */
void plan_returns(struct plan *, const struct model *, const struct snapshot *,
    const struct journal *);

#endif
