/* Evidence that the admin can still log in after a commit. */
#ifndef SEKI_CORE_COMMIT_PROOF_H
#define SEKI_CORE_COMMIT_PROOF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/loop.h"
#include "core/base/util.h"
#include "core/state/host.h"

enum evidence_state {
	EVIDENCE_WAITING, /* not seen yet */
	EVIDENCE_SEEN,
	EVIDENCE_AGAINST, /* something is wrong */
};

struct evidence {
	enum evidence_state state;
	char text[256];
};

struct proof;

/* Starts to gather evidence, in the loop; the host and committed, the pending
 * config, must outlive it. The steps were done at since (boot_ms); client is
 * where the commit came from, AF_UNSPEC if unknown. */
struct proof *proof_new(struct loop *, struct host *,
    const struct config *committed, uint64_t since,
    const struct prefix *client);
void proof_free(struct proof *);

/* Whether a new login of the admin has been seen (core/state/login.h): the only
 * proof. An existing session proves nothing, since it is established. */
bool proof_login(struct proof *);

/* What is known by now, owned by the caller; *n gets the number. */
struct evidence *proof_read(struct proof *, size_t *n);

#endif
