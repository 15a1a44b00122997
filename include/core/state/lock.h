/* The lock that makes two commits at once impossible. */
#ifndef SEKI_CORE_STATE_LOCK_H
#define SEKI_CORE_STATE_LOCK_H

#include "core/base/err.h"

/* Takes the lock file; its descriptor, to be closed to let go, or -1: ERR_BUSY
 * says who holds it. It dies with the process. */
int lock_take(const char *path, struct err *);

/* The same, but waits a second for it: only for what others hold for a moment.
 * ERR_BUSY when nobody lets go. */
int lock_wait(const char *path, struct err *);

/* The lock of commits, RUN/lock. */
int lock_run(const char *run_path, struct err *);
/* The same, but gives its holder a second: the service takes it for a moment to
 * put something right. */
int lock_run_soon(const char *run_path, struct err *);
/* Waits like lock_wait. */
int lock_run_wait(const char *run_path, struct err *);

/* Who does something here: "root" or "anna (as root)", with the address of
 * the SSH connection. Owned by the caller; safe to show. */
char *lock_who(void);

#endif
