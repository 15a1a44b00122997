/* The review of a commit before it is carried out. */
#include "config.h"

#include "screens/review.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/command/command.h"
#include "core/commit/commit.h"
#include "core/show/list_rehearsal.h"
#include "screens/cmdrun.h"
#include "screens/confirm.h"
#include "screens/trial.h"
#include "tui/lines.h"
#include "tui/table.h"

#define INDENT "    " /* of what continues a line */
#define EDGE 2	      /* columns beside the rows */
#define WIDTH_MIN 20

/* A job asks the kernel and commits; keys are handled meanwhile. */
enum state { LOOKING, LOOKED, COMMITTING };

/* The result of a check that did not fail. */
enum look { LOOK_FINE, LOOK_SAVED, LOOK_REFUSED, LOOK_NOTHING };

struct review_row {
	char *text;
	enum role role; /* that of its line */
};

/* The answer of the diff command. */
struct review {
	struct app *app;
	bool end; /* the commit ends TCP that it would not let through, too */
	uint64_t files; /* generation of the config files under review */
	enum state state;
	struct err refusal; /* why a commit is refused; ERR_NONE: it is not */
	bool saved;	    /* saved at once: no change in the kernel */
	struct buf text;
	struct review_row *rows; /* of the text, wrapped to w columns */
	size_t n;
	int w;
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

	buf_add(b, v->rows[row].text);
}

static enum role
role(void *arg, size_t row)
{
	const struct review *v = arg;

	return v->rows[row].role;
}

static enum role
role_of(const char *line, size_t n)
{
	if (n > 0 && line[0] != ' ' && line[n - 1] == ':')
		return ROLE_CAPTION;
	if (has_prefix(line, "= "))
		return ROLE_DIM;
	return has_prefix(line, _("warning: ")) ? ROLE_WARN
						: role_of_line(line);
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
	.empty = N_("asking the kernel what a commit would do..."),
};

static void
forget_rows(struct review *v)
{
	size_t i;

	for (i = 0; i < v->n; i++)
		free(v->rows[i].text);
	free(v->rows);
	v->rows = NULL;
	v->n = 0;
}

static void
add_row(struct review *v, const char *indent, const char *text, size_t n,
    enum role role)
{
	v->rows = xgrow(v->rows, v->n, sizeof(*v->rows));
	v->rows[v->n++] = (struct review_row){
		.text = xasprintf("%s%.*s", indent, (int)n, text), .role = role
	};
}

/* A line that is too long goes on below, indented. */
static void
wrap(struct review *v)
{
	const char *p = buf_text(&v->text);
	enum role role = ROLE_TEXT;
	bool begins = true;
	size_t n, skip;

	forget_rows(v);
	for (; *p != '\0'; p += skip) {
		if (begins)
			role = role_of(p, strcspn(p, "\n"));
		n = text_wrap(
		    p, (size_t)v->w - (begins ? 0 : strlen(INDENT)), &skip);
		add_row(v, begins ? "" : INDENT, p, n, role);
		begins = p[skip - 1] == '\n';
		role = role_is_mark(role) ? ROLE_TEXT : role;
	}
	table_reload(v->table);
}

static int
review_start(
    void *self, struct ui *ui, const void *arg UNUSED, struct err *e UNUSED)
{
	struct review *v = self;

	v->app = app_of(ui);
	v->app->review = v;
	v->files = host_files(v->app->host);
	v->table = table_new(&table_spec, v);
	table_reload(v->table);
	return 0;
}

static void
review_close(void *self)
{
	struct review *v = self;

	if (v->state != COMMITTING)
		v->app->leaves = false;
	if (v->app->review == v) /* no other was opened in its place */
		v->app->review = NULL;
	table_free(v->table);
	forget_rows(v);
	buf_free(&v->text);
}

static bool
is_refused(const struct review *v)
{
	return v->refusal.code != ERR_NONE;
}

