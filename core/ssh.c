/* SSH: the session that seki runs in, and the ports where sshd listens. */
#include "config.h"

#include "core/ssh.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/util.h"

#define PROC "/proc"
#define VARIABLE "SSH_CONNECTION="
#define ENVIRONMENT_MAX (1u << 20)
#define PARENTS_MAX 64
#define TCP_LISTEN 0x0a /* include/net/tcp_states.h */

/* The session */

/* The address, with the link behind the % of a link-local one. */
static int
parse_address(struct prefix *p, char *text, char link[static IFNAMSIZ])
{
	char *percent = strchr(text, '%');

	link[0] = '\0';
	if (percent != NULL) {
		*percent = '\0';
		snprintf(link, IFNAMSIZ, "%s", percent + 1);
	}
	return prefix_parse(p, text);
}

void
ssh_parse(struct ssh *s, const char *text)
{
	char client[80], server[80], link[IFNAMSIZ];
	unsigned from, port;

	memset(s, 0, sizeof(*s));
	if (text == NULL ||
	    sscanf(text, "%79s %u %79s %u", client, &from, server, &port) !=
		4 ||
	    port == 0 || port > UINT16_MAX)
		return;
	s->port = (uint16_t)port;
	if (parse_address(&s->server, server, link) != 0 ||
	    parse_address(&s->client, client, s->link) != 0)
		memset(s, 0, sizeof(*s));
}

/* A process's environment is its variables, each ended by NUL. */
static char *
environment_of(pid_t pid)
{
	char *path = xasprintf(PROC "/%d/environ", (int)pid), *text, *p;
	char *found = NULL;
	size_t len = 0;

	text = read_file(path, ENVIRONMENT_MAX, &len);
	for (p = text; text != NULL && p < text + len && found == NULL;
	     p += strlen(p) + 1)
		if (has_prefix(p, VARIABLE))
			found = xstrdup(p + strlen(VARIABLE));
	free(text);
	free(path);
	return found;
}

/* 0 when there is none. The name before it may hold blanks and brackets. */
static pid_t
parent_of(pid_t pid)
{
	char *path = xasprintf(PROC "/%d/stat", (int)pid);
	char *text = read_file(path, 4096, NULL);
	const char *end = text != NULL ? strrchr(text, ')') : NULL;
	int parent = 0;

	if (end == NULL || sscanf(end, ") %*c %d", &parent) != 1)
		parent = 0;
	free(text);
	free(path);
	return parent;
}

void
ssh_find(struct ssh *s)
{
	const char *own = getenv("SSH_CONNECTION");
	char *text = own != NULL ? xstrdup(own) : NULL;
	pid_t pid = getppid();
	int i;

	for (i = 0; text == NULL && pid > 1 && i < PARENTS_MAX; i++) {
		text = environment_of(pid);
		pid = parent_of(pid);
	}
	ssh_parse(s, text);
	free(text);
}

/* Listening sockets */

struct listener {
	unsigned long inode;
	uint16_t port;
	bool wanted;
};

struct listeners {
	struct listener *v;
	size_t n;
};

/* Lines as in Documentation/networking/proc_net_tcp.rst. */
static void
read_table(struct listeners *l, const char *proc, const char *table, bool all)
{
	char *path = xasprintf("%s/net/%s", proc, table), line[512];
	FILE *f = fopen(path, "re");
	unsigned port, state;
	unsigned long inode;

	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		if (sscanf(line,
			" %*u: %*[0-9A-Fa-f]:%x %*s %x %*s %*s %*s %*u %*u "
			"%lu",
			&port, &state, &inode) != 3 ||
		    state != TCP_LISTEN)
			continue;
		l->v = xgrow(l->v, l->n, sizeof(*l->v));
		l->v[l->n++] = (struct listener){ inode, (uint16_t)port, all };
	}
	if (f != NULL)
		fclose(f);
	free(path);
}

