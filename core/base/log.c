/* The log, by syslog(3). */
#include "config.h"

#include "core/base/log.h"

#include <stdarg.h>
#include <stdlib.h>

#include "core/base/util.h"

/* JOURNAL_STREAM is set where systemd connects stderr with its journal. With
 * LOG_PID the process would be named on stderr, too. */
void
log_open(bool foreground)
{
	bool copies = foreground && getenv("JOURNAL_STREAM") == NULL;

	openlog("seki", copies ? LOG_PERROR : LOG_PID, LOG_DAEMON);
}

void
log_line(int level, const char *fmt, ...)
{
	struct buf line = { 0 }, safe = { 0 };
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&line, fmt, ap);
	va_end(ap);
	buf_escape(&safe, buf_text(&line), line.len);
	syslog(level, "%s", buf_text(&safe));
	buf_free(&line);
	buf_free(&safe);
}
