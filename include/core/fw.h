/* The firewall's door: libnftables behind plain functions. */
#ifndef SEKI_CORE_FW_H
#define SEKI_CORE_FW_H

#include <stdbool.h>

#include "core/err.h"
#include "core/ruleset.h"

/* One libnftables context; it holds some megabytes, so it is opened for a
 * commit and freed after it. Works on the network namespace of the caller. */
struct fw;

struct fw *fw_open(struct err *);
void fw_free(struct fw *);

/* Runs commands as one transaction; dry only asks the kernel and changes
 * nothing. An error holds what nft said first. */
int fw_run(struct fw *, const char *commands, bool dry, struct err *);

/* What the kernel has in our table, for ruleset_transaction. */
int fw_read(struct fw *, struct ruleset *, struct err *);

/* Our table as text that fw_restore takes, with the values of its counters;
 * owned by the caller; "" when there is no table. NULL on an error. */
char *fw_save(struct fw *, struct err *);
int fw_restore(struct fw *, const char *saved, struct err *);

#endif
