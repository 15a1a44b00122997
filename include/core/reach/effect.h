/* Warnings and refusals that a commit will give, told to each edit of the
 * candidate. */
#ifndef SEKI_CORE_REACH_EFFECT_H
#define SEKI_CORE_REACH_EFFECT_H

#include "core/base/util.h"
#include "core/kernel/ssh.h"
#include "core/plan/model.h"

/* Appends a line for each warning that committing the model would give, and for
 * why it would be refused as unsafe, judged by the first of these sessions that
 * it cuts off. */
void effect_of(const struct model *, const struct snapshot *,
    const struct ssh *, size_t n, struct buf *);
/* The same for a config; nothing for an unsound one, which is an error of its
 * own. */
void effect_of_config(const struct config *, const struct snapshot *,
    const struct ssh *, size_t n, struct buf *);

/* Appends the lines of after that are not in before, each by a format that
 * takes a line. */
void effect_news(
    const char *before, const char *after, const char *fmt, struct buf *);

#endif
