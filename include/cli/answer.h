/* Runs commands and prints their answers. */
#ifndef SEKI_CLI_ANSWER_H
#define SEKI_CLI_ANSWER_H

#include "core/lang/words.h"
#include "core/state/host.h"

/* Runs one line of the command language, cut into words: the answer to standard
 * output, notes and errors to standard error. Returns the exit status. */
int answer_words(struct host *, struct words *);

/* Runs lines of read-only commands and prints their answers with a blank line
 * between; the first error is printed once, and its code is the status. */
int answer_lines(struct host *, const char *const *lines, size_t n);

/* Prints an error for an admin; returns its code. */
int answer_error(const struct err *);
/* The same without a word. */
int answer_status(const struct err *);

#endif
