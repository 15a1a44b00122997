/* The journal: addresses that seki added. Only these are ever removed. Kernels
 * since 5.18 store the owner with an address (NET_PROTO), and all kernels with
 * a route; the journal is for the rest. It is written before an address is
 * added, so that no kill loses one. It dies with the kernel's state, so it
 * lives in /run. */
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

/* Reads RUN/made; a missing file is an empty journal. The caller frees it, even
 * after an error. */
int journal_load(struct journal *, const char *run_path, struct err *);
int journal_store(const struct journal *, const char *run_path, struct err *);
void journal_free(struct journal *);

bool journal_has(const struct journal *, const struct owned *);
void journal_add(struct journal *, const struct owned *); /* copies */
void journal_remove(struct journal *, const struct owned *);

/* Drops entries of addresses that are gone: a seki was killed between a removal
 * and its note, or somebody else removed it. If somebody adds the address again
 * by hand, it is not ours. Entries of containers that cannot be read stay. */
void journal_prune(struct journal *, const struct snapshot *);

#endif
