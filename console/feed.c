/* Updates of the console: kernel events and timers. */
#include "config.h"

#include "console/feed.h"

#include <stdlib.h>
#include <string.h>

#include "core/show/status.h"
#include "tui/term.h"

#define FIRST_MS 250  /* the first rates, on screen within 300 */
#define TICK_MS 1000  /* the others */
#define REFRESH_MS 50 /* events come in bursts, */
#define APART_MS 200  /* or without end */
#define BELL_S 30     /* before a commit reverts */

static void on_event(void *arg);

/* The loop meets an error again at every tick: it is shown once. */
static void
complain(struct console *c, enum complaint which, const struct err *e)
{
	char **last = &c->complaints[which];

	if (*last != NULL && strcmp(*last, e->text) == 0)
		return;
	free(*last);
	*last = xstrdup(e->text);
	ui_error(c->app.ui, e);
}

static void
reload(struct console *c)
{
	const struct err *candidate = &c->app.host->candidate_error;
	const struct err *saved = &c->app.host->saved_error;
	struct err e = { 0 };

	if (host_reload(c->app.writable, &e) != 0)
		complain(c, COMPLAINT_FILES, &e);
	if (candidate->code != ERR_NONE)
		complain(c, COMPLAINT_CANDIDATE, candidate);
	if (saved->code != ERR_NONE)
		complain(c, COMPLAINT_SAVED, saved);
}

/* Files first: a commit by another seki must not be taken for drift. */
static void
begin_refresh(struct console *c)
{
	if (c->paused)
		return;
	reload(c);
	app_refresh(&c->app);
}

void
feed_refresh(struct console *c)
{
	begin_refresh(c);
	app_refresh_now(&c->app);
}

/* An error of reading does not replace what a job has to tell: the next tick
 * reads again. */
static void
on_refreshed(struct app *app, int r, const struct err *e)
{
	struct console *c = (struct console *)app;

	c->refresh_at = now_ms();
	c->unread = r != 0;
	if (r != 0 && app->answer == NULL)
		complain(c, COMPLAINT_KERNEL, e);
	app_read(app);
}

static void
on_due(void *arg)
{
	struct console *c = arg;

	c->refresh_at = now_ms();
	loop_fd(c->app.loop, net_fd(c->app.host->net), on_event, c);
	begin_refresh(c);
}

/* What happens until the refresh is part of it, and wakes nobody. What the
 * console changes itself is read when that has ended. */
static void
on_event(void *arg)
{
	struct console *c = arg;
	uint64_t now = now_ms(), due = now + REFRESH_MS;

	if (c->app.refreshing || !net_ready(c->app.host->net) ||
	    c->app.committing)
		return;
	loop_fd_remove(c->app.loop, net_fd(c->app.host->net));
	if (due < c->refresh_at + APART_MS)
		due = c->refresh_at + APART_MS;
	loop_timer(c->app.loop, (unsigned)(due - now), on_due, c);
}

/* Once the last column with traffic is over, a quiet host costs only the
 * reading of its counters: charts stand still. */
static bool
is_idle(const struct console *c)
{
	return meters_still(c->app.host->meters) >
	       2 * METER_COLUMN_MS / TICK_MS;
}

/* Counters are read each second whatever the pace: charts keep their time
 * scale. */
static bool
is_due(struct console *c)
{
	if (++c->ticks < c->app.pace)
		return false;
	c->ticks = 0;
	return true;
}

/* Once, for whoever looks elsewhere while the time of a commit runs out. */
static void
ring(struct console *c)
{
	const struct pending *p = &c->app.host->pending;

	if (p->phase != PENDING_WAITING || p->number == c->rung ||
	    status_seconds(c->app.host) > BELL_S)
		return;
	c->rung = p->number;
	term_bell();
}

static void
tick(void *arg)
{
	struct console *c = arg;
	struct host *h = c->app.writable;
	struct err e = { 0 };
	uint64_t files;

	/* A sample would have the refresh begin anew. */
	loop_timer(c->app.loop, c->app.refreshing ? 0 : TICK_MS, tick, c);
	if (c->app.refreshing)
		return;
	/* A countdown goes on while paused. */
	if (c->paused && h->pending.phase == PENDING_NONE)
		return;
	files = host_files(h);
	reload(c);
	if (host_sample(h, &e) != 0)
		complain(c, COMPLAINT_COUNTS, &e);
	/* Also after an error, which may have left it half done. */
	ui_stale(c->app.ui);
	if (files != host_files(h) || c->unread)
		begin_refresh(c);
	else if (h->pending.phase != PENDING_NONE ||
		 (is_due(c) &&
		     (!is_idle(c) || ui_shown(c->app.ui) == TAB_CONNECTIONS)))
		ui_dirty(c->app.ui);
	ring(c);
	if (!c->app.refreshing)
		app_tell_end(&c->app);
}

void
feed_start(struct console *c)
{
	c->app.writable->counted = COUNT_SEEN;
	c->app.refreshed = on_refreshed;
	reload(c);
	loop_fd(c->app.loop, net_fd(c->app.host->net), on_event, c);
	loop_timer(c->app.loop, FIRST_MS, tick, c);
}

void
feed_stop(struct console *c)
{
	size_t i;

	loop_fd_remove(c->app.loop, net_fd(c->app.host->net));
	for (i = 0; i < COMPLAINTS; i++)
		free(c->complaints[i]);
}
