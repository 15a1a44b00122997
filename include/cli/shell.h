/* seki shell: the commands at a plain prompt. */
#ifndef SEKI_CLI_SHELL_H
#define SEKI_CLI_SHELL_H

#include "core/state/host.h"

/* Runs until the end of input; the exit status. */
int shell_run(struct host *);

/* The path of the history file, whose directory is created; owned by the
 * caller, NULL when neither HOME nor XDG_STATE_HOME is set. */
char *shell_history(void);

#endif
