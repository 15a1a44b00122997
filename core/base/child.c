/* Another program that is run for what it writes. */
#include "config.h"

#include "core/base/child.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/loop.h"
#include "core/base/process.h"

/* A process group of its own keeps the terminal's signals away. */
static _Noreturn void
run(const char *const argv[], int out)
{
	int null = open("/dev/null", O_RDWR);

	setpgid(0, 0);
	loop_child();
	if (null != -1 && dup2(null, 0) == 0 && dup2(out, 1) == 1 &&
	    dup2(null, 2) == 2)
		execvp(argv[0], (char *const *)argv);
	_exit(127);
}

int
child_start(struct child *c, const char *const argv[], struct err *e)
{
	int fds[2];

	if (pipe2(fds, O_CLOEXEC) == -1)
		return err_sys(e, ERR_FAIL, "cannot make a pipe");
	c->pid = fork();
	if (c->pid == 0)
		run(argv, fds[1]);
	close(fds[1]);
	if (c->pid == -1) {
		err_sys(e, ERR_FAIL, "cannot start a process");
		close(fds[0]);
		return -1;
	}
	fcntl(fds[0], F_SETFL, O_NONBLOCK);
	c->fd = fds[0];
	return 0;
}

/* Who has written all is about to end; who has not may be stuck. */
int
child_end(struct child *c)
{
	char rest;
	bool ended = read(c->fd, &rest, 1) == 0;
	int status = -1;

	close(c->fd);
	if (!ended)
		process_kill(c->pid);
	while (waitpid(c->pid, &status, ended ? 0 : WNOHANG) == -1 &&
	       errno == EINTR)
		continue;
	if (!ended || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status) == 0	    ? 0
	       : WEXITSTATUS(status) == 127 ? 127
					    : -1;
}
