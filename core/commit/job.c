/* Slow work done by a child, so that the console stays responsive. */
#include "config.h"

#include "core/commit/job.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/util.h"

struct job {
	struct loop *loop;
	pid_t pid;
	int fd;
	struct buf in; /* a head, out, notes, as far as they have come */
	struct job_spec spec;
};

struct head {
	int r;
	size_t out, notes; /* bytes */
	struct err e;
};

/* In the child */

static bool
tell(FILE *f, const struct head *head, const struct buf *out,
    const struct buf *notes)
{
	return fwrite(head, sizeof(*head), 1, f) == 1 &&
	       fwrite(buf_text(out), 1, out->len, f) == out->len &&
	       fwrite(buf_text(notes), 1, notes->len, f) == notes->len &&
	       fflush(f) == 0;
}

/* The child opens sockets of its own, or it would receive the console's
 * answers. Its own process group keeps the terminal's signals away. The pipe is
 * closed by its exit, so that whoever waits for that then does not wait for all
 * of its memory to be freed. */
static _Noreturn void
work_in_child(const struct host *from, const struct job_spec *spec, int fd)
{
	struct buf out = { 0 }, notes = { 0 };
	struct head head = { 0 };
	FILE *f = fdopen(fd, "w");
	struct host h;

	setpgid(0, 0);
	loop_child();
	head.r = host_open(&h, from->config_path, &head.e);
	h.read_only = from->read_only;
	if (head.r == 0)
		head.r = spec->work(&h, spec->what, &out, &notes, &head.e);
	host_close(&h);
	head.out = out.len;
	head.notes = notes.len;
	if (f == NULL || !tell(f, &head, &out, &notes))
		_exit(1);
	buf_free(&out);
	buf_free(&notes);
	_exit(0);
}

/* In the console */

void
job_forget(struct job *j)
{
	if (j == NULL)
		return;
	loop_fd_remove(j->loop, j->fd);
	close(j->fd);
	buf_free(&j->in);
	free(j);
}

/* A child that was killed has answered nothing, or half. */
static void
end(struct job *j)
{
	struct job was = *j;
	struct buf out = { 0 }, notes = { 0 };
	struct head head = { .r = -1 };

	memset(&j->in, 0, sizeof(j->in));
	job_forget(j);
	waitpid(was.pid, NULL, 0);
	if (was.in.len >= sizeof(head))
		memcpy(&head, was.in.s, sizeof(head));
	if (was.in.len != sizeof(head) + head.out + head.notes) {
		head.r = err_set(
		    &head.e, ERR_FAIL, "the process that did it has died");
	} else {
		buf_add_n(&out, was.in.s + sizeof(head), head.out);
		buf_add_n(
		    &notes, was.in.s + sizeof(head) + head.out, head.notes);
	}
	was.spec.done(was.spec.arg, head.r, &out, &notes, &head.e);
	buf_free(&out);
	buf_free(&notes);
	buf_free(&was.in);
}

static void
on_bytes(void *arg)
{
	struct job *j = arg;
	char some[4096];
	ssize_t n = read(j->fd, some, sizeof(some));

	if (n > 0)
		buf_add_n(&j->in, some, (size_t)n);
	else if (n == 0 || errno != EINTR)
		end(j);
}

struct job *
job_start(struct loop *loop, const struct host *h, const struct job_spec *spec,
    struct err *e)
{
	struct job *j;
	int fds[2];
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) == -1) {
		err_sys(e, ERR_FAIL, "cannot make a pipe");
		return NULL;
	}
	pid = fork();
	if (pid == 0)
		work_in_child(h, spec, fds[1]);
	close(fds[1]);
	if (pid == -1) {
		err_sys(e, ERR_FAIL, "cannot start a process");
		close(fds[0]);
		return NULL;
	}
	j = xcalloc(1, sizeof(*j));
	*j = (struct job){
		.loop = loop, .pid = pid, .fd = fds[0], .spec = *spec
	};
	loop_fd(loop, j->fd, on_bytes, j);
	return j;
}
