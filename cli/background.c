/* What no admin waits for: the service and the guard. */
#include "config.h"

#include "cli/background.h"

#include "cli/answer.h"
#include "core/base/log.h"
#include "core/base/util.h"
#include "core/commit/guard.h"
#include "core/commit/watch.h"

int
background_watch(struct host *h, const struct arguments *a UNUSED)
{
	struct err e = { 0 };

	log_open(true);
	return watch_run(h, &e) == 0 ? 0 : answer_error(&e);
}

int
background_guard(struct host *h, const struct arguments *a UNUSED)
{
	struct err e = { 0 };

	return guard_run(h, &e) == 0 ? 0 : answer_error(&e);
}
