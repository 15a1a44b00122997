/* Commands run by screens, and their answers. */
#ifndef SEKI_SCREENS_CMDRUN_H
#define SEKI_SCREENS_CMDRUN_H

#include <sys/types.h>

#include "screens/app.h"
#include "tui/dialog.h"

struct cmdrun *cmdrun_new(void);
void cmdrun_free(struct cmdrun *);

/* Runs a line of the command language, as a background job when it takes a
 * while, and shows the answer. */
void cmdrun_line(struct app *, const char *line);
/* The same once the admin has answered a question with yes, whose title is the
 * line unless it has one. With a guard, only if its commit is still pending. */
void cmdrun_asking(struct app *, const char *line,
    const struct dialog_ask *question, pid_t guard);

/* Shows the answer of a command: a long one on a screen of its own, a note in
 * the message line. */
void cmdrun_answer(
    struct app *, const char *line, struct buf *out, struct buf *notes);

#endif
