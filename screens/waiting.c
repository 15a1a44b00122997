/* The pending commit, as its guard tells of it. */
#include "config.h"

#include "screens/waiting.h"

#include <stdlib.h>

#include "core/base/util.h"
#include "core/show/list_rehearsal.h"

#define ASK_MS 900     /* less than a tick, so that every tick asks; */
#define SILENT_MS 4500 /* or every fifth of them */

struct waiting {
	struct status status;
	struct buf tried; /* how packets fared that were sent for it */
	int64_t when;	  /* of its commit */
	pid_t guard;	  /* that was asked */
	uint64_t asked;	  /* as now_ms */
};

/* Another commit may have the same number, and another guard the same
 * commit. */
static bool
is_of(const struct waiting *w, const struct pending *p)
{
	return w->status.number == p->number && w->status.phase == p->phase &&
	       w->when == p->when && w->guard == p->guard;
}

const struct status *
waiting_read(struct app *app)
{
	const struct pending *p = &app->host->pending;
	struct waiting *w = app->waiting;
	uint64_t now = now_ms();

	if (w == NULL)
		w = app->waiting = xcalloc(1, sizeof(*w));
	if (is_of(w, p) &&
	    now - w->asked < (w->status.answered ? ASK_MS : SILENT_MS))
		return &w->status;
	status_free(&w->status);
	status_read(&w->status, app->host);
	buf_reset(&w->tried);
	rehearsal_told(app->host, &w->tried);
	w->when = p->when;
	w->guard = p->guard;
	w->asked = now_ms();
	return &w->status;
}

const char *
waiting_tried(struct app *app)
{
	waiting_read(app);
	return buf_text(&app->waiting->tried);
}

void
waiting_free(struct app *app)
{
	if (app->waiting != NULL) {
		status_free(&app->waiting->status);
		buf_free(&app->waiting->tried);
	}
	free(app->waiting);
	app->waiting = NULL;
}
