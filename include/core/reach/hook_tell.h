/* Conflicts between the base chains of others and what a config lets
 * through. */
#ifndef SEKI_CORE_REACH_HOOK_TELL_H
#define SEKI_CORE_REACH_HOOK_TELL_H

#include "core/kernel/hook.h"
#include "core/lang/config.h"

/* Appends a sentence if the hook may drop what the config lets through, or lets
 * through what the config does not mention; true if it did. */
bool hook_tell(const struct hooks *, const struct hook *, const struct config *,
    struct buf *);
/* Appends the command that ends what that says; nothing where none is known. */
void hook_tell_cure(const struct hooks *, const struct hook *,
    const struct config *, struct buf *);
/* Appends the sentences of all hooks, a line each. */
void hooks_tell(const struct hooks *, const struct config *, struct buf *);

#endif
