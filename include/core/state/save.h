/* Saving: the one place where a config becomes what a reboot brings back. */
#ifndef SEKI_CORE_STATE_SAVE_H
#define SEKI_CORE_STATE_SAVE_H

#include "core/state/host.h"

/* Keeps the saved config in the history, where there is one, if somebody has
 * edited it by hand. With the commit lock held. */
int save_edited(const struct host *, struct err *);

/* Keeps the config in the history and writes it to host->config_path: both, or
 * after an error neither. who is as lock_who tells, when in seconds since the
 * epoch; *number becomes its number. With the commit lock held. */
int save_config(const struct host *, const struct config *, const char *who,
    int64_t when, unsigned *number, struct err *);

#endif
