/* The SSH sessions of this host. */
#include "config.h"

#include "core/kernel/sshd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/process.h"

#define PROC "/proc"
#define PARENTS_MAX 64

/* One process of sshd. */
struct server {
	uint64_t began;
	bool trusted; /* process_is_trusted */
	char user[64];
};

struct gathering {
	struct tcp_list tcp;
	struct ssh_session *v;
	bool *trusted; /* one of its processes is */
	size_t n;
};

/* OpenSSH 9.8 moved the part that serves a connection to a program of its
 * own. */
static bool
is_sshd(const char *folder)
{
	char *name = process_program(folder);
	bool is = name != NULL && (strcmp(name, "sshd") == 0 ||
				      strcmp(name, "sshd-session") == 0);

	free(name);
	return is;
}

/* Once a user is logged in, sshd's title names him: "sshd: root@pts/0",
 * "sshd-session: root@notty" (session_proctitle, session.c). Before that it is
 * "sshd: root [net]", or "unknown" for an invalid name. A name may contain an
 * @, as in domains; a terminal has no blank. */
static void
read_user(const char *folder, char user[static 64])
{
	char *path = xasprintf("%s/cmdline", folder);
	char *text = read_file(path, 4096, NULL);
	const char *name = text != NULL ? strstr(text, ": ") : NULL;
	const char *at = name != NULL ? strrchr(name, '@') : NULL;
	struct buf b = { 0 };

	user[0] = '\0';
	if (at != NULL && at > name + 2 && strchr(at, ' ') == NULL &&
	    has_prefix(text, "sshd")) {
		buf_escape(&b, name + 2, (size_t)(at - name - 2));
		snprintf(user, 64, "%s", buf_text(&b));
	}
	buf_free(&b);
	free(text);
	free(path);
}

static struct ssh_session *
session_of(struct gathering *g, const struct tcp *tcp)
{
	size_t i;

	for (i = 0; i < g->n; i++)
		if (g->v[i].tcp.inode == tcp->inode)
			return &g->v[i];
	g->v = xgrow(g->v, g->n, sizeof(*g->v));
	g->trusted = xgrow(g->trusted, g->n, sizeof(*g->trusted));
	g->trusted[g->n] = false;
	g->v[g->n] = (struct ssh_session){ *tcp, UINT64_MAX, "" };
	return &g->v[g->n++];
}

struct adding {
	struct gathering *g;
	const struct server *by;
};

/* Several processes share a connection; the first one accepted it. */
static void
add_socket(void *arg, unsigned long inode)
{
	const struct adding *a = arg;
	const struct server *by = a->by;
	struct gathering *g = a->g;
	struct ssh_session *s;
	size_t i;

	for (i = 0; i < g->tcp.n && g->tcp.v[i].inode != inode;)
		i++;
	if (i == g->tcp.n)
		return;
	s = session_of(g, &g->tcp.v[i]);
	g->trusted[s - g->v] |= by->trusted;
	if (by->began < s->began)
		s->began = by->began;
	if (by->user[0] != '\0')
		memcpy(s->user, by->user, sizeof(s->user));
}

static void
add_process(struct gathering *g, const char *folder)
{
	struct server by = { 0 };
	struct adding a = { g, &by };

	if (!is_sshd(folder))
		return;
	by.trusted = process_is_trusted(folder);
	by.began = process_stat(folder).began;
	read_user(folder, by.user);
	process_sockets(folder, add_socket, &a);
}

static bool
begin(struct gathering *g, const uint16_t *ports, size_t n)
{
	struct tcp_list all;
	struct err ignored;
	size_t i, k;

	memset(g, 0, sizeof(*g));
	if (n == 0 || net_tcp(ports[0], ports[n - 1], &all, &ignored) != 0)
		return false;
	for (i = 0; i < all.n; i++) {
		for (k = 0; k < n && ports[k] != all.v[i].local_port;)
			k++;
		if (k < n)
			all.v[g->tcp.n++] = all.v[i];
	}
	g->tcp.v = all.v;
	return g->tcp.n > 0;
}

static struct ssh_session *
end(struct gathering *g, size_t *n)
{
	size_t i;

	*n = 0;
	for (i = 0; i < g->n; i++)
		if (g->trusted[i])
			g->v[(*n)++] = g->v[i];
	tcp_list_free(&g->tcp);
	free(g->trusted);
	return g->v;
}

static bool
each_process(void *arg, const char *folder, pid_t pid UNUSED)
{
	add_process(arg, folder);
	return true;
}

struct ssh_session *
sshd_sessions(const uint16_t *ports, size_t nports, size_t *n)
{
	struct gathering g;

	if (begin(&g, ports, nports))
		process_each(PROC, each_process, &g);
	return end(&g, n);
}

static void
add_above(struct gathering *g, pid_t pid)
{
	char *folder;
	int i;

	for (i = 0; pid > 1 && i < PARENTS_MAX; i++) {
		folder = xasprintf(PROC "/%d", (int)pid);
		add_process(g, folder);
		pid = process_parent(pid);
		free(folder);
	}
}

struct ssh_session *
sshd_sessions_above(const pid_t *pids, size_t npids, const uint16_t *ports,
    size_t nports, size_t *n)
{
	struct gathering g;
	bool any = begin(&g, ports, nports);
	size_t i;

	for (i = 0; any && i < npids; i++)
		add_above(&g, pids[i]);
	return end(&g, n);
}
