/* The log, by syslog(3). */
#include "config.h"

#include "core/base/log.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/util.h"

/* systemd tells what it has connected with its journal (systemd.exec(5)); a
 * process may have inherited that, and have another stderr. */
static bool
goes_to_journal(int fd)
{
	const char *text = getenv("JOURNAL_STREAM");
	uintmax_t dev, inode;
	struct stat st;

	return text != NULL && sscanf(text, "%ju:%ju", &dev, &inode) == 2 &&
	       fstat(fd, &st) == 0 && st.st_dev == dev && st.st_ino == inode;
}

/* With LOG_PID the process would be named on stderr, too. */
void
log_open(bool foreground)
{
	bool copies = foreground && !goes_to_journal(STDERR_FILENO);

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
