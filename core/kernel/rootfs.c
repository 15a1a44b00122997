/* Reads files of containers. */
#include "config.h"

#include "core/kernel/rootfs.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/base/util.h"

#define MOUNTS_MAX (1024 * 1024) /* bytes */
#define LINK_MAX_BYTES 64

/* Kinds of file systems that the kernel itself answers for. */
static const char *const kinds[] = { "ext2", "ext3", "ext4", "xfs", "btrfs",
	"bcachefs", "f2fs", "zfs", "tmpfs", "ramfs", "rootfs", "squashfs",
	"erofs" };

/* An overlay may be made of others, but then by whoever may mount them. */
#define OVERLAY "overlay"

static char *
proc_path(pid_t pid, const char *name)
{
	return xasprintf("/proc/%d/%s", (int)pid, name);
}

static void
read_userns(pid_t pid, char text[static LINK_MAX_BYTES])
{
	char *path = proc_path(pid, "ns/user");
	ssize_t n = readlink(path, text, LINK_MAX_BYTES - 1);

	text[n > 0 ? n : 0] = '\0';
	free(path);
}

/* Whether its user namespace is ours, so that who may mount there is root
 * here. */
static bool
shares_users(pid_t pid)
{
	char own[LINK_MAX_BYTES], its[LINK_MAX_BYTES];

	read_userns(getpid(), own);
	read_userns(pid, its);
	return own[0] != '\0' && strcmp(own, its) == 0;
}

/* The mount that a descriptor is on; 0: not known. statx would ask the file
 * system. */
static int
mount_of(int fd)
{
	char *path = xasprintf("/proc/self/fdinfo/%d", fd);
	char *text = read_record(path, MOUNTS_MAX), *at;
	int id;

	at = text != NULL ? strstr(text, "mnt_id:") : NULL;
	id = at != NULL ? atoi(at + strlen("mnt_id:")) : 0;
	free(text);
	free(path);
	return id;
}

/* The kind of file system in a line of mountinfo (proc(5)). */
static bool
is_safe_line(pid_t pid, const char *line)
{
	const char *kind = strstr(line, " - ");
	size_t i, len;

	if (kind == NULL)
		return false;
	kind += strlen(" - ");
	len = strcspn(kind, " ");
	for (i = 0; i < NITEMS(kinds); i++)
		if (strlen(kinds[i]) == len &&
		    strncmp(kinds[i], kind, len) == 0)
			return true;
	return len == strlen(OVERLAY) && has_prefix(kind, OVERLAY) &&
	       shares_users(pid);
}

static bool
is_safe(pid_t pid, int root)
{
	char *path = proc_path(pid, "mountinfo");
	char *text = read_file(path, MOUNTS_MAX, NULL), *rest = text, *line;
	int id = mount_of(root);
	bool safe = false;

	while (id != 0 && text != NULL && (line = next_line(&rest)) != NULL)
		if (atoi(line) == id)
			safe = is_safe_line(pid, line);
	free(text);
	free(path);
	return safe;
}

/* Without opening it. */
static int
find_in(int root, const char *path)
{
	struct open_how how = { .flags = O_PATH | O_CLOEXEC,
		.resolve =
		    RESOLVE_IN_ROOT | RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS };

	return (int)syscall(SYS_openat2, root, path, &how, sizeof(how));
}

/* A regular file cannot keep a reader waiting, but a lease on it could. */
static char *
read_found(int found, size_t max)
{
	char *path = xasprintf("/proc/self/fd/%d", found), *text = NULL;
	char *buffer = xcalloc(max + 2, 1);
	struct stat st;
	ssize_t n = -1;
	int fd = -1;

	errno = EINVAL;
	if (fstat(found, &st) == 0 && S_ISREG(st.st_mode))
		fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd != -1)
		n = read(fd, buffer, max + 1);
	if (n > (ssize_t)max)
		errno = EFBIG;
	else if (n >= 0)
		text = xstrdup(buffer);
	if (fd != -1)
		close(fd);
	free(buffer);
	free(path);
	return text;
}

char *
rootfs_read(pid_t pid, const char *path, size_t max)
{
	char *at = proc_path(pid, "root"), *text = NULL;
	int root = open(at, O_PATH | O_DIRECTORY | O_CLOEXEC), found = -1;
	int code = errno;

	if (root != -1) {
		errno = EPERM;
		if (is_safe(pid, root))
			found = find_in(root, path);
		if (found != -1)
			text = read_found(found, max);
		code = errno;
	}
	if (found != -1)
		close(found);
	if (root != -1)
		close(root);
	free(at);
	errno = code;
	return text;
}
