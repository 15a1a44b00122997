/* The history: every confirmed config, numbered from 1 without a gap, in the
 * folder history beside the saved config. The newest are kept. */
#ifndef SEKI_CORE_HISTORY_H
#define SEKI_CORE_HISTORY_H

#include <stddef.h>
#include <stdint.h>

#include "core/host.h"

#define HISTORY_KEPT 50

struct history_entry {
	unsigned number;
	int64_t when; /* seconds since the epoch; 0 when it is not known */
	unsigned added, removed, changed; /* statements, to the one before */
	char *who;    /* safe to show */
};

struct history {
	struct history_entry *v; /* the newest first */
	size_t n;
};

/* Keeps a config as the next number, and drops the oldest. One that equals the
 * newest is not kept again, and *number is that one's. who is as lock_who
 * tells. To be called by one who holds the commit lock. */
int history_add(const struct host *, const struct config *, const char *who,
    int64_t when, unsigned *number, struct err *);

/* Takes back the newest, when what came after history_add failed. */
int history_forget(const struct host *, unsigned number, struct err *);

/* The number of the newest, 0 when there is none. */
unsigned history_newest(const struct host *);

/* What is kept; nothing when there is no folder yet. What to holds belongs to
 * the caller also after an error. */
int history_load(const struct host *, struct history *to, struct err *);
void history_free(struct history *); /* what it holds, not itself */

/* The config of that number. What c holds belongs to the caller also after an
 * error. */
int history_read(
    const struct host *, unsigned number, struct config *c, struct err *);

#endif
