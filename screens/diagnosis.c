/* What the title says of the host's health, on all screens. */
#include "config.h"

#include "screens/diagnosis.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/util.h"

#define SOON_MS 100   /* after the frame that asks for it, */
#define APART_MS 1000 /* since changes come in bursts */

void
diagnosis_take(struct app *app, const struct health *h)
{
	struct diagnosis v = {
		.known = true, .fails = h->fails, .warns = h->warns
	};
	const struct trouble *t;

	for (t = h->v; t < END_OF(h->v, h->n); t++)
		if (trouble_is(t))
			v.tabs[t->tab] = true;
	v.tabs[TAB_DOCTOR] = h->fails + h->warns > 0;
	if (memcmp(&v, &app->diagnosis, sizeof(v)) != 0)
		ui_dirty(app->ui);
	app->diagnosis = v;
	app->judged = host_version(app->host);
	app->judged_at = now_ms();
}

static void
judge(void *arg)
{
	struct app *app = arg;
	struct health health = { 0 };
	struct doctor_lists lists;
	struct forward_row *forwards;
	struct container_row *containers;

	if (app->diagnosis.known && app->judged == host_version(app->host))
		return;
	lists.forwards = forwards = rows_forwards(app->host, &lists.nforwards);
	lists.containers = containers =
	    rows_containers(app->host, &lists.ncontainers);
	health_read(&health, app->host, &lists);
	diagnosis_take(app, &health);
	health_free(&health);
	rows_forwards_free(forwards, lists.nforwards);
	free(containers);
	memory_trim();
}

void
diagnosis_look(struct app *app)
{
	uint64_t now = now_ms(), due = app->judged_at + APART_MS;

	if (app->diagnosis.known && app->judged == host_version(app->host))
		return;
	due = due < now + SOON_MS ? now + SOON_MS : due;
	loop_timer(app->loop, (unsigned)(due - now), judge, app);
}
