/* Process limits that are inherited, and that long work must not depend on. */
#ifndef SEKI_CORE_BASE_LIMITS_H
#define SEKI_CORE_BASE_LIMITS_H

#include "core/base/err.h"

/* Prepares this process for long work: raises the soft limits to the hard ones,
 * resets the nice value and the umask, and lowers the OOM score (oom_score_adj,
 * proc(5)). ERR_FAIL if it cannot even get the descriptors that a revert
 * needs. */
int limits_lift(struct err *);

#endif
