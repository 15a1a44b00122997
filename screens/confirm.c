/* The pending commit: its evidence, and the time it has left. The countdown
 * runs in the guard, so it goes on without this screen. */
#include "config.h"

#include "screens/confirm.h"

#include <stdio.h>

#include "core/base/intl.h"
#include "core/commit/commit.h"
#include "core/show/status.h"
#include "screens/cmdrun.h"
#include "tui/chart.h"
#include "tui/dialog.h"
#include "tui/lines.h"
#include "tui/term.h"

#define MORE 60	   /* seconds that the key adds */
#define ASK_MS 900 /* less than a tick, so that every tick asks */
#define ROOMY 12   /* rows that also hold the bar and blank lines */

enum { ACT_KEEP = ACT_EDITS + 64, ACT_REVERT, ACT_EXTEND };

struct confirm {
	struct app *app;
	struct status status;
	uint64_t asked; /* when the guard was asked, as now_ms */
};

static void
ask_status(struct confirm *v)
{
	status_free(&v->status);
	status_read(&v->status, v->app->host);
	v->asked = now_ms();
}

/* A hanging guard costs a moment each time it is asked, and events come in
 * bursts. */
static void
confirm_changed(void *self)
{
	struct confirm *v = self;
	const struct host *h = v->app->host;

	if (h->pending.phase == PENDING_NONE)
		ui_close(v->app->ui, v);
	else if (h->pending.number != v->status.number ||
		 now_ms() - v->asked >= ASK_MS)
		ask_status(v);
}

static int
confirm_start(
    void *self, struct ui *ui, const void *arg UNUSED, struct err *e UNUSED)
{
	struct confirm *v = self;

	v->app = app_of(ui);
	ask_status(v);
	return 0;
}

static void
confirm_close(void *self)
{
	struct confirm *v = self;

	status_free(&v->status);
}

/* Text */

/* On few rows the evidence goes first: the title has the time, too, and both
 * are told as they are drawn. */
static void
add_countdown(const struct confirm *v, const struct rect *r, struct buf *b)
{
	const struct host *h = v->app->host;
	unsigned left = status_seconds(h), all = commit_seconds(h);

	if (r->h < ROOMY) {
		buf_printf(b, _("reverts in %u s\n"), left);
		return;
	}
	buf_printf(b, _("It reverts in %u s, unless you keep it.\n"), left);
	chart_bar(b, left, left > all ? left : all,
	    (size_t)(r->w > 0 ? r->w : 0), !term_blocks());
	buf_add(b, "\n\n");
}

static void
add_evidence(const struct status *s, struct buf *b)
{
	static const char *const words[] = {
		[EVIDENCE_WAITING] = "..  ",
		[EVIDENCE_SEEN] = "ok  ",
		[EVIDENCE_AGAINST] = "FAIL",
	};
	size_t i;

	if (!s->answered) {
		buf_printf(b, "WARN %s\n", _("the guard does not answer"));
		return;
	}
	for (i = 0; i < s->n; i++)
		buf_printf(b, "%s %s\n", words[s->v[i].state], s->v[i].text);
	buf_printf(b, "\n%s\n",
	    s->proven
		? _("A new login was seen: Enter keeps it.")
		: _("Log in a second time, from where you usually do, to prove "
		    "that you still can."));
}

static void
confirm_draw(void *self, const struct rect *r)
{
	const struct confirm *v = self;
	const struct status *s = &v->status;
	struct rect body = *r, head = rect_top(&body, r->h > 2);
	struct buf b = { 0 };

	buf_printf(&b, _("commit #%u by %s is pending"), s->number, s->who);
	if (head.h > 0)
		draw_rule(head.y, head.x, head.w, buf_text(&b));
	buf_reset(&b);
	body.x++;
	body.w -= 2;
	add_countdown(v, &body, &b);
	add_evidence(s, &b);
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
keep(void *self)
{
	struct confirm *v = self;

	if (!v->status.answered)
		ui_message(v->app->ui, ROLE_FAIL,
		    "cannot keep the commit: the guard does not answer, and "
		    "only the guard can confirm it");
	else if (v->status.proven)
		cmdrun_line(v->app, "confirm");
	else
		cmdrun_asking(v->app, "confirm --unproven",
		    &(struct dialog_ask){ .title = _("Keep without proof"),
			.text = _("No new login was seen since the commit. If "
				  "it shut you out, keeping it shuts you out "
				  "for good."),
			.word = "yes" },
		    v->app->host->pending.guard);
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

static const struct act acts[] = {
	{ ACT_KEEP, keep },
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
	{ ACT_KEEP, { K_ENTER, 'y' }, "keep", N_("Keep"),
	    N_("keep the commit; without a new login, yes must be typed") },
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
	.help =
	    N_("The commit is in the kernel, and reverts unless it is kept in "
	       "time. An open session proves nothing, since established "
	       "connections are accepted; a new login does."),
	.size = sizeof(struct confirm),
	.actions = (const struct action *const[]){ confirm_actions, NULL },
	.open = confirm_start,
	.close = confirm_close,
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
