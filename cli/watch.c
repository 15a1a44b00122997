/* seki watch: the service and its log. */
#include "config.h"

#include "cli/watch.h"

#include "cli/shell.h"
#include "core/base/log.h"
#include "core/commit/watch.h"

int
watch_command(struct host *h)
{
	struct err e = { 0 };
	int status;

	log_open(true);
	status = watch_run(h, &e);
	return status == 0 ? 0 : shell_error(&e);
}
