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

int
file_make_folder(const char *path, struct err *e)
{
	char *folder = folder_of(path), *s;
	int r = 0;

	for (s = folder + 1; *s != '\0' && r == 0; s++) {
		if (*s != '/')
			continue;
		*s = '\0';
		r = mkdir(folder, 0755) == 0 || errno == EEXIST ? 0 : -1;
		*s = '/';
	}
	if (r == 0)
		r = mkdir(folder, 0755) == 0 || errno == EEXIST ? 0 : -1;
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

/* The rename itself lasts only once the folder is on the disk. */
static int
sync_folder(const char *path)
{
	char *folder = folder_of(path);
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), r = -1;

	if (fd != -1) {
		r = fsync(fd);
		close(fd);
	}
	free(folder);
	return r;
}

int
file_replace(const char *path, const char *text, size_t len, unsigned mode,
    struct err *e)
{
	char *beside = xasprintf("%s.XXXXXX", path);
	int fd = -1, r = -1;

	if (file_make_folder(path, e) != 0)
		goto out;
	fd = mkostemp(beside, O_CLOEXEC);
	if (fd == -1) {
		err_sys(e, ERR_FAIL, "cannot write beside %s", path);
		goto out;
	}
	if (fchmod(fd, mode) == -1 || write_all(fd, text, len) == -1 ||
	    rename(beside, path) == -1) {
		err_sys(e, ERR_FAIL, "cannot write %s", path);
		err_hint(e, "the old file is as it was");
		unlink(beside);
		goto out;
	}
	r = sync_folder(path);
	if (r != 0)
		err_sys(e, ERR_FAIL, "cannot sync the folder of %s", path);
out:
	if (fd != -1)
		close(fd);
	free(beside);
	return r;
}

int
file_remove(const char *path, struct err *e)
{
	if (unlink(path) == 0 || errno == ENOENT)
		return 0;
	return err_sys(e, ERR_FAIL, "cannot remove %s", path);
}
