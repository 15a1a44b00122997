/* SSH sessions and ports of this host: the way in that must stay open. */
#ifndef SEKI_CORE_KERNEL_SSH_H
#define SEKI_CORE_KERNEL_SSH_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/base/addr.h"
#include "core/kernel/net_tcp.h"
#include "core/kernel/snapshot.h"

#define SSH_SESSIONS_MAX 8

/* A session over SSH. */
struct ssh {
	struct prefix client; /* AF_UNSPEC: there is no session */
	uint16_t client_port;
	struct prefix server; /* the address of this host that was called */
	uint16_t port;	      /* and its port */
	char link[IFNAMSIZ];  /* by which it comes; "" when not known */
};

/* Parses SSH_CONNECTION; NULL or malformed text is no session. The link is
 * known for a link-local client only. */
void ssh_parse(struct ssh *, const char *text);

/* Finds the sessions the process runs in, stores them in v[SSH_SESSIONS_MAX]
 * and returns how many. The kernel is asked which connections are alive: that
 * of an sshd above the process; inside tmux or screen, those of the clients
 * that its user or root attached; if sshd cannot be seen, the one named in the
 * environment, if it still exists. The link is the one that replies leave
 * by. */
size_t ssh_find(pid_t, struct ssh *v);

/* The ports on which this host takes SSH connections, sorted: those sshd
 * listens on, and that of this session. If sshd cannot be seen (no privilege,
 * or socket activation), 22 is included if anything may listen on it. Returns
 * how many of at most max were found. */
size_t ssh_ports(uint16_t *ports, size_t max);

/* The ports that must stay with this host whoever asks: as of ssh_ports, but
 * those of no session; 22 if there are none, as before sshd has started. */
void ssh_keep(struct ssh_ports *);

/* The ports of those sockets that belong to an sshd, sorted; its processes are
 * found in a /proc at any path. */
size_t ssh_listeners(const char *proc, const struct tcp_list *sockets,
    uint16_t *ports, size_t max);

#endif
