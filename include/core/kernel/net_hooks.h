/* Base chains of all tables, read from the kernel. */
#ifndef SEKI_CORE_KERNEL_NET_HOOKS_H
#define SEKI_CORE_KERNEL_NET_HOOKS_H

#include "core/base/err.h"
#include "core/kernel/hook.h"

struct net;
struct container;

/* Reads the hooks of all tables that are not dormant, with those of the table
 * of family inet named ours apart: one dump of chains, one of rules and sets
 * for each table of others with base chains, and one for each set of keys or
 * verdicts; then the tables of iptables-legacy, of which there are no events.
 * Both kinds of iptables are included. */
int net_hooks(struct net *, const char *ours, struct hooks *, struct err *);

/* Reads those of a container likewise, where they are of another generation
 * than *generation (0: never read), which is brought up to date; 1 where they
 * are not. Of more than a service needs none are told: a container's root may
 * make any number of them. */
int net_hooks_inside(struct net *, const struct container *,
    uint32_t *generation, struct hooks *, struct err *);

#endif
