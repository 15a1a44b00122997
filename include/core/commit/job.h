/* Slow work on the host, done by a child so that the console stays
 * responsive. */
#ifndef SEKI_CORE_COMMIT_JOB_H
#define SEKI_CORE_COMMIT_JOB_H

#include "core/base/loop.h"
#include "core/state/host.h"

struct job;

/* The work, on a host that the child opens; like a command, it appends its
 * answer and its notes. */
typedef int job_work(struct host *, const void *arg, struct buf *out,
    struct buf *notes, struct err *);

/* The result, as work returned it; the strings are borrowed. The job has been
 * freed. */
typedef void job_done(
    void *arg, int r, struct buf *out, struct buf *notes, const struct err *);

struct job_spec {
	job_work *work;
	const void *what; /* for work; a copy of it, as of now */
	job_done *done;	  /* called from the loop */
	void *arg;	  /* for done */
	/* Frees arg if done will never be called: for who forgets the job.
	 * NULL: it is not done's own. */
	void (*forget)(void *arg);
};

/* NULL with an error if no child could be started. ^C does not end it. */
struct job *job_start(
    struct loop *, const struct host *, const struct job_spec *, struct err *);

/* Abandons the job: the child runs to its end. NULL is fine. */
void job_forget(struct job *);

#endif
