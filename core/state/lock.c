/* The lock that serialises commits. */
#include "config.h"

#include "core/state/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/intl.h"
#include "core/base/util.h"

#define WAIT_MS 1000 /* many times what an edit takes */
#define NAP_MS 5

char *
lock_who(void)
{
	const char *sudo = getenv("SUDO_USER");
	const char *ssh = getenv("SSH_CONNECTION");
	const struct passwd *pw = getpwuid(getuid());
	const char *user = pw != NULL ? pw->pw_name : "somebody";
	struct buf b = { 0 };

	if (sudo != NULL)
		buf_escape(&b, sudo, strlen(sudo));
	buf_printf(&b, sudo != NULL ? " (as %s)" : "%s", user);
	if (ssh != NULL) {
		buf_add(&b, " from ");
		buf_escape(&b, ssh, strcspn(ssh, " "));
	}
	return buf_take(&b);
}

static int
fail_busy(const char *path, struct err *e)
{
	char *holder = read_file(path, 512, NULL);
	struct buf b = { 0 };

	if (holder != NULL)
		buf_escape(&b, holder, strcspn(holder, "\n"));
	err_set(e, ERR_BUSY, "another commit is in progress, by %s",
	    b.len > 0 ? b.s : _("another seki"));
	err_hint(e, "try again when it has ended");
	buf_free(&b);
	free(holder);
	return -1;
}

/* Mode 0600: whoever can open a file, even to read, can lock it. */
static int
open_lock(const char *path, struct err *e)
{
	int fd;

	if (file_make_folder(path, e) != 0)
		return -1;
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd == -1 || fchmod(fd, 0600) == -1) {
		err_sys(e, ERR_FAIL, "cannot open %s", path);
		if (fd != -1)
			close(fd);
		return -1;
	}
	return fd;
}

static int
sign(int fd, const char *path, struct err *e)
{
	char *who = lock_who();
	int r;

	do
		r = ftruncate(fd, 0) == 0
			? dprintf(fd, "%s, process %d\n", who, (int)getpid())
			: -1;
	while (r < 0 && errno == EINTR);
	r = r < 0 ? err_sys(e, ERR_FAIL, "cannot write %s", path) : 0;
	free(who);
	return r;
}

int
lock_take(const char *path, struct err *e)
{
	int fd = open_lock(path, e);

	if (fd == -1)
		return -1;
	if (flock(fd, LOCK_EX | LOCK_NB) == -1) {
		if (errno == EWOULDBLOCK)
			fail_busy(path, e);
		else
			err_sys(e, ERR_FAIL, "cannot lock %s", path);
	} else if (sign(fd, path, e) == 0) {
		return fd;
	}
	close(fd);
	return -1;
}

/* The holder of a briefly held lock is stopped or stuck. */
static int
fail_stuck(const char *path, struct err *e)
{
	err_set(
	    e, ERR_BUSY, "another seki holds %s and does not release it", path);
	return err_hint(e, "see who it is: fuser %s", path);
}

int
lock_wait(const char *path, struct err *e)
{
	const struct timespec nap = { .tv_nsec = NAP_MS * 1000000L };
	int fd = open_lock(path, e), tries = WAIT_MS / NAP_MS;

	if (fd == -1)
		return -1;
	while (flock(fd, LOCK_EX | LOCK_NB) == -1) {
		if (errno == EINTR)
			continue;
		if (errno == EWOULDBLOCK && tries-- > 0) {
			nanosleep(&nap, NULL);
			continue;
		}
		if (errno == EWOULDBLOCK)
			fail_stuck(path, e);
		else
			err_sys(e, ERR_FAIL, "cannot lock %s", path);
		close(fd);
		return -1;
	}
	return fd;
}

static int
lock_by(int (*take)(const char *, struct err *), const char *run_path,
    struct err *e)
{
	char *path = xasprintf("%s/lock", run_path);
	int fd = take(path, e);

	free(path);
	return fd;
}

int
lock_run(const char *run_path, struct err *e)
{
	return lock_by(lock_take, run_path, e);
}

int
lock_run_soon(const char *run_path, struct err *e)
{
	const struct timespec nap = { .tv_nsec = NAP_MS * 1000000L };
	int fd, tries = WAIT_MS / NAP_MS;

	while ((fd = lock_run(run_path, e)) == -1 && e->code == ERR_BUSY &&
	       tries-- > 0)
		nanosleep(&nap, NULL);
	return fd;
}

int
lock_run_wait(const char *run_path, struct err *e)
{
	return lock_by(lock_wait, run_path, e);
}
