/* What a commit would do, looked at before it is done. */
#include "config.h"

#include "screens/review.h"

#include <stdlib.h>
#include <string.h>

#include "core/command.h"
#include "core/commit.h"
#include "core/intl.h"
#include "screens/confirm.h"
#include "screens/lines.h"
#include "tui/table.h"

/* The answer of the command diff as a table of its lines. */
struct review {
	struct app *app;
	uint64_t files;	 /* the versions that were looked at */
	struct err refusal; /* of a commit; ERR_NONE: none */
	struct buf text; /* lines, each ended by NUL */
	const char **lines;
	size_t n;
	struct table *table;
};

static size_t
count(void *arg)
{
	const struct review *v = arg;

	return v->n;
}

static void
key(void *arg UNUSED, size_t row, struct buf *b)
{
	buf_printf(b, "%zu", row);
}

static void
cell(void *arg, size_t row, size_t col UNUSED, struct buf *b)
{
	const struct review *v = arg;

	buf_add(b, v->lines[row]);
}

static enum role
role(void *arg, size_t row)
{
	const struct review *v = arg;

	return role_of_line(v->lines[row]);
}

static const struct column columns[] = {
	{ .name = "line", .head = "", .min = 20, .flex = true },
};

static const struct table_spec table_spec = {
	.columns = columns,
	.ncolumns = NITEMS(columns),
	.count = count,
	.key = key,
	.cell = cell,
	.role = role,
	.fixed = true,
};

static void
cut_lines(struct review *v)
{
	char *p = v->text.s, *end;

	for (; p != NULL && *p != '\0'; p = end + 1) {
		end = strchr(p, '\n');
		if (end == NULL)
			break;
		*end = '\0';
		v->lines = xgrow(v->lines, v->n, sizeof(*v->lines));
		v->lines[v->n++] = p;
	}
}

/* What review_start is told. */
struct looked {
	const char *text;
	const struct err *refusal;
};

static int
review_start(void *self, struct ui *ui, const void *arg, struct err *e UNUSED)
{
	const struct looked *looked = arg;
	struct review *v = self;

	v->app = app_of(ui);
	v->files = v->app->host->files;
	v->refusal = *looked->refusal;
	buf_add(&v->text, looked->text);
	cut_lines(v);
	v->table = table_new(&table_spec, v);
	table_reload(v->table);
	return 0;
}

static void
review_close(void *self)
{
	struct review *v = self;

	table_free(v->table);
	free(v->lines);
	buf_free(&v->text);
}

static bool
is_refused(const struct review *v)
{
	return v->refusal.code != ERR_NONE;
}

/* At most half of the rows: the rest is the table's. */
static void
draw_refusal(const struct review *v, struct rect *body)
{
	struct buf b = { 0 };
	struct rect r;
	int n;

	buf_printf(&b, "FAIL %s\n", v->refusal.text);
	if (v->refusal.hint[0] != '\0')
		buf_printf(&b, "     %s\n", v->refusal.hint);
	n = lines_count(buf_text(&b), body->w - 2);
	r = rect_top(body, n < body->h / 2 ? n : body->h / 2);
	r.x++;
	r.w -= 2;
	lines_draw(buf_text(&b), &r);
	buf_free(&b);
}

static void
review_draw(void *self, const struct rect *r)
{
	struct review *v = self;
	struct rect body = *r, head = rect_top(&body, 1);

	draw_rule(head.y, head.x, head.w, _("what a commit does"));
	if (is_refused(v))
		draw_refusal(v, &body);
	table_draw(v->table, &body);
}

/* Somebody edited while this was looked at: then it is shown again first. */
static bool
look_again(struct review *v)
{
	struct app *app = v->app;
	struct err e = { 0 };
	int r = host_reload(app->host, &e);

	ui_stale(app->ui);
	if (r != 0) {
		ui_error(app->ui, &e);
		return true;
	}
	if (app->host->files == v->files)
		return false;
	ui_close(app->ui, v);
	review_open(app);
	if (app->host->pending.phase == PENDING_NONE)
		ui_message(app->ui, ROLE_ALERT,
		    "%s changed the candidate meanwhile: look again",
		    app->host->edited_by[0] != '\0' ? app->host->edited_by
						    : _("somebody"));
	return true;
}

