/* The `:` line of the console: commands, and the names of screens. */
#ifndef SEKI_CONSOLE_CMDLINE_H
#define SEKI_CONSOLE_CMDLINE_H

#include "screens/app.h"
#include "tui/prompt.h"

/* Fills in the prompt of a ui_spec; app and history, the name of a file or
 * NULL, are borrowed. */
void cmdline_init(struct prompt_spec *, struct app *, const char *history);

#endif
