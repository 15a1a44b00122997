/* Starting, finding and asking a guard. */
#ifndef SEKI_CORE_COMMIT_GUARD_TALK_H
#define SEKI_CORE_COMMIT_GUARD_TALK_H

#include <sys/types.h>

#include "core/base/err.h"
#include "core/base/util.h"
#include "core/state/host.h"

/* Starts a guard for the commit in RUN/pending and waits until it listens. */
int guard_start(const struct host *, struct err *);

#define GUARD_LOST (-2)

/* Says one line to the guard and appends what it answers. -1 with the guard's
 * own error; GUARD_LOST when there is no guard or no answer: the line may have
 * been carried out all the same.
 *
 *	hold		the connection stays; if it ends before one of the
 *			next three, revert
 *	applied [MS]	the steps are done, at that time (boot_ms; else
 *			now): the time runs
 *	keep		the steps are done: save it at once
 *	cancel		the steps were undone: forget it
 *	confirm [N]	save it, with proof only; this and the next two: if it
 *			is commit N
 *	unproven [N]	save it
 *	extend N	N seconds more
 *	revert [N]	take it back now
 *	status		"proven" or "unproven", then a line for each evidence
 *	alive		nothing */
int guard_ask(
    const struct host *, const char *line, struct buf *answer, struct err *);

/* The same without waiting for the answer. NULL if the guard cannot be asked;
 * the descriptor is readable when there is more, or -1 if that needs no wait.
 * guard_question_more is 1 while more is to come; then as guard_ask. */
struct guard_question *guard_question_begin(
    const struct host *, const char *line);
int guard_question_fd(const struct guard_question *);
int guard_question_more(struct guard_question *, struct buf *answer);
void guard_question_end(struct guard_question *); /* NULL is fine */

/* Opens the connection that a commit in progress holds; -1 on an error. If it
 * closes before guard_say(fd, "applied") or "cancel", the guard reverts. */
int guard_hold(const struct host *, struct err *);
/* GUARD_LOST if there is no answer, else as guard_ask. */
int guard_say(int hold, const char *line, struct buf *answer, struct err *);

/* The guard's listening socket, or -1. Only its own user may connect. */
int guard_listen(const char *run_path, struct err *);
/* Removes its name, which is that of every guard: only while the lock keeps
 * others from commits. The socket stays open. */
void guard_unlisten(const char *run_path);

enum guard_state {
	GUARD_DEAD, /* nobody listens, or it hung up: it is at its end */
	GUARD_ANSWERS,
	GUARD_SILENT,  /* at work, or nobody can tell */
	GUARD_STOPPED, /* by a signal, or its cgroup is frozen */
};

/* State of the guard, within two seconds; *pid gets its process, or 0. */
enum guard_state guard_look(const char *run_path, pid_t *pid);

/* In the guard: notifies its starter that it listens (sd_notify(3)). */
void guard_tell_ready(void);
/* The same of one that ends at once, with the reason. */
void guard_tell_failed(const struct err *);

#endif
