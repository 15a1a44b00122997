/* seki shell: the commands at a plain prompt. */
#ifndef SEKI_CLI_SHELL_H
#define SEKI_CLI_SHELL_H

#include "core/state/host.h"

/* Runs until the end of input; the exit status. */
int shell_run(struct host *);

/* The path of the history file, whose directory is created; owned by the
 * caller, NULL when neither HOME nor XDG_STATE_HOME is set. */
char *shell_history(void);

/* Runs one line of the command language, cut into words: the answer to standard
 * output, notes and errors to standard error. Returns the exit status. */
int shell_words(struct host *, struct words *);

/* Runs lines of read-only commands and prints their answers with a blank line
 * between; the first error is printed once, and its code is the status. */
int shell_lines(struct host *, const char *const *lines, size_t n);

/* Prints an error for an admin; returns its code. */
int shell_error(const struct err *);

#endif
