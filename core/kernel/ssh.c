/* The SSH session seki runs in, and the ports sshd listens on. */
#include "config.h"

#include "core/kernel/ssh.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/process.h"
#include "core/base/util.h"
#include "core/kernel/net_tcp.h"
#include "core/kernel/sshd.h"

#define PROC "/proc"
#define ENVIRONMENT_MAX (1u << 20)
#define PARENTS_MAX 64

/* The text of a session */

/* Parses an address; a link-local one has its link after the %. */
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
	s->client_port = (uint16_t)from;
	if (parse_address(&s->server, server, link) != 0 ||
	    parse_address(&s->client, client, s->link) != 0)
		memset(s, 0, sizeof(*s));
}

/* The environment in /proc: variables, each ended by NUL. */
static char *
environment_of(pid_t pid, const char *variable)
{
	char *path = xasprintf(PROC "/%d/environ", (int)pid), *text, *p;
	char *found = NULL;
	size_t len = 0;

	text = read_file(path, ENVIRONMENT_MAX, &len);
	for (p = text; text != NULL && p < text + len && found == NULL;
	     p += strlen(p) + 1)
		if (has_prefix(p, variable))
			found = xstrdup(p + strlen(variable));
	free(text);
	free(path);
	return found;
}

/* Listening sockets */

struct wanted {
	const struct tcp_list *sockets;
	bool *v; /* of each */
};

static bool
is_sshd(const char *folder)
{
	char *name = process_program(folder);
	bool is = name != NULL && strcmp(name, "sshd") == 0 &&
		  process_is_trusted(folder);

	free(name);
	return is;
}

static void
want_socket(void *arg, unsigned long inode)
{
	struct wanted *w = arg;
	size_t i;

	for (i = 0; i < w->sockets->n; i++)
		w->v[i] |= w->sockets->v[i].inode == inode;
}

static bool
want_sshd(void *arg, const char *folder, pid_t pid UNUSED)
{
	if (is_sshd(folder))
		process_sockets(folder, want_socket, arg);
	return true;
}

/* Inserts in order without duplicates; the last ones are dropped. */
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
ssh_listeners(const char *proc, const struct tcp_list *sockets, uint16_t *ports,
    size_t max)
{
	struct wanted w = { sockets, xcalloc(sockets->n, sizeof(bool)) };
	size_t n = 0, i;

	process_each(proc, want_sshd, &w);
	for (i = 0; i < sockets->n; i++)
		if (w.v[i])
			n = add_port(ports, n, max, sockets->v[i].local_port);
	free(w.v);
	return n;
}

static bool
is_taken(const struct tcp_list *sockets, uint16_t port)
{
	size_t i = 0;

	while (i < sockets->n && sockets->v[i].local_port != port)
		i++;
	return i < sockets->n;
}

/* Ports that take connections, as far as we can see. */
static size_t
listening_ports(uint16_t *ports, size_t max)
{
	struct tcp_list sockets;
	struct err ignored;
	bool unknown = net_tcp_listening(&sockets, &ignored) != 0;
	size_t n = ssh_listeners(PROC, &sockets, ports, max);

	if (n == 0 && (unknown || is_taken(&sockets, 22)))
		n = add_port(ports, n, max, 22);
	tcp_list_free(&sockets);
	return n;
}

void
ssh_keep(struct ssh_ports *p)
{
	memset(p, 0, sizeof(*p));
	p->n = listening_ports(p->v, NITEMS(p->v));
	p->assumed = p->n == 0;
	if (p->assumed)
		p->n = add_port(p->v, 0, NITEMS(p->v), 22);
}

/* The session at hand */

/* An environment outlives its connection, as that of a tmux server does. */
static bool
is_alive(const struct ssh *s)
{
	struct tcp_list l;
	struct err ignored;
	bool alive = net_tcp(s->port, s->port, &l, &ignored) != 0;
	size_t i;

	for (i = 0; i < l.n; i++)
		alive |= l.v[i].remote_port == s->client_port &&
			 addr_equal(&l.v[i].remote, &s->client);
	tcp_list_free(&l);
	return alive;
}

static void
find_way(struct ssh *s)
{
	char name[IF_NAMESIZE];
	int index = net_way_to(&s->client, (int)if_nametoindex(s->link));

	if (index != 0 && if_indextoname((unsigned)index, name) != NULL)
		snprintf(s->link, sizeof(s->link), "%s", name);
}

static struct ssh
from_session(const struct ssh_session *from)
{
	struct ssh s = { .client = from->tcp.remote,
		.client_port = from->tcp.remote_port,
		.server = from->tcp.local,
		.port = from->tcp.local_port };

	if (from->tcp.index != 0)
		if_indextoname((unsigned)from->tcp.index, s.link);
	return s;
}

