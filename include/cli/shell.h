/* seki shell: the commands at a plain prompt. */
#ifndef SEKI_CLI_SHELL_H
#define SEKI_CLI_SHELL_H

#include "core/state/host.h"

/* Runs until the end of input; the exit status. */
int shell_run(struct host *);

/* The file of the history of lines, its folder made; owned by the caller, NULL
 * when nobody says where the admin lives. */
char *shell_history(void);

/* Runs one line of the language of commands: the answer to standard output,
 * notes and errors to standard error. The exit status. */
int shell_line(struct host *, const char *line);
int shell_words(struct host *, struct words *);

/* Some lines that only look, with a blank line between what they answer; the
 * first error is told once, and its code is the status. */
int shell_lines(struct host *, const char *const *lines, size_t n);

/* Prints an error as an admin reads it; its code is returned. */
int shell_error(const struct err *);

#endif
