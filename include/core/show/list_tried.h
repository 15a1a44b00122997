/* What a packet met, as a table, as a sentence and as JSON. */
#ifndef SEKI_CORE_SHOW_LIST_TRIED_H
#define SEKI_CORE_SHOW_LIST_TRIED_H

#include "core/show/listing.h"
#include "core/state/attempt.h"

extern const struct listing listing_tried; /* rows are struct tried_row */

/* Whether it got to where it goes. */
bool tried_through(const struct attempt *);
/* Appends the answer as a line, "FAIL dropped by seki: default input deny", and
 * the cure as another, if there is one. */
void tried_verdict(const struct host *, const struct attempt *, struct buf *);
/* Appends what became of it, and why: a sentence. */
void tried_tell(const struct host *, const struct attempt *, struct buf *);
/* Appends the same in a few words: "gets to ...", "dropped by ...: ...". */
void tried_fate(const struct host *, const struct attempt *, struct buf *);
/* Appends what decided last: a statement, a rule or a policy. */
void tried_decider(const struct attempt *, struct buf *);
/* Appends the command that mends it, or shows the chain that it ended in; false
 * if there is nothing of others in its way. */
bool tried_cure(const struct host *, const struct attempt *, struct buf *);
/* Appends how that is known, and what is left of it: a sentence. */
void tried_means(const struct attempt *, struct buf *);

/* One object, and a newline. -1 when something in it cannot be JSON. */
int tried_json(
    const struct host *, const struct attempt *, struct buf *, struct err *);

#endif
