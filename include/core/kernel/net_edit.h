/* Small changes of our nftables table. */
#ifndef SEKI_CORE_KERNEL_NET_EDIT_H
#define SEKI_CORE_KERNEL_NET_EDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"

struct net;

/* Of one transaction: a forward of two protocols and three ports takes 66 in
 * both families. */
#define NET_EDITS_MAX 126

/* A key, or what it leads to, as the kernel has it in registers: each field in
 * network order, and then zeros up to a multiple of four bytes. */
struct net_bytes {
	uint8_t v[64];
	size_t n;
};

/* That a counter, or an element of a set without intervals, is added or
 * deleted. */
struct net_edit {
	bool adds;
	const char *set;  /* NULL: the counter is meant */
	const char *name; /* of the counter, also if an element leads to it */
	struct net_bytes key, data;
};

/* Makes 1 to NET_EDITS_MAX of them in their order, as one transaction. -1:
 * nothing was changed, since one was refused, what is added was there, or
 * another generation (net_generation) has come; or, with *lost, no answer came
 * to tell. */
int net_edit(struct net *, const char *table, const struct net_edit *, size_t n,
    uint32_t generation, bool *lost, struct err *);
/* Whether the kernel would take them; nothing is changed. */
bool net_would_edit(struct net *, const char *table, const struct net_edit *,
    size_t n, uint32_t generation);

#endif
