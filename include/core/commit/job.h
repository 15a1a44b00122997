/* Work on the host that takes a while, done by a child, so that keys are
 * answered meanwhile. */
#ifndef SEKI_CORE_COMMIT_JOB_H
#define SEKI_CORE_COMMIT_JOB_H

#include "core/base/loop.h"
#include "core/state/host.h"

struct job;

/* What to do, on a host of the child's own: as a command, it appends its
 * answer and its notes. */
typedef int job_work(struct host *, const void *arg, struct buf *out,
    struct buf *notes, struct err *);

/* What came of it, as work returned it; the strings are borrowed. The job is
 * freed before. */
typedef void job_done(
    void *arg, int r, struct buf *out, struct buf *notes, const struct err *);

struct job_spec {
	job_work *work;
	const void *what; /* for work; a copy of it, as of now */
	job_done *done;	  /* called from the loop */
	void *arg;	  /* for done */
};

/* NULL with an error when there is no child. ^C does not end it. */
struct job *job_start(
    struct loop *, const struct host *, const struct job_spec *, struct err *);

/* Nobody waits for it any more: it goes on to its end. NULL is fine. */
void job_forget(struct job *);

#endif
