/* Files that are replaced whole or not at all. */
#include "config.h"

#include "core/base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#ifndef HAVE_RENAMEAT2
#include <linux/fs.h>
#include <sys/syscall.h>
#endif

#include "core/base/util.h"

static char *
folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		return xstrdup(".");
	return xstrndup(path, slash > path ? (size_t)(slash - path) : 1);
}

/* A rename or a new file is durable only once its folder is synced. Some file
 * systems do not support that (EINVAL). */
static int
sync_folder(const char *path)
{
	char *folder = folder_of(path);
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r = fd != -1 ? fsync(fd) : -1, saved = errno;

	if (fd != -1)
		close(fd);
	free(folder);
	errno = saved;
	return r == -1 && errno != EINVAL ? -1 : 0;
}

/* Readable for everybody, whatever the umask. */
static int
make_one(const char *folder)
{
	if (mkdir(folder, 0755) == -1)
		return errno == EEXIST ? 0 : -1;
	return chmod(folder, 0755) == 0 ? sync_folder(folder) : -1;
}

int
file_make_folder(const char *path, struct err *e)
{
	char *folder = folder_of(path), *s;
	int r = 0;

	for (s = folder + 1; *s != '\0' && r == 0; s++) {
		if (*s != '/')
			continue;
		*s = '\0';
		r = make_one(folder);
		*s = '/';
	}
	if (r == 0)
		r = make_one(folder);
	if (r != 0)
		err_sys(e, ERR_FAIL, "cannot make the folder %s", folder);
	free(folder);
	return r;
}

static int
write_all(int fd, const char *text, size_t len)
{
	ssize_t n;

	while (len > 0) {
		n = write(fd, text, len);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return -1;
		text += n;
		len -= (size_t)n;
	}
	return fsync(fd);
}

/* The target of a symlink, owned by the caller: the link itself stays. */
static char *
real_path(const char *path)
{
	char *real = realpath(path, NULL);

	return real != NULL ? real : xstrdup(path);
}

/* Keeps owner and mode of an existing file, which must be a regular one. */
static int
adopt_mode(int fd, const char *path, unsigned mode, struct err *e)
{
	struct stat st;

	if (stat(path, &st) == -1)
		return fchmod(fd, mode) == 0
			   ? 0
			   : err_sys(e, ERR_FAIL, "cannot write %s", path);
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_FAIL, "%s is not a file", path);
	if (fchown(fd, st.st_uid, st.st_gid) == -1 && errno != EPERM)
		return err_sys(e, ERR_FAIL, "cannot write %s", path);
	if (fchmod(fd, st.st_mode & 07777) == -1)
		return err_sys(e, ERR_FAIL, "cannot write %s", path);
	return 0;
}

/* The temporary name carries our PID: no other process writes to it, and one
 * left by a killed process can be recognised. */
static char *
beside_name(const char *path)
{
	return xasprintf("%s.%d.new", path, (int)getpid());
}

/* Whether it is BASE.PID.new of a process that is gone; "" is any BASE. */
static bool
is_left_over(const char *name, const char *base)
{
	size_t len = strlen(name), tail = strlen(".new"), n = strlen(base);
	const char *dot = NULL;
	char *end;
	long pid;

	if (len > tail && strcmp(name + len - tail, ".new") == 0)
		dot = memrchr(name, '.', len - tail);
	if (dot == NULL || (n > 0 && ((size_t)(dot - name) != n ||
					 memcmp(name, base, n) != 0)))
		return false;
	pid = strtol(dot + 1, &end, 10);
	if (end != name + len - tail || pid <= 0)
		return false;
	return kill((pid_t)pid, 0) == -1 && errno == ESRCH;
}

void
file_sweep(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder = folder_of(path), *file;
	DIR *d = opendir(folder);
	struct dirent *de;

	while (d != NULL && (de = readdir(d)) != NULL) {
		if (!is_left_over(de->d_name, slash != NULL ? slash + 1 : path))
			continue;
		file = xasprintf("%s/%s", folder, de->d_name);
		unlink(file);
		free(file);
	}
	if (d != NULL)
		closedir(d);
	free(folder);
}

/* Where there was no file, there is none after an error. */
static int
rename_into(const char *beside, const char *path, bool fresh)
{
	int saved;

	if (rename(beside, path) == -1)
		return -1;
	if (sync_folder(path) == 0)
		return 0;
	saved = errno;
	if (fresh)
		unlink(path);
	errno = saved;
	return -1;
}

#ifndef HAVE_RENAMEAT2
static int
renameat2(int from, const char *old, int to, const char *new, unsigned flags)
{
	return (int)syscall(SYS_renameat2, from, old, to, new, flags);
}
#endif

/* Exchanges the new file with the old one, which is removed only once the
 * folder is synced: after an error it is put back. Falls back to a plain rename
 * if the file system cannot exchange (EINVAL) or there is no old file. */
static int
take_place(const char *beside, const char *path)
{
	int saved;

	if (renameat2(AT_FDCWD, beside, AT_FDCWD, path, RENAME_EXCHANGE) ==
	    -1) {
		if (errno != ENOENT && errno != EINVAL && errno != ENOSYS)
			return -1;
		return rename_into(beside, path, errno == ENOENT);
	}
	if (sync_folder(path) == 0) {
		unlink(beside);
		return 0;
	}
	saved = errno;
	renameat2(AT_FDCWD, beside, AT_FDCWD, path, RENAME_EXCHANGE);
	errno = saved;
	return -1;
}

static int
write_beside(const char *path, const char *beside, const char *text, size_t len,
    unsigned mode, struct err *e)
{
	int fd, r;

	unlink(beside);
	fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd == -1)
		return err_sys(e, ERR_FAIL, "cannot write beside %s", path);
	r = adopt_mode(fd, path, mode, e);
	if (r == 0 && (write_all(fd, text, len) == -1 ||
			  take_place(beside, path) == -1)) {
		r = err_sys(e, ERR_FAIL, "cannot write %s", path);
		err_hint(e, "the old file is unchanged");
	}
	if (r != 0)
		unlink(beside);
	close(fd);
	return r;
}

int
file_replace(const char *path, const char *text, size_t len, unsigned mode,
    struct err *e)
{
	char *real = real_path(path);
	char *beside = beside_name(real);
	int r = file_make_folder(real, e);

	if (r == 0) {
		file_sweep(real);
		r = write_beside(real, beside, text, len, mode, e);
	}
	free(beside);
	free(real);
	return r;
}

int
file_sync(const char *path, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int r = fd != -1 ? fsync(fd) : -1;

	if (r == -1)
		r = err_sys(e, ERR_FAIL, "cannot write %s", path);
	if (fd != -1)
		close(fd);
	return r;
}

int
file_rename(const char *from, const char *to, struct err *e)
{
	if (rename(from, to) == 0 && sync_folder(to) == 0)
		return 0;
	return err_sys(e, ERR_FAIL, "cannot write %s", to);
}

int
file_remove(const char *path, struct err *e)
{
	if (unlink(path) == 0 || errno == ENOENT)
		return 0;
	return err_sys(e, ERR_FAIL, "cannot remove %s", path);
}

bool
file_exists(const char *pattern)
{
	glob_t found = { 0 };
	bool any = glob(pattern, GLOB_NOSORT, NULL, &found) == 0;

	globfree(&found);
	return any;
}

int64_t
file_time(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? st.st_mtime : 0;
}

char *
path_beside(const char *path, const char *name)
{
	const char *slash = strrchr(path, '/');
	int n = slash != NULL ? (int)(slash + 1 - path) : 0;

	return xasprintf("%.*s%s", n, path, name);
}
