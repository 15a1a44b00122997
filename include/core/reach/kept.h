/* What stays with this host although a forward takes the rest of an address,
 * and what does not. */
#ifndef SEKI_CORE_REACH_KEPT_H
#define SEKI_CORE_REACH_KEPT_H

#include "core/base/util.h"
#include "core/kernel/listener.h"
#include "core/plan/model.h"

/* Appends lines for people: each forward that takes the rest, and what it does
 * not get; of only one, if it is named by its statement. Nothing if there is
 * none. */
void kept_tell(const struct model *, const struct statement *of, struct buf *);

/* Appends a warning for each forward that takes what programs of this host
 * listen for and the rules would let in without it, with the statements that
 * keep it. */
void kept_warn(const struct model *, const struct listeners *, struct buf *);

#endif
