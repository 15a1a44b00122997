/* The `:` line of the console: commands, and the names of screens. */
#ifndef SEKI_SCREENS_CMDLINE_H
#define SEKI_SCREENS_CMDLINE_H

#include "screens/app.h"
#include "tui/prompt.h"

/* The file of the history of commands, its folder made; owned by the caller,
 * NULL when nobody says where the admin lives. */
char *cmdline_history(void);

/* Fills in what ui_spec wants; app is borrowed. */
void cmdline_init(struct prompt_spec *, struct app *);
void cmdline_free(struct prompt_spec *); /* what it holds, not itself */

/* Carries out a line of the language of commands, beside when that takes a
 * while, and shows what it answers. */
void cmdline_run(struct app *, const char *line);

/* Shows what a command answered: a long answer gets a screen, a note the
 * message line. */
void cmdline_answer(
    struct app *, const char *line, struct buf *out, struct buf *notes);

#endif
