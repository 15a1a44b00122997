/* SSH sessions of this host, as the kernel and sshd's processes show them.
 * Environments are not trusted: they outlive their connection. */
#ifndef SEKI_CORE_KERNEL_SSHD_H
#define SEKI_CORE_KERNEL_SSHD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/base/util.h"
#include "core/kernel/net_tcp.h"

struct ssh_session {
	struct tcp tcp;
	uint64_t began; /* when sshd took it: boot_ms, to 10 ms, rounded down */
	char user[64];	/* who logged in, escaped; "" before that is proven */
};

/* The established connections of sshd to those ports of this host, owned by the
 * caller; *n gets their number. Only root sees those of other users. */
struct ssh_session *sshd_sessions(
    const uint16_t *ports, size_t nports, size_t *n);

/* The same, but only sessions that serve the processes or their ancestors; the
 * nearest to the first process comes first. */
struct ssh_session *sshd_sessions_above(const pid_t *pids, size_t npids,
    const uint16_t *ports, size_t nports, size_t *n);

#endif
