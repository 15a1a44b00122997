/* Errors by which a router tells that a packet is too big for the next link:
 * who sends it never sends less if they are lost (RFC 8201, RFC 2923). */
#ifndef SEKI_CORE_REACH_TOO_BIG_H
#define SEKI_CORE_REACH_TOO_BIG_H

#include "core/kernel/hook.h"
#include "core/lang/config.h"

/* Whether a hook of others drops them for certain, between uplinks, bridges
 * and this host as the config has them. */
bool too_big_is_dropped(const struct hooks *, const struct hook *, enum family,
    const struct config *);
/* The same of a hook in a container, behind that interface. */
bool too_big_is_dropped_inside(
    const struct hooks *, const struct hook *, enum family, const char *link);

/* Appends what that means for connections, a sentence. */
void too_big_tell(
    const struct hooks *, const struct hook *, enum family, struct buf *);

/* Appends the command that lets them through; nothing where none is known. */
void too_big_cure(
    const struct hooks *, const struct hook *, enum family, struct buf *);

#endif
