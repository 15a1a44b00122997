/* The modes: the console, the shell, the service, the lab. */
#ifndef SEKI_CLI_MODES_H
#define SEKI_CLI_MODES_H

#include "cli/mode.h"

/* Ended by a NULL word. */
extern const struct mode modes[];

#endif
