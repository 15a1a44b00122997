/* seki watch: the service, and where its words go. */
#ifndef SEKI_CLI_WATCH_H
#define SEKI_CLI_WATCH_H

#include "core/state/host.h"

/* Runs the service; the exit status. Its words go to syslog, and to stderr as
 * well unless that is the journal of systemd. */
int watch_command(struct host *);

#endif
