/* Rules, and routes that lead nowhere, for somebody who is to remove them. */
#ifndef SEKI_CORE_KERNEL_NET_BLAME_H
#define SEKI_CORE_KERNEL_NET_BLAME_H

#include <stdbool.h>

#include "core/base/util.h"
#include "core/kernel/net.h"

/* Appends the command that removes what refuses packets from there to there,
 * which come by that link (NULL: not known): a rule, or a route of the main
 * table. Nothing where it is none of them. */
void net_blame(struct net *, const struct prefix *from, const struct prefix *to,
    const char *link, struct buf *);

/* Whether rules sort packets of that family by what is behind the addresses:
 * protocols and ports. */
bool net_rules_sort(struct net *, enum family);

#endif
