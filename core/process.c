/* Processes that stand still, and their end. */
#include "config.h"

#include "core/process.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/util.h"

#define TEXT_MAX_BYTES 65536
#define DEATH_MS 1000

static char *
read_of(pid_t pid, const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	return read_file(path, TEXT_MAX_BYTES, NULL);
}

/* The state stands behind the name, which may hold anything (proc(5)). */
static bool
has_stop_signal(pid_t pid)
{
	char *text = read_of(pid, "stat");
	const char *end = text != NULL ? strrchr(text, ')') : NULL;
	bool stopped = end != NULL && has_prefix(end, ") T");

	free(text);
	return stopped;
}

/* cgroup.events says frozen also where an ancestor is (cgroup-v2.rst). */
static bool
is_frozen(pid_t pid)
{
	char *text = read_of(pid, "cgroup"), *path, *events = NULL;
	const char *own = text != NULL ? strstr(text, "0::/") : NULL;
	bool frozen = false;

	if (own != NULL) {
		own += strlen("0::");
		path = xasprintf("/sys/fs/cgroup%.*s/cgroup.events",
		    (int)strcspn(own, "\n"), own);
		events = read_file(path, TEXT_MAX_BYTES, NULL);
		frozen = events != NULL && strstr(events, "frozen 1") != NULL;
		free(path);
	}
	free(events);
	free(text);
	return frozen;
}

bool
process_is_stopped(pid_t pid)
{
	return pid > 0 && (has_stop_signal(pid) || is_frozen(pid));
}

int
process_kill(pid_t pid)
{
	struct pollfd gone = { .events = POLLIN };
	int r;

	gone.fd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (gone.fd == -1)
		return errno == ESRCH ? 0 : -1;
	r = (int)syscall(SYS_pidfd_send_signal, gone.fd, SIGKILL, NULL, 0);
	if (r == 0)
		poll(&gone, 1, DEATH_MS);
	else if (errno == ESRCH)
		r = 0;
	close(gone.fd);
	return r;
}
