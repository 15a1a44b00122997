/* Files that are replaced whole or not at all. */
#include "config.h"

#include "core/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/util.h"

static char *
folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		return xstrdup(".");
	return xstrndup(path, slash > path ? (size_t)(slash - path) : 1);
}

/* For everybody to read, as what is in it is, whatever the umask says. */
static int
make_one(const char *folder)
{
	if (mkdir(folder, 0755) == 0)
		return chmod(folder, 0755);
	return errno == EEXIST ? 0 : -1;
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

/* The rename itself lasts only once the folder is on the disk. Where that
 * cannot be had, the new file is there all the same. */
static void
sync_folder(const char *path)
{
	char *folder = folder_of(path);
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd != -1) {
		fsync(fd);
		close(fd);
	}
	free(folder);
}

/* Where the file really is, owned by the caller: a link stays a link. */
static char *
real_path(const char *path)
{
	char *real = realpath(path, NULL);

	return real != NULL ? real : xstrdup(path);
}

/* What is there keeps its owner and mode; and it must be a file. */
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

static int
write_beside(const char *path, char *beside, const char *text, size_t len,
    unsigned mode, struct err *e)
{
	int fd = mkostemp(beside, O_CLOEXEC), r;

	if (fd == -1)
		return err_sys(e, ERR_FAIL, "cannot write beside %s", path);
	r = adopt_mode(fd, path, mode, e);
	if (r == 0 &&
	    (write_all(fd, text, len) == -1 || rename(beside, path) == -1)) {
		r = err_sys(e, ERR_FAIL, "cannot write %s", path);
		err_hint(e, "the old file is as it was");
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
	char *beside = xasprintf("%s.XXXXXX", real);
	int r = file_make_folder(real, e);

	if (r == 0)
		r = write_beside(real, beside, text, len, mode, e);
	if (r == 0)
		sync_folder(real);
	free(beside);
	free(real);
	return r;
}

int
file_remove(const char *path, struct err *e)
{
	if (unlink(path) == 0 || errno == ENOENT)
		return 0;
	return err_sys(e, ERR_FAIL, "cannot remove %s", path);
}
