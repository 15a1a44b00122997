/* Commands that screens carry out, and what they answer. */
#ifndef SEKI_SCREENS_CMDRUN_H
#define SEKI_SCREENS_CMDRUN_H

#include "screens/app.h"

/* Carries out a line of the language of commands, beside when that takes a
 * while, and shows what it answers. */
void cmdrun_line(struct app *, const char *line);
/* The same once the admin has said yes to a question. */
void cmdrun_asking(struct app *, const char *line, const char *question);

/* Shows what a command answered: a long answer gets a screen, a note the
 * message line. */
void cmdrun_answer(
    struct app *, const char *line, struct buf *out, struct buf *notes);

#endif
