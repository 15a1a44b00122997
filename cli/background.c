/* What no admin waits for: the service and the guard. */
#include "config.h"

#include "cli/background.h"

#include <string.h>

#include "cli/answer.h"
#include "core/base/intl.h"
#include "core/base/log.h"
#include "core/base/util.h"
#include "core/commit/guard.h"
#include "core/commit/watch.h"

/* A service that does not start has nobody who reads its stderr: what it would
 * say there is logged, which the foreground gets, too. */
static int
refuse(const struct err *e)
{
	struct buf text = { 0 }, all = { 0 };
	char *rest, *line;

	err_print(e, &text);
	rest = text.s;
	while ((line = next_line(&rest)) != NULL)
		buf_printf(&all, "%s%s", all.len > 0 ? "; " : "",
		    line + strspn(line, " "));
	log_line(LOG_ERR, _("the service does not start: %s"), buf_text(&all));
	buf_free(&text);
	buf_free(&all);
	return answer_status(e);
}

int
background_watch(struct host *h, const struct arguments *a UNUSED)
{
	struct err e = { 0 };

	log_open(true);
	if (watch_run(h, &e) == 0)
		return 0;
	return h->read_only ? answer_error(&e) : refuse(&e);
}

int
background_guard(struct host *h, const struct arguments *a UNUSED)
{
	struct err e = { 0 };

	return guard_run(h, &e) == 0 ? 0 : answer_error(&e);
}
