/* Matches and targets of xtables, which are in rules of iptables and, by way of
 * nft_compat, in those of nftables. */
#ifndef SEKI_CORE_KERNEL_XTABLES_H
#define SEKI_CORE_KERNEL_XTABLES_H

#include <stddef.h>

#include "core/kernel/bytecode.h"

/* Append what one does to a rule of the chain. Its len bytes of data, NULL for
 * none, are a struct xt_..., aligned in any way. What is not known becomes a
 * condition, or something that may end the packet's way. */
void xtables_match(
    struct rule_chain *, const char *name, const void *data, size_t len);
void xtables_target(
    struct rule_chain *, const char *name, const void *data, size_t len);

/* Appends that len bytes of a packet have these bits under a mask, or have not;
 * those outside the mask are of no meaning. With a mask of zeros all packets
 * do. */
void xtables_bits(struct rule_chain *, enum fact_source, unsigned at,
    const void *bits, const void *mask, size_t len, bool inverted);

#endif
