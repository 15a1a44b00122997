/* A commit that waits to be kept: what proves it, and the time it has left.
 * The countdown runs in the guard, so that it goes on without this screen. */
#include "config.h"

#include "screens/confirm.h"

#include <stdio.h>

#include "core/commit.h"
#include "core/guard.h"
#include "core/status.h"
#include "screens/lines.h"
#include "tui/chart.h"
#include "tui/dialog.h"
#include "tui/term.h"

#define MORE 60 /* seconds that one key adds */

enum { ACT_EXTEND = ACT_REFRESH + 1, ACT_REVERT };

struct confirm {
	struct app *app;
	struct status status;
};

static void
confirm_changed(void *self)
{
	struct confirm *v = self;

	status_free(&v->status);
	status_read(&v->status, v->app->host);
	if (v->status.phase == PENDING_NONE)
		ui_close(v->app->ui, v);
}

static int
confirm_start(void *self, struct ui *ui, const void *arg UNUSED,
    struct err *e UNUSED)
{
	struct confirm *v = self;

	v->app = app_of(ui);
	status_read(&v->status, v->app->host);
	return 0;
}

static void
confirm_close(void *self)
{
	struct confirm *v = self;

	status_free(&v->status);
}

/* What it says */

static void
add_countdown(const struct confirm *v, int w, struct buf *b)
{
	unsigned left = v->status.seconds,
		 all = commit_seconds(v->app->host);

	buf_printf(b, "It is taken back by itself in %u s, unless it is kept."
		      "\n", left);
	chart_bar(b, left, left > all ? left : all, (size_t)(w > 0 ? w : 0),
	    term_ascii());
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

	if (!s->answered)
		buf_add(b, "WARN its guard does not answer\n");
	for (i = 0; i < s->n; i++)
		buf_printf(b, "%s %s\n", words[s->v[i].state], s->v[i].text);
	buf_add(b, s->proven ?
		"\nA new login was seen: Enter keeps it.\n" :
		"\nLog in a second time, from where you usually do, to prove "
		"that you still can.\n");
}

static void
confirm_draw(void *self, const struct rect *r)
{
	const struct confirm *v = self;
	const struct status *s = &v->status;
	struct rect body = *r, head = rect_top(&body, 1);
	struct buf b = { 0 };

	buf_printf(&b, "commit #%u by %s is pending", s->number, s->who);
	draw_rule(head.y, head.x, head.w, buf_text(&b));
	buf_reset(&b);
	body.x++;
	body.w -= 2;
	add_countdown(v, body.w, &b);
	add_evidence(s, &b);
	lines_draw(buf_text(&b), &body);
	draw_cursor(body.y, body.x);
	buf_free(&b);
}

static void
confirm_status(void *self UNUSED, struct buf *b)
{
	buf_add(b, "the guard goes on if this terminal dies; 1 to 6 look "
		   "elsewhere, c comes back");
}

/* What is done */

static void
ask_guard(struct app *app, const char *line)
{
	struct host *h = app->host;
	char *mark = undo_mark(h);
	struct buf answer = { 0 };
	struct err e = { 0 };
	int r;

	r = h->read_only ? host_refuse(h, &e) :
			   guard_ask(h, line, &answer, &e);
	if (r == 0)
		r = host_reload(h, &e);
	if (r == 0)
		r = host_refresh(h, &e);
	app_edited(app, mark, r, &e);
	buf_free(&answer);
}

static void
keep_unproven(void *arg)
{
	ask_guard(arg, "unproven");
}

static void
keep(struct confirm *v)
{
	if (v->status.proven)
		ask_guard(v->app, "confirm");
	else
		dialog_ask(v->app->ui, &(struct dialog_ask) {
			.title = "Keep it without proof",
			.text = "No new login was seen since the commit. If "
				"it shut you out, keeping it shuts you out "
				"for good.",
			.word = "yes",
			.yes = keep_unproven,
			.arg = v->app });
}

static void
extend(struct confirm *v)
{
	char line[32];

	snprintf(line, sizeof(line), "extend %u", MORE);
	ask_guard(v->app, line);
}

static void
revert(struct confirm *v)
{
	ask_guard(v->app, "revert");
}

static const struct {
	int id;
	void (*fn)(struct confirm *);
} acts[] = {
	{ ACT_ENTER, keep },
	{ ACT_EXTEND, extend },
	{ ACT_REVERT, revert },
};

static int
confirm_act(void *self, int id)
{
	size_t i;

	for (i = 0; i < NITEMS(acts); i++) {
		if (acts[i].id == id) {
			acts[i].fn(self);
			return ACT_NONE;
		}
	}
	return id;
}

static const struct action confirm_actions[] = {
	{ ACT_ENTER, { K_ENTER, 'y' }, "keep", "Keep",
	    "keep the commit: without a new login seen, yes must be typed" },
	{ ACT_EXTEND, { '+' }, "extend", "60 s more",
	    "give the commit 60 seconds more" },
	{ ACT_REVERT, { K_ESC }, "revert", "Take it back",
	    "take the commit back now" },
	{ 0 },
};

static const struct view_ops confirm_view = {
	.name = "Pending",
	.help = "The commit is in the kernel, and is taken back by itself "
		"unless it is kept in time. An open session proves nothing, "
		"since what is established is let through; a new login does.",
	.size = sizeof(struct confirm),
	.actions = (const struct action *const[]) { confirm_actions, NULL },
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
	ui_push(app->ui, &confirm_view, NULL);
}
