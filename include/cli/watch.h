/* seki watch: the service and its log. */
#ifndef SEKI_CLI_WATCH_H
#define SEKI_CLI_WATCH_H

#include "core/state/host.h"

/* Runs the service; returns the exit status. It logs to syslog, and to stderr
 * unless that is the journal of systemd. */
int watch_command(struct host *);

#endif
