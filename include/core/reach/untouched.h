/* What of IPv4 stays open although a config closes this host: without the
 * option its policies and defaults are about IPv6 alone. */
#ifndef SEKI_CORE_REACH_UNTOUCHED_H
#define SEKI_CORE_REACH_UNTOUCHED_H

#include "core/base/util.h"
#include "core/kernel/listener.h"
#include "core/plan/model.h"

/* Whether the default refuses input, not of IPv4, and the Internet can reach
 * this host by that: on a public address or, as providers translate one to one,
 * any other that a default route leads out from. */
bool untouched_is(const struct model *);

/* Whether a config may be one of which that is so. */
bool untouched_may(const struct config *);

/* If it is so, appends lines for people, the last one without its newline: what
 * is not closed, and what listens there with the programs that are filled in
 * (core/kernel/holder.h). NULL: who listens is not known. */
void untouched_tell(
    const struct model *, const struct listeners *, struct buf *);

#endif
