/* The journal: addresses that seki added, bridges that it made, and whether it
 * switched on IPv4 forwarding. Only these are ever removed, and only that goes
 * off. Kernels since 5.18 store the owner with an address (NET_PROTO), and all
 * kernels with a route; the journal is for the rest. It also has what settings
 * were before seki changed them, where they are to be so again once nothing
 * needs them. It is written before an address is added, so that no kill loses
 * one. It dies with the kernel's state, so it lives in /run. */
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

struct former {
	int index; /* of the link; 0: of all */
	enum conf_number conf;
	int value;
};

/* A bridge that seki made. */
struct made {
	int index;
	uint64_t mac; /* as of mac_number */
};

struct journal {
	struct owned *v;
	size_t n;
	struct made *made;
	size_t nmade;
	struct former *formers; /* a setting has one at most */
	size_t nformers;
	bool forwards4; /* by seki */
	int redirects4; /* whether all links accepted redirects before */
};

/* Reads RUN/made; a missing file is an empty journal. The caller frees it, even
 * after an error. */
int journal_load(struct journal *, const char *run_path, struct err *);
int journal_store(const struct journal *, const char *run_path, struct err *);
void journal_free(struct journal *);

bool journal_has(const struct journal *, const struct owned *);
void journal_add(struct journal *, const struct owned *); /* copies */
void journal_remove(struct journal *, const struct owned *);

bool journal_has_made(const struct journal *, const struct made *);
void journal_add_made(struct journal *, const struct made *);
void journal_remove_made(struct journal *, const struct made *);

/* Unless there is one: what was before the first change counts. */
void journal_add_former(struct journal *, const struct former *);
void journal_remove_former(struct journal *, int index, enum conf_number);

/* Drops entries of what is gone: a seki was killed between a removal
 * and its note, or somebody else removed it. If somebody adds the address again
 * by hand, it is not ours. Entries of containers that cannot be read stay. */
void journal_prune(struct journal *, const struct snapshot *);

#endif
