/* The pending commit, as its guard tells of it. */
#include "config.h"

#include "screens/waiting.h"

#include <stdlib.h>

#include "core/base/util.h"

#define ASK_MS 900     /* less than a tick, so that every tick asks; */
#define SILENT_MS 4500 /* or every fifth of them */

struct waiting {
	struct status status;
	uint64_t asked; /* as now_ms */
};

const struct status *
waiting_read(struct app *app)
{
	struct waiting *w = app->waiting;
	uint64_t now = now_ms();

	if (w == NULL)
		w = app->waiting = xcalloc(1, sizeof(*w));
	if (w->status.number == app->host->pending.number &&
	    w->status.phase == app->host->pending.phase &&
	    now - w->asked < (w->status.answered ? ASK_MS : SILENT_MS))
		return &w->status;
	status_free(&w->status);
	status_read(&w->status, app->host);
	w->asked = now_ms();
	return &w->status;
}

void
waiting_free(struct app *app)
{
	if (app->waiting != NULL)
		status_free(&app->waiting->status);
	free(app->waiting);
	app->waiting = NULL;
}
