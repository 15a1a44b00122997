/* Evidence that a pending commit left a way in. */
#ifndef SEKI_CORE_PROOF_H
#define SEKI_CORE_PROOF_H

#include <stdbool.h>
#include <stddef.h>

#include "core/host.h"
#include "core/loop.h"
#include "core/util.h"

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

/* Begins to gather, in the loop; the host must outlive it. committed is the
 * config that is pending. */
struct proof *proof_new(
    struct loop *, struct host *, const struct config *committed);
void proof_free(struct proof *);

/* Whether a new login has been seen: the one thing that proves the way in. An
 * existing session proves nothing, it rides the established rule. */
bool proof_login(const struct proof *);

/* What is known now, owned by the caller; *n gets how many. */
struct evidence *proof_read(struct proof *, size_t *n);

#endif
