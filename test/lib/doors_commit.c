/* Commits of a host without a kernel, their guard, and background jobs. */
#include "config.h"

#include "doors.h"
#include "doors_parts.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/file.h"
#include "core/base/util.h"
#include "core/commit/commit.h"
#include "core/commit/guard_talk.h"
#include "core/commit/job.h"

#define JOB_MS 300

int __wrap_guard_ask(
    const struct host *, const char *, struct buf *, struct err *);
struct guard_question *__wrap_guard_question_begin(
    const struct host *, const char *);
int __wrap_guard_question_fd(const struct guard_question *);
int __wrap_guard_question_more(struct guard_question *, struct buf *);
void __wrap_guard_question_end(struct guard_question *);
int __wrap_commit_config(struct host *, const struct config *,
    const struct commit_options *, struct buf *, struct buf *, struct err *);
int __wrap_commit_candidate(struct host *, const struct commit_options *,
    struct buf *, struct buf *, struct err *);

static void
pend(unsigned number, uint64_t begin, uint64_t deadline, pid_t guard)
{
	struct pending p = { .phase = PENDING_WAITING,
		.number = number,
		.begin = begin,
		.deadline = deadline,
		.when = START + number,
		.guard = guard,
		.who = "root from 2001:db8:9::7" };
	struct err e;

	assert_int_equal(pending_write(&p, RUN, &e), 0);
}

void
door_pend(unsigned number, unsigned seconds)
{
	static pid_t guard = 4711;
	uint64_t now = now_ms();

	pend(number, now, now + 1000 * seconds, guard++);
}

/* As a guard does: the saved config is the one that was committed. */
static void
save(void)
{
	char *text = read_file(RUN "/pending/config", 1u << 16, NULL);
	struct err e;

	assert_non_null(text);
	assert_int_equal(
	    file_replace("seki.conf", text, strlen(text), 0644, &e), 0);
	assert_int_equal(file_remove(RUN "/" CANDIDATE_FILE, &e), 0);
	free(text);
}

static void
write_last(const struct pending *p, const char *text, const char *how)
{
	char *lines = xasprintf("commit #8 by root was %s\n%s 8 %jd\n", text,
	    how, (intmax_t)p->when);
	struct err e;

	assert_int_equal(
	    file_replace(RUN "/last", lines, strlen(lines), 0644, &e), 0);
	free(lines);
}

static int
carry_out(const struct host *h, const char *line, struct buf *answer)
{
	unsigned more;
	struct err e;

	if (sscanf(line, "extend %u", &more) == 1) {
		pend(h->pending.number, h->pending.begin,
		    h->pending.deadline + 1000 * more, h->pending.guard);
		buf_printf(answer, "%u seconds more\n", more);
		return 0;
	}
	if (strcmp(line, "revert") == 0) {
		write_last(&h->pending, "reverted: as asked", "reverted");
	} else {
		save();
		write_last(&h->pending, "confirmed", "saved");
	}
	return pending_end(RUN, &e);
}

int
__wrap_guard_ask(
    const struct host *h, const char *line, struct buf *answer, struct err *e)
{
	if (doors.guard == NULL)
		err_set(e, ERR_FAIL, "the guard does not answer");
	if (doors.guard == NULL)
		return GUARD_LOST;
	if (strcmp(line, "status") != 0)
		return carry_out(h, line, answer);
	buf_add(answer, doors.guard);
	return 0;
}

struct guard_question {
	int fd; /* that nothing comes from; or -1 */
};

struct guard_question *
__wrap_guard_question_begin(const struct host *h UNUSED, const char *line)
{
	struct guard_question *q;

	assert_string_equal(line, "status");
	if (doors.guard == NULL)
		return NULL;
	q = xcalloc(1, sizeof(*q));
	q->fd = doors.hangs ? eventfd(0, EFD_CLOEXEC) : -1;
	return q;
}

int
__wrap_guard_question_fd(const struct guard_question *q)
{
	return q->fd;
}

int
__wrap_guard_question_more(struct guard_question *q UNUSED, struct buf *answer)
{
	buf_add(answer, doors.guard);
	return 0;
}

void
__wrap_guard_question_end(struct guard_question *q)
{
	if (q != NULL && q->fd != -1)
		close(q->fd);
	free(q);
}

int
__wrap_commit_config(struct host *h, const struct config *config,
    const struct commit_options *options, struct buf *report,
    struct buf *notes UNUSED, struct err *e)
{
	struct plan none = { 0 };

	if (doors.refusal != NULL && !options->force) {
		err_set(e, ERR_UNSAFE, "%s", doors.refusal);
		return err_hint(e, "leave a way in, or force it");
	}
	buf_add(report, doors.steps != NULL ? doors.steps : "");
	if (options->check)
		return 0;
	assert_int_equal(pending_begin(RUN, config, &none, e), 0);
	if (report->len > 0)
		door_pend(8, options->confirm);
	else
		save();
	return host_reload(h, e);
}

int
__wrap_commit_candidate(struct host *h, const struct commit_options *options,
    struct buf *report, struct buf *notes, struct err *e)
{
	return __wrap_commit_config(
	    h, &h->candidate, options, report, notes, e);
}

/* A job does all of its work at once, and tells it a moment later. */

struct job {
	struct loop *loop;
	struct job_spec spec;
	struct buf out, notes;
	struct err e;
	int r;
};

struct job *__wrap_job_start(
    struct loop *, const struct host *, const struct job_spec *, struct err *);
void __wrap_job_forget(struct job *);

static void tell(void *);

void
__wrap_job_forget(struct job *j)
{
	if (j == NULL)
		return;
	loop_timer_remove(j->loop, tell, j);
	buf_free(&j->out);
	buf_free(&j->notes);
	free(j);
}

static void
tell(void *arg)
{
	struct job *j = arg;

	j->spec.done(j->spec.arg, j->r, &j->out, &j->notes, &j->e);
	__wrap_job_forget(j);
}

struct job *
__wrap_job_start(struct loop *loop, const struct host *from,
    const struct job_spec *spec, struct err *e UNUSED)
{
	struct job *j = xcalloc(1, sizeof(*j));
	struct host h;

	j->loop = loop;
	j->spec = *spec;
	doors_open(&h);
	h.read_only = from->read_only;
	j->r = spec->work(&h, spec->what, &j->out, &j->notes, &j->e);
	host_close(&h);
	loop_timer(loop, JOB_MS, tell, j);
	return j;
}
