/* seki complete: what bash asks for when Tab is pressed. */
#ifndef SEKI_CLI_BASH_H
#define SEKI_CLI_BASH_H

#include "cli/mode.h"

/* The words of a are complete LINE BREAKS TYPE: the command line up to the
 * cursor, and COMP_WORDBREAKS and COMP_TYPE of bash(1). Prints what may replace
 * the end of the line from the last break on, one a line, as it is written
 * there; with what each means when bash only lists them. Returns 0, or 1 where
 * the name of a file is wanted, and bash knows better. */
int bash_complete(const struct arguments *a, const struct mode *);

#endif
