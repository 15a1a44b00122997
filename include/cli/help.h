/* The output of --help. */
#ifndef SEKI_CLI_HELP_H
#define SEKI_CLI_HELP_H

#include "cli/mode.h"

/* Prints usage, options, commands and statements; the exit status. */
int help_print(const struct mode *modes);

#endif
