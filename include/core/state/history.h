/* The history: every confirmed config, numbered from 1, in the folder history
 * beside the saved config. Only the newest are kept. What was not confirmed
 * leaves a gap: core/state/numbers.h has why. */
#ifndef SEKI_CORE_STATE_HISTORY_H
#define SEKI_CORE_STATE_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/plan/model.h"
#include "core/state/host.h"

#define HISTORY_KEPT 50

struct history_entry {
	unsigned number;
	int64_t when; /* seconds since the epoch; 0 when it is not known */
	unsigned added, removed, changed; /* statements, to the one before */
	char *who;			  /* safe to show */
	bool in_force; /* it was confirmed last, and nothing is pending */
};

struct history {
	struct history_entry *v; /* the newest first */
	size_t n;
};

/* The number of a commit that is to begin: that of the newest if the config
 * equals it, else a new one, which no other gets, whatever becomes of this.
 * *edited is set if the saved config was edited by hand: the number before is
 * its own, for save_edited. Wants the commit lock. */
int history_reserve(const struct host *, const struct config *,
    unsigned *number, bool *edited, struct err *);

/* Saving has one moment at which it is done: that of the file itself. So an
 * entry is prepared before, beside the numbered ones, and becomes the newest
 * after, by whoever settles: the one that saved, or, had that been killed, the
 * next that looks, which compares it to what is saved. All three want the
 * commit lock.
 *
 * history_prepare: *number is that of history_reserve, or 0, and becomes what
 * the config gets: the newest's if it equals that one, and needs no entry; or
 * another than was reserved if one was given since. who is as lock_who tells.
 */
int history_prepare(const struct host *, const struct config *, const char *who,
    int64_t when, unsigned *number, struct err *);

/* Makes a prepared entry the newest if it equals the saved config, and drops
 * the oldest; otherwise removes it. One that cannot be read is left, and is an
 * error. Does nothing without one. */
int history_settle(
    const struct host *, const struct config *saved, struct err *);
/* Makes what is saved already the newest, unless it is. number is the one that
 * is kept for it, or 0. Wants the commit lock. */
int history_keep(const struct host *, const struct config *saved,
    const char *who, unsigned number, struct err *);
/* Removes temporary files of killed sekis. */
void history_sweep(const struct host *);
bool history_is_settled(const struct host *); /* nothing is prepared */

/* Whether that config is the newest. */
bool history_keeps(const struct host *, const struct config *);

/* The newest number, 0 if the history is empty. */
unsigned history_newest(const struct host *);

/* Whether the newest, *number, is the text that the config was read from. */
bool history_has(const struct host *, const struct config *, unsigned *number);

/* The entries; none if there is no folder yet. The caller owns what to holds,
 * even after an error. */
int history_load(const struct host *, struct history *to, struct err *);
void history_free(struct history *); /* what it holds, not itself */

/* The config with that number. The caller owns what c holds, even after an
 * error. */
int history_read(
    const struct host *, unsigned number, struct config *c, struct err *);

/* The config committed last: the pending one, else the newest of the history.
 * The saved config may differ if it was edited by hand; if nothing was ever
 * committed, it is the one that `seki apply` applies. 0, or -1 if it cannot be
 * read. The caller owns what c holds in any case. */
int history_committed(const struct host *, struct config *c);
/* Resolves a config as a commit does: as model_build, and where that fails as
 * model_build_again against the one committed last. */
int history_resolve(
    const struct host *, struct model *, const struct config *, struct err *);

#endif
