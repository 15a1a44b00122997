/* How a guard is started, found and spoken to: for core/guard*.c. */
#ifndef SEKI_CORE_GUARD_TALK_H
#define SEKI_CORE_GUARD_TALK_H

#include <stdbool.h>

#include "core/err.h"

/* The guard's socket: a listening descriptor, or -1. Only its own user may
 * connect. */
int guard_listen(const char *run_path, struct err *);
void guard_unlisten(const char *run_path, int fd);
/* Whether somebody listens. */
bool guard_lives(const char *run_path);

/* In the guard: tells who started it that it listens (sd_notify(3)). */
void guard_tell_ready(void);

#endif