static bool
is_known(const struct ssh *v, size_t n, const struct ssh *s)
{
	while (n-- > 0)
		if (v[n].client_port == s->client_port &&
		    addr_equal(&v[n].client, &s->client))
			return true;
	return false;
}

/* The sessions above processes in the tree. */
static size_t
find_above(const pid_t *pids, size_t npids, struct ssh *v)
{
	uint16_t ports[SSH_PORTS_MAX];
	size_t nports = listening_ports(ports, NITEMS(ports)), got, n = 0, i;
	struct ssh_session *found =
	    sshd_sessions_above(pids, npids, ports, nports, &got);
	struct ssh s;

	for (i = 0; i < got && n < SSH_SESSIONS_MAX; i++) {
		s = from_session(&found[i]);
		if (!is_known(v, n, &s))
			v[n++] = s;
	}
	free(found);
	return n;
}

struct users {
	uid_t v[PARENTS_MAX];
	size_t n;
};

/* False if the process is gone. */
static bool
user_of(pid_t pid, uid_t *uid)
{
	char path[32];
	struct stat st;

	snprintf(path, sizeof(path), PROC "/%d", (int)pid);
	if (stat(path, &st) == -1)
		return false;
	*uid = st.st_uid;
	return true;
}

static void
users_above(pid_t pid, struct users *u)
{
	int i;

	u->n = 0;
	for (i = 0; pid > 1 && i < PARENTS_MAX; i++) {
		u->n += user_of(pid, &u->v[u->n]);
		pid = process_parent(pid);
	}
}

static bool
is_one_of(const struct users *u, pid_t pid)
{
	uid_t uid;
	size_t i;

	if (!user_of(pid, &uid))
		return false;
	for (i = 0; i < u->n; i++)
		if (u->v[i] == uid)
			return true;
	return false;
}

/* Anybody can name a program so, and root in a container any number of them: it
 * must belong to the multiplexer's user or to root, and to this host. */
static bool
is_client(pid_t pid, const struct users *u)
{
	static const char *const names[] = { "tmux: client", "screen" };
	char path[32], *name;
	bool is = false;
	size_t i;

	snprintf(path, sizeof(path), PROC "/%d/comm", (int)pid);
	name = read_file(path, 64, NULL);
	for (i = 0; name != NULL && i < NITEMS(names); i++)
		is |= has_prefix(name, names[i]);
	free(name);
	return is && is_one_of(u, pid) && process_shares_network(pid);
}

struct clients {
	struct users users;
	pid_t *v;
	size_t n;
};

static bool
add_client(void *arg, const char *folder UNUSED, pid_t pid)
{
	struct clients *c = arg;

	if (is_client(pid, &c->users)) {
		c->v = xgrow(c->v, c->n, sizeof(*c->v));
		c->v[c->n++] = pid;
	}
	return true;
}

/* A terminal multiplexer is a daemon; users attach to it with clients, which
 * are programs of the same name. */
static size_t
find_attached(pid_t pid, struct ssh *v)
{
	struct clients c = { .n = 0 };
	size_t n = 0;

	users_above(pid, &c.users);
	process_each(PROC, add_client, &c);
	if (c.n > 0)
		n = find_above(c.v, c.n, v);
	free(c.v);
	return n;
}

/* The session named in the environment of the process or, since sudo drops it,
 * of its parents, if it still exists. */
static size_t
find_told(pid_t pid, struct ssh *v)
{
	char *text = environment_of(pid, "SSH_CONNECTION=");
	int i;

	for (i = 0; text == NULL && pid > 1 && i < PARENTS_MAX; i++) {
		pid = process_parent(pid);
		text = environment_of(pid, "SSH_CONNECTION=");
	}
	ssh_parse(v, text);
	free(text);
	return v->client.family != AF_UNSPEC && is_alive(v);
}

static bool
is_multiplexed(pid_t pid)
{
	char *tmux = environment_of(pid, "TMUX=");
	char *screen = environment_of(pid, "STY=");
	bool is = tmux != NULL || screen != NULL;

	free(tmux);
	free(screen);
	return is;
}

size_t
ssh_find(pid_t pid, struct ssh *v)
{
	size_t n = find_above(&pid, 1, v), i;

	if (n == 0 && is_multiplexed(pid))
		n = find_attached(pid, v);
	if (n == 0)
		n = find_told(pid, v);
	for (i = 0; i < n; i++)
		find_way(&v[i]);
	return n;
}

size_t
ssh_ports(uint16_t *ports, size_t max)
{
	struct ssh v[SSH_SESSIONS_MAX];
	size_t n = listening_ports(ports, max), sessions, i;

	sessions = ssh_find(getpid(), v);
	for (i = 0; i < sessions; i++)
		n = add_port(ports, n, max, v[i].port);
	return n;
}