/* The guard holds it until it is kept. */
static void
commit(struct review *v)
{
	struct app *app = v->app;
	const struct commit_options options = {
		.confirm = commit_seconds(app->host)
	};
	struct buf report = { 0 }, notes = { 0 };
	struct err e = { 0 };
	int r;

	ui_close(app->ui, v);
	r = commit_candidate(app->host, &options, &report, &notes, &e);
	if (app_edited(app, r, &e) == 0)
		confirm_open(app);
	buf_free(&report);
	buf_free(&notes);
}

static int
review_act(void *self, int id)
{
	struct review *v = self;

	if (id != ACT_ENTER)
		return table_act(v->table, id);
	if (look_again(v))
		return ACT_NONE;
	if (is_refused(v))
		ui_error(v->app->ui, &v->refusal);
	else
		commit(v);
	return ACT_NONE;
}

static const struct action *
review_mode(const void *self)
{
	const struct review *v = self;

	return table_mode(v->table);
}

static void
review_key(void *self, int k)
{
	struct review *v = self;

	table_key(v->table, k);
}

static void
review_status(void *self, struct buf *b)
{
	const struct review *v = self;

	if (is_refused(v)) {
		buf_add(b, _("refused, as above; :commit --force commits it "
			     "all the same"));
		return;
	}
	buf_printf(b,
	    _("Enter commits it; unless you keep it within %u s it is taken "
	      "back"),
	    commit_seconds(v->app->host));
}

static const struct action own_actions[] = {
	{ ACT_ENTER, { K_ENTER }, "commit", N_("Commit"), N_("carry it out") },
	{ ACT_BACK, { K_ESC, 'q' }, "back", N_("Back"),
	    N_("leave all as it is") },
	{ 0 },
};

const struct view_ops screen_review = {
	.name = N_("Commit"),
	.help = N_("Statements that were removed (-) and added (+), and what "
		   "the kernel will be asked. A commit is carried out whole or "
		   "not at all."),
	.size = sizeof(struct review),
	.actions =
	    (const struct action *const[]){ own_actions, table_actions, NULL },
	.open = review_start,
	.close = review_close,
	.draw = review_draw,
	.act = review_act,
	.mode = review_mode,
	.modes = table_modes,
	.key = review_key,
	.status = review_status,
};

/* The diff is told whatever it does; a commit is not always carried out.
 * False when there is nothing to carry out. */
static bool
find_refusal(struct host *h, struct err *refusal)
{
	const struct commit_options options = { .check = true };
	struct buf steps = { 0 }, notes = { 0 };
	bool any = true;

	if (commit_candidate(h, &options, &steps, &notes, refusal) == 0) {
		refusal->code = ERR_NONE;
		any = steps.len > 0;
	}
	buf_free(&steps);
	buf_free(&notes);
	return any;
}

void
review_open(struct app *app)
{
	struct buf out = { 0 }, notes = { 0 };
	struct err e = { 0 }, refusal = { 0 };
	bool any = true;
	int r;

	if (app->host->pending.phase != PENDING_NONE) {
		confirm_open(app);
		return;
	}
	r = command_line(app->host, "diff", &out, &notes, &e);
	if (r == 0)
		any = find_refusal(app->host, &refusal);
	ui_changed(app->ui);
	if (r != 0) {
		ui_error(app->ui, &e);
	} else if (!app->host->dirty && !any) {
		ui_message(app->ui, ROLE_OK, "nothing to commit: the kernel "
					     "has all that is written");
	} else {
		buf_add(&out, buf_text(&notes));
		ui_push(app->ui, &screen_review,
		    &(struct looked) { buf_text(&out), &refusal });
	}
	buf_free(&out);
	buf_free(&notes);
}
