/* The poll loop: descriptors, signals, timers. */
#ifndef SEKI_CORE_BASE_LOOP_H
#define SEKI_CORE_BASE_LOOP_H

#include <stdbool.h>
#include <stdint.h>

struct loop;

typedef void loop_fn(void *arg);

struct loop *loop_new(void);
void loop_free(struct loop *);

/* Calls fn when fd is readable or has hung up. One entry for each fd. */
void loop_fd(struct loop *, int fd, loop_fn *, void *arg);
void loop_fd_remove(struct loop *, int fd);

/* Calls fn once, after ms milliseconds; a second call for the same fn and arg
 * reschedules it. */
void loop_timer(struct loop *, unsigned ms, loop_fn *, void *arg);
void loop_timer_remove(struct loop *, loop_fn *, void *arg);

/* Blocks the signal for the process and calls fn from the loop instead. -1 with
 * errno on failure: the signal keeps its old disposition. */
int loop_signal(struct loop *, int signo, loop_fn *, void *arg);

/* Called after all input of a turn has been handled, and after its timers: draw
 * here. */
void loop_idle(struct loop *, loop_fn *, void *arg);

/* Runs until loop_stop and returns the status given to it. */
int loop_run(struct loop *);
void loop_stop(struct loop *, int status);

/* Waits, outside of any loop, until fd is readable or has hung up; false on
 * timeout. Signals do not interrupt it. */
bool loop_wait_fd(int fd, unsigned ms);
/* The same until a time, by now_ms. */
bool loop_wait_fd_until(int fd, uint64_t until);

/* Unblocks all signals: for a child, before exec. */
void loop_child(void);

#endif
