/* IPv6 sysctls of our own namespace. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/intl.h"
#include "core/base/util.h"
#include "core/kernel/net.h"

#define CONF "/proc/sys/net/ipv6/conf/"

/* An interface can have almost any name, so the path is checked. */
static char *
full_path(const char *path)
{
	if (path[0] == '/' || has_prefix(path, "../") ||
	    strstr(path, "/../") != NULL) {
		errno = EINVAL;
		return NULL;
	}
	return xasprintf(CONF "%s", path);
}

static int
fail(struct err *e, const char *fmt, const char *path)
{
	struct buf name = { 0 };
	int code = errno;

	buf_escape(&name, path, strlen(path));
	errno = code;
	err_sys(e, ERR_FAIL, fmt, buf_text(&name));
	buf_free(&name);
	if (code == EACCES || code == EPERM || code == EROFS)
		err_hint(e, "this needs root, and /proc/sys mounted writable");
	else if (code == ENOENT)
		err_hint(e, "no such interface, or IPv6 is off in this kernel");
	return -1;
}

int
net_sysctl_get(const char *path, int *value, struct err *e)
{
	char *full = full_path(path), *text = NULL;

	if (full != NULL)
		text = read_file(full, 64, NULL);
	if (text == NULL) {
		fail(e, N_("cannot read net.ipv6.conf %s"), path);
		free(full);
		return -1;
	}
	*value = atoi(text);
	free(text);
	free(full);
	return 0;
}

int
net_sysctl_set(const char *path, int value, struct err *e)
{
	char *full = full_path(path), text[16];
	int fd = -1, n, r = -1;

	if (full != NULL)
		fd = open(full, O_WRONLY | O_CLOEXEC);
	n = snprintf(text, sizeof(text), "%d\n", value);
	if (fd != -1 && write(fd, text, (size_t)n) == n)
		r = 0;
	if (r != 0)
		fail(e, N_("cannot set net.ipv6.conf %s"), path);
	if (fd != -1)
		close(fd);
	free(full);
	return r;
}
