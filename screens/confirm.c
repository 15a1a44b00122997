/* The pending commit: its evidence, and the time it has left. The countdown
 * runs in the guard, so it goes on without this screen. */
#include "config.h"

#include "screens/confirm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/base/intl.h"
#include "core/commit/revert.h"
#include "core/lang/config_diff.h"
#include "core/show/list_uplink.h"
#include "core/state/drift.h"
#include "core/state/unit.h"
#include "screens/cmdrun.h"
#include "screens/traffic.h"
#include "screens/waiting.h"
#include "tui/dialog.h"
#include "tui/lines.h"

#define MORE 60	  /* seconds that the key adds */
#define CHANGES 4 /* rows of what was changed that no chart takes */
#define CHART 6	  /* rows of the chart */
#define PROOF 2	  /* rows of the head of the proof */

enum { ACT_CONFIRM = ACT_EDITS + 64, ACT_REVERT, ACT_EXTEND };

struct confirm {
	struct app *app;
	struct buf changes;	/* what it changed, */
	bool knows;		/* as of the last change of anything */
	struct pending pending; /* that it is about */
};

/* Who has set this host up wants that after a reboot, too. */
static void
offer_service(struct app *app, const struct pending *was)
{
	bool asks = app->set_up &&
		    revert_outcome(app->host->run_path, was) == OUTCOME_SAVED;

	app->set_up = false;
	if (asks && unit_look()->cure != NULL)
		cmdrun_asking(app, "enable",
		    &(struct dialog_ask){ .title = _("Service"),
			.text = _("Have the service run, now and after each "
				  "boot? Without it, nothing of what was "
				  "committed is there after a reboot.") },
		    0);
}

static void
confirm_changed(void *self)
{
	struct confirm *v = self;
	struct app *app = v->app;
	const struct pending was = v->pending;

	v->knows = false;
	if (app->host->pending.phase != PENDING_NONE) {
		v->pending = app->host->pending;
		return;
	}
	ui_close(app->ui, v);
	offer_service(app, &was);
}

static int
confirm_start(
    void *self, struct ui *ui, const void *arg UNUSED, struct err *e UNUSED)
{
	struct confirm *v = self;

	v->app = app_of(ui);
	v->pending = v->app->host->pending;
	return 0;
}

static void
confirm_end(void *self)
{
	struct confirm *v = self;

	if (v->app->host->pending.phase != PENDING_NONE)
		v->app->leaves = false;
	buf_free(&v->changes);
}

/* Drawing */

/* What is waited for, a line each. */
static void
add_evidence(const struct status *s, struct buf *b)
{
	static const char *const words[] = {
		[EVIDENCE_WAITING] = "..  ",
		[EVIDENCE_SEEN] = "ok  ",
		[EVIDENCE_AGAINST] = "FAIL",
	};
	size_t i;

	if (s == NULL) {
		buf_printf(b, "..   %s\n", _("asking the guard"));
		return;
	}
	if (!s->answered) {
		buf_printf(b, "WARN %s\n", _("the guard does not answer"));
		return;
	}
	for (i = 0; i < s->n; i++)
		buf_printf(b, "%s %s\n", words[s->v[i].state], s->v[i].text);
	buf_printf(b, "\n%s\n",
	    s->proven
		? _("A new login was seen: Enter confirms it.")
		: _("Log in a second time, from where you usually do, to prove "
		    "that you still can."));
}

static void
draw_head(const struct host *h, struct rect *r)
{
	time_t when = (time_t)h->pending.when;
	struct rect head = rect_top(r, 1);
	struct buf b = { 0 };
	char text[16] = "?";
	struct tm tm;

	if (localtime_r(&when, &tm) != NULL)
		strftime(text, sizeof(text), "%H:%M:%S", &tm);
	buf_printf(&b, _("commit #%u by %s, in force since %s"),
	    h->pending.number, h->pending.who, text);
	draw_caption(head.y, head.x, head.w, ROLE_CAPTION, buf_text(&b));
	buf_free(&b);
}

/* Not at each key: it is read from a file, of thousands of lines perhaps. */
static const char *
changes_of(struct confirm *v)
{
	const struct host *h = v->app->host;
	struct config store = { 0 };
	const struct config *now;
	struct err ignored;

	if (!v->knows) {
		buf_reset(&v->changes);
		now = drift_config(h, &store, &ignored);
		if (now != NULL)
			config_print_diff(&h->saved, now, &v->changes);
		config_free(&store);
		v->knows = true;
	}
	return buf_text(&v->changes);
}

/* The first of them, and how many more there are if rows are too few. */
static void
add_first(const char *changes, int rows, int w, struct buf *b)
{
	const char *next, *rest = changes;
	size_t more = 0;
	char *line;

	if (lines_count(changes, w) > rows)
		rows--;
	for (; *rest != '\0'; rest = next) {
		next = rest + strcspn(rest, "\n") + 1;
		line = xstrndup(rest, (size_t)(next - rest));
		rows -= lines_count(line, w);
		more += rows < 0;
		buf_add(b, rows < 0 ? "" : line);
		free(line);
	}
	if (more > 0)
		buf_printf(b, _("  and %zu more"), more);
}

/* In rows that are left beside the evidence. */
static void
draw_changes(const char *changes, int rows, struct rect *r)
{
	struct buf b = { 0 };
	struct rect part;

	add_first(changes, rows, r->w, &b);
	part = rect_top(r, lines_count(buf_text(&b), r->w));
	lines_draw(buf_text(&b), &part);
	rect_top(r, 1);
	buf_free(&b);
}

