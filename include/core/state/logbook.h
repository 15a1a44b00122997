/* The logbook: what seki has logged on this host, from the journal of systemd
 * where that runs, else from the files of syslogd. */
#ifndef SEKI_CORE_STATE_LOGBOOK_H
#define SEKI_CORE_STATE_LOGBOOK_H

#include "core/base/err.h"
#include "core/state/log_lines.h"

#define LOGBOOK_MAX 10000 /* lines */

struct log_scope {
	unsigned most; /* lines, the newest ones, 1 to LOGBOOK_MAX */
	int64_t since; /* seconds since the epoch; 0 for all */
};

/* Reads them while there is time for something else. NULL on error. */
struct log_reading *log_reading_begin(const struct log_scope *, struct err *);
/* 1 while there is more to come, once log_reading_fd is readable; 0 when all is
 * there, -1 on error. */
int log_reading_more(struct log_reading *, struct err *);
int log_reading_fd(const struct log_reading *); /* -1: needs no wait */
/* What was read so far: borrowed, and taken. */
const struct logbook *log_reading_get(const struct log_reading *);
struct logbook log_reading_take(struct log_reading *);
void log_reading_end(struct log_reading *); /* NULL is fine */

/* The same at once, within some seconds. The caller owns what it holds, even
 * after an error. */
int logbook_read(struct logbook *, const struct log_scope *, struct err *);

/* Appends what a file of syslogd has, and what it had before it was rotated
 * last: the newest first. -1 with errno if it cannot be read. */
int logbook_read_file(
    struct logbook *, const char *path, const struct log_scope *, int64_t now);

#endif
