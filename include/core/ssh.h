/* SSH, the way in that must stay open: the session that seki runs in, and the
 * ports where sshd listens. */
#ifndef SEKI_CORE_SSH_H
#define SEKI_CORE_SSH_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/addr.h"

#define SSH_PORTS_MAX 16

/* The session, as SSH_CONNECTION tells it. */
struct ssh {
	struct prefix client;  /* AF_UNSPEC: there is no session */
	struct prefix server;  /* the address of this host that was called */
	uint16_t port;	       /* and its port */
	char link[IFNAMSIZ];   /* of a link-local client; else "" */
};

/* Reads the value of SSH_CONNECTION; NULL, or what is none, is no session. */
void ssh_parse(struct ssh *, const char *text);

/* The session of this process. sudo drops SSH_CONNECTION, so without one the
 * environments of the parents are asked, as far as they may be read. */
void ssh_find(struct ssh *);

/* The ports that SSH connections to this host come to, sorted: where sshd
 * listens and where this session came in. When sshd cannot be seen (without
 * privilege, or because systemd listens for it) 22 is among them if anything
 * listens there. How many of at most max were found. */
size_t ssh_ports(uint16_t *ports, size_t max);

/* Ports of listening TCP sockets, sorted, in a /proc at another place: those
 * that sshd owns, or all. */
size_t ssh_listeners(
    const char *proc, bool all, uint16_t *ports, size_t max);

#endif
