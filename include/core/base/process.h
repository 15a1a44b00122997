/* Processes: which stand still, where they are, and their end. */
#ifndef SEKI_CORE_BASE_PROCESS_H
#define SEKI_CORE_BASE_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>

/* Whether it does nothing until somebody wakes it: stopped by a signal, or in
 * a frozen cgroup (v2). A process that is traced is not. */
bool process_is_stopped(pid_t);

/* Whether it is in our network namespace; false when that cannot be seen. */
bool process_shares_network(pid_t);

/* Kills it, also one that is stopped, and waits a second until it is gone. One
 * that cannot die yet never comes back to its own code. 0, or -1 with errno. */
int process_kill(pid_t);

/* Of one whose folder in a /proc this is: the name of its program, without the
 * path, and without the remark that an upgrade leaves which replaced it while
 * it ran. Owned by the caller; NULL when it cannot be seen. */
char *process_program(const char *folder);

/* Tells the inode of each socket among its first 1,024 descriptors: more are
 * there to keep busy who reads them. */
void process_sockets(const char *folder,
    void (*each)(void *arg, unsigned long inode), void *arg);

#endif