/* Takes at most half of the rows; the table has the rest. */
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

	draw_caption(head.y, head.x, head.w, ROLE_CAPTION,
	    v->state == LOOKING ? "" : _("what a commit does"));
	if (is_refused(v))
		draw_refusal(v, &body);
	if (v->w != r->w - EDGE) {
		v->w = r->w > WIDTH_MIN ? r->w - EDGE : WIDTH_MIN - EDGE;
		wrap(v);
	}
	table_draw(v->table, &body);
}

/* When somebody edited the candidate meanwhile, the new review is shown first.
 */
static bool
look_again(struct review *v)
{
	struct app *app = v->app;
	struct err e = { 0 };
	int r = host_reload(app->writable, &e);

	ui_stale(app->ui);
	if (r != 0) {
		ui_error(app->ui, &e);
		return true;
	}
	if (host_files(app->host) == v->files)
		return false;
	ui_close(app->ui, v);
	review_open(app);
	if (app->host->pending.phase == PENDING_NONE)
		ui_message(app->ui, ROLE_WARN,
		    "%s changed the candidate in the meantime: review it again",
		    app->host->edited_by[0] != '\0' ? app->host->edited_by
						    : _("somebody"));
	return true;
}

/* The guard keeps the commit pending. Somebody may have edited since the
 * review. */
static int
carry_out(struct host *h, const void *what, struct buf *report,
    struct buf *notes, struct err *e)
{
	const struct review *v = what;
	const struct commit_options options = { .confirm = commit_seconds(h),
		.end = v->end };
	struct rehearsal rehearsal = { 0 };
	int r;

	if (host_files(h) != v->files)
		return err_set(e, ERR_BUSY,
		    "the candidate was changed in the meantime: review it "
		    "again");
	r = commit_candidate(h, &options, report, notes, e);
	if (r == 0 || e->code == ERR_PARTLY)
		rehearsal_try(h, &rehearsal, notes);
	rehearsal_free(&rehearsal);
	return r;
}

static void
tell_saved(struct app *app)
{
	ui_message(app->ui, ROLE_OK, "saved: the kernel needed no change");
	if (app->leaves)
		ui_stop(app->ui, 0);
}

static void
carried_out(void *arg, int r, struct buf *report, struct buf *notes,
    const struct err *e)
{
	struct app *app = arg;
	bool partly = r != 0 && e->code == ERR_PARTLY;

	app->committing = false;
	if (app->review != NULL)
		ui_close(app->ui, app->review);
	if (app_edited(app, r, e) != 0 && !partly)
		return;
	if (app->host->pending.phase != PENDING_NONE)
		confirm_open(app);
	else if (!partly)
		tell_saved(app);
	if (partly)
		cmdrun_answer(app, "commit", report, notes);
}

static void
commit(struct review *v)
{
	const struct job_spec spec = {
		.work = carry_out,
		.what = v,
		.done = carried_out,
		.arg = v->app,
	};

	if (app_work(v->app, &spec, true) != 0)
		return;
	v->state = COMMITTING;
	v->app->committing = true;
}

static void
toggle_end(struct review *v)
{
	v->end = !v->end;
	ui_message(v->app->ui, ROLE_TEXT,
	    v->end ? N_("TCP connections that it would not let through are "
			"ended with the commit   (E: they go on)")
		   : N_("TCP connections that it would not let through go on"));
}

/* What the line is about, or goes on about. */
static void
try_line(struct review *v)
{
	size_t row;

	if (!table_selected(v->table, &row)) {
		trial_open(v->app);
		return;
	}
	while (row > 0 && has_prefix(v->rows[row].text, INDENT))
		row--;
	trial_open_line(v->app, v->rows[row].text);
}

/* Keys that are pressed for the next step, and would leave it. */
static bool
leads_away(int id)
{
	return id == ACT_TAB_BEFORE || id == ACT_TAB_AFTER || id == ACT_NEXT ||
	       id == ACT_PREVIOUS;
}

