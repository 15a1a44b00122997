/* What is logged of a commit without a guard. */
#ifndef SEKI_CORE_COMMIT_APPLIED_H
#define SEKI_CORE_COMMIT_APPLIED_H

#include "core/base/err.h"
#include "core/base/util.h"
#include "core/plan/plan.h"

/* Logs who has applied that file, and the first steps of it; with lines in
 * failed, the first thing that could not be done, too. Nothing where neither
 * had anything. */
void applied_log(
    const char *file, const struct plan *, const struct buf *failed);

/* Logs that nothing of it could be done. */
void applied_log_failure(const char *file, const struct err *);

#endif
