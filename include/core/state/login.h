/* Logins that prove that a commit left a way in. */
#ifndef SEKI_CORE_STATE_LOGIN_H
#define SEKI_CORE_STATE_LOGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/loop.h"
#include "core/state/host.h"

struct logins;

/* Watches for logins, in the loop; the host must outlive it. What counts is a
 * connection that sshd accepted at since (boot_ms) or later, neither from a
 * container nor from this host itself. client is where the commit came from,
 * AF_UNSPEC if unknown. */
struct logins *logins_new(
    struct loop *, struct host *, uint64_t since, const struct prefix *client);
void logins_free(struct logins *);

/* Looks once more, and whether the way in is proven: somebody has logged in,
 * or a new connection from the client's own address (of IPv6, its /64) was
 * accepted. Anybody else's connection proves nothing: a scanner makes one too.
 */
bool logins_proven(struct logins *);

/* What was seen, as a sentence without a full stop. */
void logins_tell(const struct logins *, char *text, size_t size);

#endif
