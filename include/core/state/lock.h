/* The lock that serialises commits. */
#ifndef SEKI_CORE_STATE_LOCK_H
#define SEKI_CORE_STATE_LOCK_H

#include "core/base/err.h"

/* Takes the lock file; returns its descriptor, to be closed to release it, or
 * -1: ERR_BUSY names the holder. It is released when the process dies. */
int lock_take(const char *path, struct err *);

/* The same, but waits up to a second: only for locks that are held briefly.
 * ERR_BUSY on timeout. */
int lock_wait(const char *path, struct err *);

/* The lock of commits, RUN/lock. */
int lock_run(const char *run_path, struct err *);
/* The same, but waits up to a second: the service takes it briefly to correct
 * drift. */
int lock_run_soon(const char *run_path, struct err *);
/* Waits like lock_wait. */
int lock_run_wait(const char *run_path, struct err *);

/* The acting user: "root" or "anna (as root)", with the address of the SSH
 * connection. Owned by the caller; safe to show. */
char *lock_who(void);

#endif
