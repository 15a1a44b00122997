/* libnftables behind plain functions. */
#ifndef SEKI_CORE_PLAN_FW_H
#define SEKI_CORE_PLAN_FW_H

#include "core/base/err.h"
#include "core/plan/ruleset.h"

/* All of these work on the caller's network namespace, in a child that ends
 * with the call: libnftables takes megabytes, and exits when out of memory. */

/* Loads libnftables, which else the first question does: for those who must not
 * find then that it was removed, or replaced by another. */
int fw_load(struct err *);

/* No answer: the transaction may or may not have been carried out. */
#define FW_LOST (-2)
/* Nobody was asked: libnftables could not be started. */
#define FW_UNASKED (-3)

/* Runs commands as one transaction. -1: it was refused, so that nothing has
 * changed, and the error is nft's first. */
int fw_run(const char *commands, struct err *);

/* Checks whether the kernel would accept them; nothing changes. */
int fw_try(const char *commands, struct err *);

/* Whether this kernel supports the commands: 1 or 0; -1 if it could not be
 * asked. They are run in an empty network namespace that ends with the call:
 * some refusals, such as for an expression at the wrong hook, come only at the
 * end of a transaction, which fw_try never reaches. */
int fw_knows(const char *commands, struct err *);

/* Reads our table, for ruleset_transaction. */
int fw_read(struct ruleset *, struct err *);

/* Our table as text for fw_restore, with the values of its counters; owned by
 * the caller; "" if there is no table, NULL on an error. */
char *fw_save(struct err *);
/* As fw_run. */
int fw_restore(const char *saved, struct err *);

#endif
