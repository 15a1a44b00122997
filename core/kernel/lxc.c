/* The containers that LXC has defined on disk. */
#include "config.h"

#include "core/kernel/lxc.h"

#include <dirent.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/base/util.h"

#define LXC_CONF "/etc/lxc/lxc.conf"
#define LXC_PATH "/var/lib/lxc"
#define CONFIG_MAX (1024 * 1024) /* bytes */

/* The value of the last "KEY = VALUE", trimmed; NULL if there is none. Modifies
 * the text. */
static char *
setting(char *text, const char *key)
{
	char *line, *value, *end, *found = NULL;

	while ((line = strsep(&text, "\n")) != NULL) {
		line += strspn(line, " \t");
		if (!has_prefix(line, key))
			continue;
		value = line + strlen(key);
		value += strspn(value, " \t");
		if (*value != '=')
			continue;
		value += 1 + strspn(value + 1, " \t");
		end = value + strlen(value);
		while (end > value && strchr(" \t\r", end[-1]) != NULL)
			*--end = '\0';
		found = value;
	}
	return found;
}

char *
lxc_path(void)
{
	char *text = read_file(LXC_CONF, CONFIG_MAX, NULL), *path = NULL;

	if (text != NULL)
		path = setting(text, "lxc.lxcpath");
	path = xstrdup(path != NULL && path[0] == '/' ? path : LXC_PATH);
	free(text);
	return path;
}

/* A folder without a config is no container. */
bool
definition_read(const char *path, struct definition *d)
{
	char *file, *text, *bridge;

	if (d->read)
		return d->is_there;
	file = xasprintf("%s/%s/config", path, d->name);
	text = read_file(file, CONFIG_MAX, NULL);
	bridge = text != NULL ? setting(text, "lxc.net.0.link") : NULL;
	snprintf(
	    d->bridge, sizeof(d->bridge), "%s", bridge != NULL ? bridge : "");
	d->read = true;
	d->is_there = text != NULL;
	free(text);
	free(file);
	return d->is_there;
}

static int
by_name(const void *a, const void *b)
{
	const struct definition *x = a, *y = b;

	return strcmp(x->name, y->name);
}

void
lxc_definitions(const char *path, struct definitions *out)
{
	DIR *dir = opendir(path);
	const struct dirent *entry;

	memset(out, 0, sizeof(*out));
	if (dir == NULL)
		return;
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		out->v = xgrow(out->v, out->n, sizeof(*out->v));
		out->v[out->n++] =
		    (struct definition){ .name = xstrdup(entry->d_name) };
	}
	closedir(dir);
	if (out->n > 0)
		qsort(out->v, out->n, sizeof(*out->v), by_name);
}

void
definitions_free(struct definitions *d)
{
	size_t i;

	for (i = 0; i < d->n; i++)
		free(d->v[i].name);
	free(d->v);
	memset(d, 0, sizeof(*d));
}

/* The monitor listens on the abstract socket PATH/NAME/command. Anybody can
 * bind that name, but gains no more than being shown as running. */
bool
lxc_runs(const char *path, const char *name)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	size_t room = sizeof(to.sun_path) - 1;
	int fd, n, r;

	n = snprintf(to.sun_path + 1, room, "%s/%s/command", path, name);
	if (n < 0 || (size_t)n >= room)
		return false;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd == -1)
		return false;
	r = connect(fd, (struct sockaddr *)&to,
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + n));
	close(fd);
	return r == 0;
}
