/* What became of a packet that was let in, and what can be tried next. */
#include "config.h"

#include "screens/tried.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/command/command.h"
#include "core/reach/specimen.h"
#include "core/state/attempt.h"
#include "tui/pager.h"

struct tried_view {
	struct pager pager; /* first: its functions get this struct */
	struct app *app;
	struct trial trial;
	struct statement *st; /* that it is an example of; NULL: of none */
};

/* A job that asks, of one console. */
struct question {
	struct app *app;
	struct trial trial;
	struct statement *st;
	char *line;
	bool shown; /* its answer is for a view that is there already */
};

static void
add_packet(const struct trial *t, bool from, struct buf *b)
{
	bool port = t->proto == IPPROTO_TCP || t->proto == IPPROTO_UDP;

	buf_add(b, !port ? "icmp" : t->proto == IPPROTO_TCP ? "tcp" : "udp");
	if (from) {
		buf_add(b, " from ");
		prefix_print(&t->from, b);
	}
	buf_add(b, " to ");
	if (port)
		addr_port_print(&t->to, t->dport, b);
	else
		prefix_print(&t->to, b);
}

void
tried_line(const struct trial *t, struct buf *b)
{
	buf_add(b, "try ");
	add_packet(t, true, b);
}

static void
question_free(void *question)
{
	struct question *q = question;

	statement_free(q->st);
	free(q->line);
	free(q);
}

static int
ask(struct host *h, const void *what, struct buf *out, struct buf *notes,
    struct err *e)
{
	const struct question *q = what;

	return command_line(h, q->line, out, notes, e);
}

/* In place of what is shown. Who has left that wants no answer any more. */
static void
show(struct question *q, const char *text)
{
	struct tried_view *v = q->app->tried;

	if (v == NULL &&
	    (q->shown || ui_push(q->app->ui, &screen_tried, NULL) != 0))
		return;
	v = q->app->tried;
	pager_show(&v->pager, q->line, text);
	statement_free(v->st);
	v->trial = q->trial;
	v->st = q->st;
	q->st = NULL;
}

/* That a packet does not get through is an answer, too. */
static void
asked(void *arg, int r, struct buf *out, struct buf *notes UNUSED,
    const struct err *e)
{
	struct question *q = arg;
	struct app *app = q->app;

	ui_message(app->ui, ROLE_TEXT, "%s", "");
	if (out->len > 0)
		show(q, buf_text(out));
	app_edited(app, out->len > 0 ? 0 : r, e);
	question_free(q);
}

/* Takes the statement, and says meanwhile what it does. */
static void
start(struct app *app, const struct trial *t, const struct statement *st,
    char *line, const char *doing)
{
	struct question *q = xcalloc(1, sizeof(*q));
	const struct job_spec spec = {
		.work = ask,
		.what = q,
		.done = asked,
		.arg = q,
		.forget = question_free,
	};

	*q = (struct question){ .app = app,
		.trial = *t,
		.line = line,
		.shown = app->tried != NULL };
	q->st = st != NULL ? statement_copy(st) : NULL;
	if (app_work(app, &spec, true) != 0) {
		question_free(q);
		return;
	}
	ui_message(app->ui, ROLE_TEXT, doing, line);
}

void
tried_run(struct app *app, const struct trial *t, const struct statement *st)
{
	struct buf line = { 0 };

	tried_line(t, &line);
	start(app, t, st, buf_take(&line), N_("%s: running..."));
}

/* ---- the view */

static int
view_open(void *self, struct ui *ui, const void *arg UNUSED, struct err *e)
{
	struct tried_view *v = self;

	v->app = app_of(ui);
	v->app->tried = v;
	return pager_open(
	    v, ui, &(struct pager_arg){ "", "", .marks = true }, e);
}

static void
view_close(void *self)
{
	struct tried_view *v = self;

	if (v->app->tried == v)
		v->app->tried = NULL;
	statement_free(v->st);
	pager_close(v);
}

static void
view_draw(void *self, const struct rect *r)
{
	struct tried_view *v = self;

	v->app->bare = false;
	pager_draw(v, r);
}

static void
again(void *self)
{
	const struct tried_view *v = self;

	tried_run(v->app, &v->trial, v->st);
}

/* The same packet in the other family, if there is one such. */
static void
other_family(void *self)
{
	struct tried_view *v = self;
	struct trial t = { .proto = v->trial.proto };
	enum family now = addr_family(&v->trial.to);

	t.from =
	    specimen_stranger(now == FAMILY_IPV6 ? FAMILY_IPV4 : FAMILY_IPV6);
	if (!attempt_example(v->app->host, v->st, &t)) {
		ui_message(v->app->ui, ROLE_WARN,
		    "there is no such packet of the other family here");
		return;
	}
	if (v->st == NULL)
		t.dport = v->trial.dport;
	tried_run(v->app, &t, v->st);
}

/* From anybody: the address that it came from was made up. */
static void
await(void *self)
{
	struct tried_view *v = self;
	struct buf line = { 0 };

	buf_add(&line, "explain ");
	add_packet(&v->trial, false, &line);
	start(v->app, &v->trial, v->st, buf_take(&line),
	    N_("%s: waiting 10 s at most for one that comes..."));
}

/* The cure is on the second line, behind its caption; else the command. */
static void
copy(void *self)
{
	struct tried_view *v = self;
	const char *second = strchr(v->pager.text, '\n');
	char *text;

	second =
	    second != NULL && second[1] != '\n' ? strstr(second, "  ") : NULL;
	text = second != NULL ? xstrndup(second + 2, strcspn(second + 2, "\n"))
			      : xasprintf("seki %s", v->pager.title);
	app_copy(v->app, text);
	free(text);
}

static const struct act acts[] = {
	{ ACT_ENTER, again },
	{ ACT_OTHER, other_family },
	{ ACT_WHY, await },
	{ ACT_COPY, copy },
	{ 0 },
};

static int
view_act(void *self, int id)
{
	return act_run(acts, pager_act(self, id), self);
}

static const struct action own_actions[] = {
	{ ACT_ENTER, { K_ENTER, 'r' }, "again", N_("Again"),
	    N_("let such a packet in once more") },
	{ ACT_OTHER, { 'f' }, "family", N_("Family"),
	    N_("the same in the other family, IPv6 or IPv4") },
	{ ACT_WHY, { 'x' }, "explain", N_("Next real one"),
	    N_("wait 10 s at most for a packet of somebody that goes there, "
	       "and tell what becomes of it") },
	{ ACT_COPY, { 'y' }, "copy", N_("Copy"),
	    N_("copy the command that mends it, else that which tries it") },
	{ ACT_BACK, { K_ESC, 'q' }, "back", N_("Back"),
	    N_("back to the screen") },
	{ 0 },
};

const struct view_ops screen_tried = {
	.name = N_("Try"),
	.banner = N_("TRY"),
	.typing = N_("SEARCH"),
	.help = N_("What became of a packet that was let in as if it came by "
		   "the uplink: who decided, then each chain that it met, in "
		   "the order of its way."),
	.size = sizeof(struct tried_view),
	.actions =
	    (const struct action *const[]){ own_actions, pager_actions, NULL },
	.open = view_open,
	.close = view_close,
	.draw = view_draw,
	.act = view_act,
	.mode = pager_mode,
	.modes = pager_modes,
	.key = pager_key,
	.status = pager_status,
};
