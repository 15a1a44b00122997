/* What a commit of a config would bring: for core/command/command*.c only. */
#ifndef SEKI_CORE_COMMAND_COMMAND_PROSPECT_H
#define SEKI_CORE_COMMAND_COMMAND_PROSPECT_H

#include "core/base/util.h"
#include "core/state/host.h"

/* Appends what the Internet could reach, newly and no longer, and the steps. A
 * config that a commit would refuse is no error if there was something to
 * tell: a note says why. */
int prospect_tell(struct host *, const struct config *, struct buf *out,
    struct buf *notes, struct err *);

/* Notes whether the config leaves a way in. Sessions are safety_check's
 * concern, whose refusal is noted only where nobody else will. */
void prospect_safety(const struct host *, const struct config *, bool refusal,
    struct buf *notes);

/* Says so where there are no steps. */
void prospect_nothing(struct buf *steps);

#endif
