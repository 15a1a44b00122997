/* How a guard is started, found and spoken to: for core/guard*.c. */
#ifndef SEKI_CORE_COMMIT_GUARD_TALK_H
#define SEKI_CORE_COMMIT_GUARD_TALK_H

#include <stdbool.h>
#include <sys/types.h>

#include "core/base/err.h"

/* The guard's socket: a listening descriptor, or -1. Only its own user may
 * connect. */
int guard_listen(const char *run_path, struct err *);
/* Closes it; its name goes too, unless another guard listens there by now. */
void guard_unlisten(const char *run_path, int fd, bool own);

enum guard_state {
	GUARD_DEAD, /* nobody listens, or it hung up: it is at its end */
	GUARD_ANSWERS,
	GUARD_SILENT,  /* at work, or nobody can tell */
	GUARD_STOPPED, /* by a signal, or its cgroup is frozen */
};

/* How the guard is, within two seconds; *pid gets its process where there is
 * one, else 0. */
enum guard_state guard_look(const char *run_path, pid_t *pid);

/* In the guard: tells who started it that it listens (sd_notify(3)). */
void guard_tell_ready(void);

#endif