static void
draw_proof(struct rect *r)
{
	const struct rect head = rect_top(r, 1);

	draw_caption(head.y, head.x - 1, head.w, ROLE_CAPTION, _("Proof"));
}

/* It ends where those of other screens do. */
static void
draw_chart(const struct host *h, struct rect *r)
{
	size_t n;
	struct uplink_row *rows = rows_uplinks(h, &n);
	struct rect chart = rect_bottom(r, CHART);

	chart.x--;
	chart.w += 2;
	if (n > 0)
		traffic_draw(h, rows[0].link->name,
		    &(struct traffic){ rows[0].rx, rows[0].tx }, &chart);
	free(rows);
}

/* The title has the time that is left, where there is a title. */
static void
draw_time(const struct host *h, struct rect *r)
{
	const struct rect row = rect_top(r, 1);
	struct buf b = { 0 };

	buf_printf(&b, _("reverts in %u s"), status_seconds(h));
	draw_text(row.y, row.x, row.w, ROLE_ALERT, buf_text(&b));
	buf_free(&b);
}

/* What was changed, the chart and the head of the proof, as far as they have
 * room in these rows beside the evidence. */
static void
draw_story(struct confirm *v, int room, struct rect *body)
{
	const char *changes = changes_of(v);
	int n = lines_count(changes, body->w);

	if (room >= CHART + (n < CHANGES ? n : CHANGES)) {
		draw_chart(v->app->host, body);
		room -= CHART;
	}
	if (room > 1 && n > 0)
		draw_changes(changes, room, body);
	draw_proof(body);
}

static void
confirm_draw(void *self, const struct rect *r)
{
	struct confirm *v = self;
	const struct host *h = v->app->host;
	struct rect body = *r;
	struct buf b = { 0 };
	int need;

	if (r->h > 2)
		draw_head(h, &body);
	body.x++;
	body.w -= 2;
	if (r->y < 2)
		draw_time(h, &body);
	add_evidence(waiting_read(v->app), &b);
	buf_add(&b, waiting_tried(v->app));
	need = lines_count(buf_text(&b), body.w) + PROOF;
	if (body.h >= need)
		draw_story(v, body.h - need, &body);
	lines_draw(buf_text(&b), &body);
	draw_cursor(body.y, body.x);
	buf_free(&b);
}

static void
confirm_status(void *self UNUSED, struct buf *b)
{
	buf_add(
	    b, _("Esc: back, the guard keeps running   c: this screen again"));
}

/* Actions */

static void
confirm(void *self)
{
	struct confirm *v = self;
	struct status s;

	status_read(&s, v->app->host);
	if (!s.answered)
		ui_message(v->app->ui, ROLE_FAIL,
		    "cannot confirm the commit: the guard does not answer, "
		    "and nobody else can");
	else if (s.proven)
		cmdrun_line(v->app, "confirm");
	else
		cmdrun_asking(v->app, "confirm --unproven",
		    &(struct dialog_ask){ .title = _("Confirm without proof"),
			.text = _("No new login was seen since the commit. If "
				  "it shut you out, confirming it shuts you "
				  "out for good."),
			.word = "yes" },
		    v->app->host->pending.guard);
	status_free(&s);
}

static void
extend(void *self)
{
	struct confirm *v = self;
	char line[32];

	snprintf(line, sizeof(line), "extend %u", MORE);
	cmdrun_line(v->app, line);
}

static void
revert(void *self)
{
	struct confirm *v = self;

	cmdrun_asking(v->app, "revert",
	    &(struct dialog_ask){ .title = _("Revert"),
		.text = _("Revert the commit now? The kernel returns to its "
			  "previous state; the candidate keeps the changes.") },
	    v->app->host->pending.guard);
}

/* Who asks for a commit here wants this one to last, and is not to confirm it
 * by a c too many. */
static void
tell_key(void *self)
{
	struct confirm *v = self;

	ui_message(v->app->ui, ROLE_WARN,
	    "it is committed, and waits for Enter to confirm it");
}

static const struct act acts[] = {
	{ ACT_CONFIRM, confirm },
	{ ACT_COMMIT, tell_key },
	{ ACT_EXTEND, extend },
	{ ACT_REVERT, revert },
	{ 0 },
};

static int
confirm_act(void *self, int id)
{
	return act_run(acts, id, self);
}

static const struct action confirm_actions[] = {
	{ ACT_CONFIRM, { K_ENTER, 'y' }, "confirm", N_("Confirm"),
	    N_("confirm the commit; without a new login, yes must be typed") },
	{ ACT_REVERT, { 'r' }, "revert", N_("Revert"),
	    N_("revert the commit now, after a question") },
	{ ACT_EXTEND, { '+' }, "extend", N_("60 s more"),
	    N_("give the commit 60 seconds more") },
	{ ACT_BACK, { K_ESC }, "back", N_("Back"),
	    N_("close this screen; the guard keeps running, c reopens it") },
	{ 0 },
};

const struct view_ops screen_confirm = {
	.name = N_("Pending"),
	.banner = N_("PENDING"),
	.help = N_("The commit is in the kernel, and reverts unless it is "
		   "confirmed in time. An open session proves nothing, since "
		   "established connections are accepted; a new login does."),
	.size = sizeof(struct confirm),
	.actions = (const struct action *const[]){ confirm_actions, NULL },
	.open = confirm_start,
	.close = confirm_end,
	.draw = confirm_draw,
	.act = confirm_act,
	.changed = confirm_changed,
	.status = confirm_status,
};

void
confirm_open(struct app *app)
{
	ui_raise(app->ui, &screen_confirm);
}

void
confirm_now(struct app *app)
{
	confirm_open(app);
	ui_act(app->ui, ACT_CONFIRM);
}
