/* What no admin waits for: the service and the guard. */
#ifndef SEKI_CLI_BACKGROUND_H
#define SEKI_CLI_BACKGROUND_H

#include "cli/arguments.h"
#include "core/state/host.h"

/* Both return the exit status. The service logs to syslog, and to stderr unless
 * that is the journal of systemd. */
int background_watch(struct host *, const struct arguments *);
int background_guard(struct host *, const struct arguments *);

#endif
