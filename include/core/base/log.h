/* The log: a line for each thing that happens while nobody looks. Levels are
 * those of syslog(3). */
#ifndef SEKI_CORE_BASE_LOG_H
#define SEKI_CORE_BASE_LOG_H

#include <stdbool.h>
#include <syslog.h>

/* Names the program to syslog; may be called again. In the foreground lines go
 * to stderr, too, unless that is the journal, which gets them from syslog. */
void log_open(bool foreground);

/* Logs a line, which may have bytes from outside: they are escaped. */
void log_line(int level, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
