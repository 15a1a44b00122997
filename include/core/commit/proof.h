/* Evidence that a pending commit left a way in. */
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

/* Begins to gather, in the loop; the host and committed, the config that is
 * pending, must outlive it. Its steps ended at since (boot_ms); client is where
 * the commit came from, AF_UNSPEC when that is not known. */
struct proof *proof_new(struct loop *, struct host *,
    const struct config *committed, uint64_t since,
    const struct prefix *client);
void proof_free(struct proof *);

/* Whether a new login of the admin's has been seen, as core/state/login.h says:
 * the one thing that proves the way in. An existing session proves nothing,
 * it rides the established rule. */
bool proof_login(struct proof *);

/* What is known now, owned by the caller; *n gets how many. */
struct evidence *proof_read(struct proof *, size_t *n);

#endif