static int
review_act(void *self, int id)
{
	struct review *v = self;

	if (id == ACT_TRY) {
		try_line(v);
		return ACT_NONE;
	}
	if (id == ACT_TERMINATE) {
		toggle_end(v);
		return ACT_NONE;
	}
	if (v->app->set_up && leads_away(id)) {
		ui_message(v->app->ui, ROLE_TEXT, "Esc goes back to set-up");
		return ACT_NONE;
	}
	if (id != ACT_COMMIT)
		return table_act(v->table, id);
	if (v->state == LOOKING)
		ui_message(v->app->ui, ROLE_WARN,
		    "nothing was committed: the review is not complete yet");
	if (v->state != LOOKED || look_again(v))
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

	if (v->state == LOOKING)
		return;
	if (v->state == COMMITTING) {
		buf_add(b, _("committing..."));
		return;
	}
	if (table_range(v->table, b))
		buf_add(b, "   ");
	if (is_refused(v)) {
		buf_add(b, _("refused, see above   :commit --force commits it "
			     "anyway"));
		return;
	}
	if (v->saved) {
		buf_add(b, _("Enter saves it: the kernel needs no change"));
		return;
	}
	buf_printf(b,
	    _("Enter commits it; it reverts unless confirmed within %u s"),
	    commit_seconds(v->app->host));
}

static const struct action own_actions[] = {
	{ ACT_COMMIT, { K_ENTER }, "commit", N_("Commit"),
	    N_("carry out the "
	       "commit") },
	{ ACT_TERMINATE, { 'E' }, "end", NULL,
	    N_("end the TCP connections, too, that it would not let through "
	       "any more, or let them go on") },
	{ ACT_BACK, { K_ESC, 'q' }, "back", N_("Back"),
	    N_("leave all as it is") },
	{ 0 },
};

const struct view_ops screen_review = {
	.name = N_("Commit"),
	.banner = N_("REVIEW"),
	.help = N_("Removed (-) and added (+) statements, and the changes to "
		   "the kernel. A commit is carried out as a whole or not at "
		   "all, but for what a container refuses: that is told, and "
		   "the rest stays."),
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

/* The diff always has an answer; a commit may be refused. */
static int
look(struct host *h, const void *what UNUSED, struct buf *out,
    struct buf *notes, struct err *e)
{
	const struct commit_options options = { .check = true };
	struct buf steps = { 0 }, ignored = { 0 };
	int r;

	if (command_line(h, "diff", out, notes, e) != 0)
		return -1;
	if (commit_candidate(h, &options, &steps, &ignored, e) != 0)
		r = LOOK_REFUSED;
	else if (steps.len > 0)
		r = LOOK_FINE;
	else
		r = h->dirty ? LOOK_SAVED : LOOK_NOTHING;
	buf_free(&steps);
	buf_free(&ignored);
	return r;
}

static void
show(struct review *v, const struct buf *out, const struct buf *notes)
{
	/* What may go wrong comes first. */
	buf_add(&v->text, buf_text(notes));
	buf_add(&v->text, buf_text(out));
	if (v->w > 0)
		wrap(v);
	v->state = LOOKED;
}

static void
looked(
    void *arg, int r, struct buf *out, struct buf *notes, const struct err *e)
{
	struct app *app = arg;
	struct review *v = app->review;

	if (v == NULL)
		return; /* the view was closed */
	ui_changed(app->ui);
	if (r == LOOK_FINE || r == LOOK_SAVED || r == LOOK_REFUSED) {
		v->saved = r == LOOK_SAVED;
		if (r == LOOK_REFUSED)
			v->refusal = *e;
		show(v, out, notes);
		return;
	}
	ui_close(app->ui, v);
	if (r == LOOK_NOTHING)
		ui_message(app->ui, ROLE_OK,
		    "nothing to commit: the kernel has all that is written");
	else
		ui_error(app->ui, e);
}

void
review_open(void *arg)
{
	struct app *app = arg;
	const struct job_spec spec = {
		.work = look, .done = looked, .arg = app
	};

	if (app->host->pending.phase != PENDING_NONE)
		confirm_open(app);
	else if (ui_push(app->ui, &screen_review, NULL) == 0 &&
		 app_work(app, &spec, false) != 0)
		ui_close(app->ui, app->review);
}
