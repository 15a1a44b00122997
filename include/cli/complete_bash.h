/* seki complete: completion for bash. */
#ifndef SEKI_CLI_COMPLETE_BASH_H
#define SEKI_CLI_COMPLETE_BASH_H

#include "cli/mode.h"

/* The words of a are complete LINE BREAKS TYPE: the command line up to the
 * cursor, and COMP_WORDBREAKS and COMP_TYPE of bash(1). Prints the candidates
 * for the end of the line after its last break, one a line, quoted as it is;
 * with their help when bash only lists them. Returns 0, or 1 where a file name
 * is wanted, which bash completes. */
int complete_bash(const struct arguments *a, const struct mode *);

#endif
