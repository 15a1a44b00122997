/* Saving: the one place where a config becomes what a reboot restores. */
#ifndef SEKI_CORE_STATE_SAVE_H
#define SEKI_CORE_STATE_SAVE_H

#include "core/state/host.h"

/* Adds the saved config to the history, if there is one, when it was edited by
 * hand; number is the one that history_reserve kept for it, or 0. Call it with
 * the commit lock held, just before another takes its place: the newest of the
 * history counts as committed. */
int save_edited(const struct host *, unsigned number, struct err *);

/* Adds the config to the history and writes it to host->config_path: both, or
 * after an error neither. who is as from lock_who, when in seconds since the
 * epoch; *number is as for history_prepare. Call it with the commit lock held.
 */
int save_config(const struct host *, const struct config *, const char *who,
    int64_t when, unsigned *number, struct err *);

#endif
