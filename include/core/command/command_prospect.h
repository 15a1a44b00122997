/* What a commit of a config would bring: for core/command/command*.c only. */
#ifndef SEKI_CORE_COMMAND_COMMAND_PROSPECT_H
#define SEKI_CORE_COMMAND_COMMAND_PROSPECT_H

#include "core/base/util.h"
#include "core/state/rehearsal.h"

/* What a commit of a config would bring. */
struct prospect {
	struct buf exposure; /* what the Internet could newly, no longer and
				still reach */
	struct buf orphans; /* live connections that it would not let through */
	struct buf steps;
	struct rehearsal rehearsal; /* what packets would meet; borrows */
	struct err refused; /* why a commit would be; ERR_NONE: it would not */
};

/* Looks ahead, and appends warnings to notes. A config that a commit would
 * refuse as unsafe is no error. What p holds is to be freed in any case, before
 * the host is refreshed. */
int prospect_look(struct host *, const struct config *, struct prospect *p,
    struct buf *notes, struct err *);
void prospect_free(struct prospect *); /* what it holds, not itself */

/* Looks ahead, and appends it to out. What a commit would refuse is a note, or
 * an error where out is empty still. */
int prospect_tell(struct host *, const struct config *, struct buf *out,
    struct buf *notes, struct err *);

/* Notes whether the config leaves a way in. Sessions are safety_check's
 * concern, whose refusal is noted only where nobody else will. */
void prospect_safety(const struct host *, const struct config *, bool refusal,
    struct buf *notes);

/* Whether a commit of it would be refused, with what it would say. */
int prospect_check(struct host *, const struct config *, struct err *);

/* Commits it under a guard; keep: as the candidate, where a revert leaves it.
 * The steps are told by prospect_tell; notes gets what a commit notes, and how
 * real packets fare then. */
int prospect_commit(struct host *, const struct config *, bool keep,
    struct buf *notes, struct err *);

/* Says so where there are no steps. */
void prospect_nothing(struct buf *steps);

#endif
