/* What all programs of seki do first. */
#ifndef SEKI_CLI_PROGRAM_H
#define SEKI_CLI_PROGRAM_H

#include "cli/mode.h"

/* The rest of main: reads the arguments, and runs what they ask for of those
 * modes, or a command. Returns the exit status. */
int program_run(int argc, char *argv[], const struct mode *modes);

#endif
