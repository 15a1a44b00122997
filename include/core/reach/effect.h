/* What an edit of the candidate would come to at the commit, said while it is
 * made. */
#ifndef SEKI_CORE_REACH_EFFECT_H
#define SEKI_CORE_REACH_EFFECT_H

#include "core/base/util.h"
#include "core/kernel/ssh.h"
#include "core/plan/model.h"

/* Appends, each a line, what a commit of the model would warn of, and why it
 * would refuse it as unsafe for the first of these sessions that it cuts off.
 */
void effect_of(const struct model *, const struct snapshot *,
    const struct ssh *, size_t n, struct buf *);
/* Likewise of a config; nothing of one that is not sound, which is an error of
 * its own. */
void effect_of_config(const struct config *, const struct snapshot *,
    const struct ssh *, size_t n, struct buf *);

/* Appends those lines of after that before does not have, by a format that
 * takes a line. */
void effect_news(
    const char *before, const char *after, const char *fmt, struct buf *);

#endif