static char *
link_text(const char *folder, const char *name)
{
	char *path = xasprintf("%s/%s", folder, name), text[256];
	ssize_t n = readlink(path, text, sizeof(text) - 1);

	free(path);
	return n > 0 ? xstrndup(text, (size_t)n) : NULL;
}

/* Anybody can call a program sshd, so only root's counts, and our own, which
 * is how a test runs it. A program that an upgrade replaced while it runs has
 * a remark behind its name. */
static bool
is_sshd(const char *folder)
{
	char *exe = link_text(folder, "exe");
	const char *name = exe != NULL ? strrchr(exe, '/') : NULL;
	struct stat st;
	bool is;

	is = name != NULL && stat(folder, &st) == 0 &&
	     (st.st_uid == 0 || st.st_uid == geteuid()) &&
	     (strcmp(name, "/sshd") == 0 ||
		 strcmp(name, "/sshd (deleted)") == 0);
	free(exe);
	return is;
}

static void
want_socket(struct listeners *l, const char *text)
{
	unsigned long inode;
	size_t i;

	if (text == NULL || sscanf(text, "socket:[%lu]", &inode) != 1)
		return;
	for (i = 0; i < l->n; i++)
		if (l->v[i].inode == inode)
			l->v[i].wanted = true;
}

static void
want_process(struct listeners *l, const char *folder)
{
	char *fds = xasprintf("%s/fd", folder), *text;
	DIR *d = opendir(fds);
	struct dirent *de;

	while (d != NULL && (de = readdir(d)) != NULL) {
		text = link_text(fds, de->d_name);
		want_socket(l, text);
		free(text);
	}
	if (d != NULL)
		closedir(d);
	free(fds);
}

static void
want_sshd(struct listeners *l, const char *proc)
{
	DIR *d = opendir(proc);
	struct dirent *de;
	char *folder;

	while (d != NULL && (de = readdir(d)) != NULL) {
		if (!isdigit((unsigned char)de->d_name[0]))
			continue;
		folder = xasprintf("%s/%s", proc, de->d_name);
		if (is_sshd(folder))
			want_process(l, folder);
		free(folder);
	}
	if (d != NULL)
		closedir(d);
}

/* Keeps them sorted, each once; the last ones fall off. */
static size_t
add_port(uint16_t *ports, size_t n, size_t max, uint16_t port)
{
	size_t i = 0;

	while (i < n && ports[i] < port)
		i++;
	if (i == max || (i < n && ports[i] == port))
		return n;
	n -= n == max;
	memmove(ports + i + 1, ports + i, (n - i) * sizeof(*ports));
	ports[i] = port;
	return n + 1;
}

size_t
ssh_listeners(const char *proc, bool all, uint16_t *ports, size_t max)
{
	struct listeners l = { 0 };
	size_t n = 0, i;

	read_table(&l, proc, "tcp", all);
	read_table(&l, proc, "tcp6", all);
	if (!all)
		want_sshd(&l, proc);
	for (i = 0; i < l.n; i++)
		if (l.v[i].wanted)
			n = add_port(ports, n, max, l.v[i].port);
	free(l.v);
	return n;
}

static bool
is_taken(uint16_t port)
{
	enum { EVERY_PORT = 65536 };
	uint16_t *all = xcalloc(EVERY_PORT, sizeof(*all));
	size_t n = ssh_listeners(PROC, true, all, EVERY_PORT), i = 0;

	while (i < n && all[i] != port)
		i++;
	free(all);
	return i < n;
}

size_t
ssh_ports(uint16_t *ports, size_t max)
{
	size_t n = ssh_listeners(PROC, false, ports, max);
	struct ssh ssh;

	if (n == 0 && is_taken(22))
		n = add_port(ports, n, max, 22);
	ssh_find(&ssh);
	if (ssh.client.family != AF_UNSPEC)
		n = add_port(ports, n, max, ssh.port);
	return n;
}
