/* The journal: which addresses are in the kernel because seki put them there.
 * Only these are ever removed. Kernels since 5.18 keep that with the address
 * itself (NET_PROTO), and all of them with a route; the journal is for the
 * others. It is written before an address is added, so that a kill at any
 * moment loses none. It dies with the kernel's state, so it lives in /run. */
#ifndef SEKI_CORE_PLAN_JOURNAL_H
#define SEKI_CORE_PLAN_JOURNAL_H

#include <stdbool.h>

#include "core/base/err.h"
#include "core/kernel/snapshot.h"

struct owned {
	bool inside; /* name is a container; else an interface */
	char *name;
	struct prefix prefix; /* the address with its length */
	struct link_id at;    /* all 0 when an old journal does not tell */
};

struct journal {
	struct owned *v;
	size_t n;
};

/* RUN/made. One that does not exist is empty; the caller frees it also after
 * an error. */
int journal_load(struct journal *, const char *run_path, struct err *);
int journal_store(const struct journal *, const char *run_path, struct err *);
void journal_free(struct journal *);

bool journal_has(const struct journal *, const struct owned *);
void journal_add(struct journal *, const struct owned *); /* copies */
void journal_remove(struct journal *, const struct owned *);

/* Forgets what is not there: a seki that was killed between a removal and its
 * note, or somebody else, took it away. The same address put there by hand
 * later is not ours. What a container has that cannot be seen stays noted. */
void journal_prune(struct journal *, const struct snapshot *);

#endif
