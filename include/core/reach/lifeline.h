/* What keeps the addresses of this host alive, and is new to rules each time:
 * who drops it has the host lose them hours later (RFC 8415, 18.2.4; RFC 4861,
 * 6.3.4). */
#ifndef SEKI_CORE_REACH_LIFELINE_H
#define SEKI_CORE_REACH_LIFELINE_H

#include "core/kernel/hook.h"
#include "core/kernel/snapshot.h"

enum lifeline {
	LIFELINE_LEASE,	 /* answers of DHCPv6 */
	LIFELINE_ROUTER, /* router advertisements */
	LIFELINES
};

/* Whether something of that uplink lives by it, and a hook of others drops it
 * for certain. */
bool lifeline_is_cut(const struct hooks *, const struct hook *, enum lifeline,
    const struct snapshot *, const struct link *uplink);

/* Appends what that means for the uplink, a sentence. */
void lifeline_tell(
    const struct hooks *, const struct hook *, enum lifeline, struct buf *);

/* Appends the command that lets it through; nothing where none is known. */
void lifeline_cure(
    const struct hooks *, const struct hook *, enum lifeline, struct buf *);

#endif
