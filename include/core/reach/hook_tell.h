/* What the base chains of others may do to what a config lets through. */
#ifndef SEKI_CORE_REACH_HOOK_TELL_H
#define SEKI_CORE_REACH_HOOK_TELL_H

#include "core/kernel/hook.h"
#include "core/lang/config.h"

/* Appends a sentence when it may undo what the config lets through, or lets
 * through itself what the config does not tell; whether it may. */
bool hook_tell(const struct hooks *, const struct hook *, const struct config *,
    struct buf *);
/* The sentences of all, each a line. */
void hooks_tell(const struct hooks *, const struct config *, struct buf *);

#endif
