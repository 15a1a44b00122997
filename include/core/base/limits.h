/* What a process inherits from whoever started it, and must not depend on. */
#ifndef SEKI_CORE_BASE_LIMITS_H
#define SEKI_CORE_BASE_LIMITS_H

#include "core/base/err.h"

/* Makes this process one that can finish long work: as many open files and as
 * much of all else as the system allows, no nice value, the usual umask, and
 * late in line to be killed for memory (oom_score_adj, proc(5)). ERR_FAIL when
 * it may not even have what a revert needs. */
int limits_lift(struct err *);

#endif
