/* What seki has logged, as the journal of systemd and the files of syslogd have
 * it: the words are those of core/base/log.h. */
#ifndef SEKI_CORE_STATE_LOG_LINES_H
#define SEKI_CORE_STATE_LOG_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct log_entry {
	int64_t when; /* seconds since the epoch */
	int level;    /* of syslog(3); -1 where a file does not tell it */
	char *text;   /* safe to show */
};

struct logbook {
	struct log_entry *v; /* the newest first */
	size_t n;
};
void logbook_free(struct logbook *); /* what it holds, not itself */

/* Each reads one line, which may be anything, without its newline; false if it
 * is not of seki. The text is owned by the caller. */

/* An object of "journalctl -o json". */
bool log_lines_journal(const char *line, struct log_entry *);

/* A line of syslogd, with the times of RFC 3164 or RFC 5424, and with or
 * without the host and the level. The former have no year: it is the last that
 * is not after now. */
bool log_lines_syslog(const char *line, int64_t now, struct log_entry *);

/* The word of syslog(3) for a level; NULL if it is none. */
const char *log_lines_level(int level);

#endif
