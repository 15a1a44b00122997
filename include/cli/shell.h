/* seki shell: the commands at a plain prompt. */
#ifndef SEKI_CLI_SHELL_H
#define SEKI_CLI_SHELL_H

#include <stdbool.h>

#include "core/state/host.h"

/* Runs until the end of input; the exit status. It begins with the questions of
 * set-up where setup says so, at a terminal. */
int shell_run(struct host *, bool setup);

/* The path of the history file, whose directory is created; owned by the
 * caller, NULL when neither HOME nor XDG_STATE_HOME is set. */
char *shell_history(void);

#endif
