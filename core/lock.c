/* The lock that makes two commits at once impossible. */
#include "config.h"

#include "core/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "core/file.h"
#include "core/util.h"

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
	err_set(e, ERR_BUSY, "another commit is being carried out by %s",
	    b.len > 0 ? b.s : "another seki");
	err_hint(e, "try again when it has ended");
	buf_free(&b);
	free(holder);
	return -1;
}

int
lock_take(const char *path, struct err *e)
{
	char *who = NULL;
	int fd;

	if (file_make_folder(path, e) != 0)
		return -1;
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (fd == -1)
		return err_sys(e, ERR_FAIL, "cannot open %s", path);
	if (flock(fd, LOCK_EX | LOCK_NB) == -1) {
		if (errno == EWOULDBLOCK)
			fail_busy(path, e);
		else
			err_sys(e, ERR_FAIL, "cannot lock %s", path);
		close(fd);
		return -1;
	}
	who = lock_who();
	if (ftruncate(fd, 0) == -1 ||
	    dprintf(fd, "%s, process %d\n", who, (int)getpid()) < 0) {
		err_sys(e, ERR_FAIL, "cannot write %s", path);
		close(fd);
		fd = -1;
	}
	free(who);
	return fd;
}

int
lock_run(const char *run_path, struct err *e)
{
	char *path = xasprintf("%s/lock", run_path);
	int fd = lock_take(path, e);

	free(path);
	return fd;
}
