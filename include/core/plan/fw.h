/* The firewall's door: libnftables behind plain functions. */
#ifndef SEKI_CORE_PLAN_FW_H
#define SEKI_CORE_PLAN_FW_H

#include "core/base/err.h"
#include "core/plan/ruleset.h"

/* All work on the network namespace of the caller, in a child that ends with
 * the call: libnftables takes megabytes, and exits where it gets none. */

/* No answer came: the transaction may have been carried out, or not. */
#define FW_LOST (-2)

/* Runs commands as one transaction. After -1 nothing has changed; the error
 * holds what nft said first. */
int fw_run(const char *commands, struct err *);

/* Asks the kernel whether it would take them; nothing changes. */
int fw_try(const char *commands, struct err *);

/* Whether this kernel can do what they ask for: 1 or 0. It makes it on an empty
 * host, a network namespace that ends with the call, since it finds some of
 * what it cannot only when a transaction is through, which fw_try never is: the
 * hooks that a rule must not be called from, for one. -1 when it could not be
 * asked. */
int fw_knows(const char *commands, struct err *);

/* What the kernel has in our table, for ruleset_transaction. */
int fw_read(struct ruleset *, struct err *);

/* Our table as text that fw_restore takes, with the values of its counters;
 * owned by the caller; "" when there is no table. NULL on an error. */
char *fw_save(struct err *);
/* As fw_run. */
int fw_restore(const char *saved, struct err *);

#endif
