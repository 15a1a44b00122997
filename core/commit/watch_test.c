/* The self-test, as the service runs it: in a child, beside all else. */
#include "config.h"

#include "core/commit/watch_test.h"

#include <unistd.h>

#include "core/base/intl.h"
#include "core/base/log.h"
#include "core/commit/job.h"
#include "core/commit/watch_parts.h"
#include "core/lab/self_test.h"

/* It may outlive the service, whose place another one then takes. */
static int
work(struct host *h, const void *service, struct buf *out UNUSED,
    struct buf *notes UNUSED, struct err *e)
{
	const struct watch *w = service;
	struct tested found;

	close(w->place);
	return self_test_note(h, &found, e);
}

static void
tell(const struct tested *t)
{
	if (t->verdict == TESTED_OK)
		log_line(LOG_INFO, "%s",
		    _("the self-test passed: rules do on this kernel what they "
		      "say"));
	else if (t->verdict == TESTED_FAIL)
		log_line(LOG_ERR,
		    _("the self-test failed: on this kernel rules do not do "
		      "what they say, and nothing is committed without "
		      "--force: %s"),
		    _(t->why));
	else
		log_line(LOG_NOTICE, _("the self-test cannot be run here: %s"),
		    _(t->why));
}

static void
on_done(void *arg, int r, struct buf *out UNUSED, struct buf *notes UNUSED,
    const struct err *e)
{
	struct watch *w = arg;
	struct tested found;

	w->test = NULL;
	tested_read(w->host->run_path, &found);
	if (r == 0)
		tell(&found);
	else
		watch_trouble(w, LOG_ERR, e->text);
}

void
watch_test(struct watch *w)
{
	const struct job_spec spec = {
		.work = work, .what = w, .done = on_done, .arg = w
	};
	struct tested before;
	struct err e;

	if (w->tested)
		return;
	w->tested = true;
	tested_read(w->host->run_path, &before);
	if (before.verdict == TESTED_OK)
		return;
	w->test = job_start(w->loop, w->host, &spec, &e);
	if (w->test == NULL)
		watch_trouble(w, LOG_ERR, e.text);
}

void
watch_test_end(struct watch *w)
{
	job_forget(w->test);
}
