/* Saving: the one place where a config becomes what a reboot brings back. */
#ifndef SEKI_CORE_SAVE_H
#define SEKI_CORE_SAVE_H

#include "core/host.h"

/* Keeps the config in the history and writes it to host->config_path: both, or
 * after an error neither. who is as lock_who tells, when in seconds since the
 * epoch; *number becomes its number. To be called with the commit lock held,
 * or by the guard. */
int save_config(const struct host *, const struct config *, const char *who,
    int64_t when, unsigned *number, struct err *);

#endif
