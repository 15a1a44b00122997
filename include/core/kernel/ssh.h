/* SSH, the way in that must stay open: the session that seki runs in, and the
 * ports where sshd listens. */
#ifndef SEKI_CORE_KERNEL_SSH_H
#define SEKI_CORE_KERNEL_SSH_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/base/addr.h"

#define SSH_PORTS_MAX 16
#define SSH_SESSIONS_MAX 8

/* A session over SSH. */
struct ssh {
	struct prefix client; /* AF_UNSPEC: there is no session */
	uint16_t client_port;
	struct prefix server; /* the address of this host that was called */
	uint16_t port;	      /* and its port */
	char link[IFNAMSIZ];  /* by which it comes; "" when not known */
};

/* Reads the value of SSH_CONNECTION; NULL, or what is none, is no session. The
 * link is known of a link-local client only. */
void ssh_parse(struct ssh *, const char *text);

/* The sessions that the process is in, into v[SSH_SESSIONS_MAX]; how many. The
 * kernel is asked which connection is alive: that of an sshd above the process
 * in the tree; inside tmux or screen, those of the clients that its user or
 * root has attached to any; else, where sshd cannot be seen, the one that the
 * environments tell of, if it is still there. The link is where the answers
 * leave. */
size_t ssh_find(pid_t, struct ssh *v);

/* The ports that SSH connections to this host come to, sorted: where sshd
 * listens and where this session came in. When sshd cannot be seen (without
 * privilege, or because systemd listens for it) 22 is among them if anything
 * listens there. How many of at most max were found. */
size_t ssh_ports(uint16_t *ports, size_t max);

/* Ports of listening TCP sockets, sorted, in a /proc at another place: those
 * that sshd owns, or all. */
size_t ssh_listeners(const char *proc, bool all, uint16_t *ports, size_t max);

#endif
