/* What became of a packet that was let in, and what can be tried next. */
#ifndef SEKI_SCREENS_TRIED_H
#define SEKI_SCREENS_TRIED_H

#include "core/kernel/trial.h"
#include "core/lang/statement.h"
#include "screens/app.h"

/* Appends the command that lets it in: "try tcp from ADDR to [ADDR]:80". */
void tried_line(const struct trial *, struct buf *);
/* Lets it in, beside the console, and shows the answer. The statement is what
 * it is to be an example of; NULL: of none. */
void tried_run(struct app *, const struct trial *, const struct statement *);

extern const struct view_ops screen_tried;

#endif
