/* What mends what a check found: a command, as it is typed at a shell. */
#ifndef SEKI_SCREENS_CURE_H
#define SEKI_SCREENS_CURE_H

#include "screens/app.h"

/* Whether it is seki's own command, which Enter takes; else y copies it. */
bool cure_is_ours(const char *command);
/* Appends it, and a line that says which key does what with it. done: the
 * candidate has it. */
void cure_tell(const char *command, bool done, struct buf *);
/* Edits the candidate by it, or opens the review, as nothing is committed
 * unseen: of apply, and of what the candidate has already. Tells why not, where
 * it is not ours. */
void cure_take(struct app *, const char *command);

#endif
