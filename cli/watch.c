/* seki watch: the service and its log. */
#include "config.h"

#include "cli/watch.h"

#include <stdio.h>
#include <stdlib.h>
#include <syslog.h>

#include "cli/shell.h"
#include "core/commit/watch.h"

static void
say(enum watch_level level, const char *line)
{
	static const int priorities[] = { [WATCH_INFO] = LOG_INFO,
		[WATCH_WARNING] = LOG_WARNING,
		[WATCH_ERROR] = LOG_ERR };

	syslog(priorities[level], "%s", line);
	/* Else the journal gets it twice. */
	if (getenv("JOURNAL_STREAM") == NULL)
		fprintf(stderr, "seki: %s\n", line);
}

int
watch_command(struct host *h)
{
	struct err e = { 0 };
	int status;

	openlog("seki", LOG_PID, LOG_DAEMON);
	status = watch_run(h, say, &e);
	closelog();
	return status == 0 ? 0 : shell_error(&e);
}
