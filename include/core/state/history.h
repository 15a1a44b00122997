/* The history: every confirmed config, numbered from 1 without a gap, in the
 * folder history beside the saved config. The newest are kept. */
#ifndef SEKI_CORE_STATE_HISTORY_H
#define SEKI_CORE_STATE_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/state/host.h"

#define HISTORY_KEPT 50

struct history_entry {
	unsigned number;
	int64_t when; /* seconds since the epoch; 0 when it is not known */
	unsigned added, removed, changed; /* statements, to the one before */
	char *who;			  /* safe to show */
};

struct history {
	struct history_entry *v; /* the newest first */
	size_t n;
};

/* Saving has one moment at which it is done: that of the file itself. So an
 * entry is prepared before, beside the numbered ones, and becomes the newest
 * after, by whoever settles: the one that saved, or, had that been killed, the
 * next that looks, which compares it to what is saved. All three want the
 * commit lock.
 *
 * history_prepare: a config that equals the newest needs no entry, and *number
 * is that one's. who is as lock_who tells. */
int history_prepare(const struct host *, const struct config *, const char *who,
    int64_t when, unsigned *number, struct err *);

/* Makes a prepared entry the newest if it is of the saved config, and drops the
 * oldest; else forgets it. Nothing to do without one. */
int history_settle(
    const struct host *, const struct config *saved, struct err *);
/* Removes what killed sekis left there half written. */
void history_sweep(const struct host *);
bool history_is_settled(const struct host *); /* nothing is prepared */

/* The number that this config will get, or has, when it is the newest. */
unsigned history_expect(const struct host *, const struct config *);

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

/* What was committed last: that which is pending, or else the newest. The saved
 * config may say something else, when it was edited by hand since; but where
 * none was ever committed it is what `seki apply` carries out. 0, or -1 when it
 * cannot be read. What c holds belongs to the caller in any case. */
int history_committed(const struct host *, struct config *c);

#endif
