/* A form for a packet that is let in, to see what becomes of it. */
#ifndef SEKI_SCREENS_TRIAL_H
#define SEKI_SCREENS_TRIAL_H

#include "core/lang/statement.h"
#include "screens/app.h"

/* The key that does it, for the bar of a list. */
extern const struct action trial_actions[];

/* Opens it, filled in with the first forward; arg is the struct app. */
void trial_open(void *arg);
/* The same for a statement, if packets from outside are its matter. */
void trial_open_of(struct app *, const struct statement *);
/* The same for what a line is about that begins, behind a mark, with the key of
 * a statement, or with a protocol and ports as those of an exposure do. */
void trial_open_line(struct app *, const char *line);

#endif
