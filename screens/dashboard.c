/* Screen 1: traffic and health at a glance.
 *
 * The screen has four parts (enum overview_part) and below them a chart of the
 * object under the cursor. The data is an overview, read when the host or the
 * size of the screen changed and ranked again when counters did.
 *
 * layout() gives rows to the parts: first one to each, the most important part
 * first (by_weight), then more in turn until each has what it wants. On a tall
 * screen a quarter is kept for the chart, else it gets what is left. On a wide
 * one policies and health are side by side and share their rows.
 *
 * The cursor is a spot (part and row) of the current layout, but it belongs to
 * a part and the key of a row in it (home, key), since rows are ranked anew.
 * restore_cursor() finds that key after each layout, or keeps the nearest row
 * when it is not shown. */
#include "config.h"

#include "screens/dashboard.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/state/counting.h"
#include "screens/app.h"
#include "screens/link.h"
#include "screens/overview.h"
#include "screens/trail.h"
#include "tui/dialog.h"
#include "tui/lines.h"

#define SIDE_BY_SIDE 76 /* columns from which two parts are side by side */
#define BARE 12		/* rows below which only the first part has a rule */
#define BAREST 4	/* and below which not even that one */
#define CHART_MIN 3	/* rows: rule, in, out */
#define LARGE 30	/* rows from which a quarter is kept for the chart */
#define DEFAULTS 3	/* policies that matter most: one a chain */

/* A part of the screen; one without room has no rows. */
struct part {
	struct rect area;
	bool bare;   /* without a rule */
	size_t rows; /* that the cursor can be on */
};

/* A row of a part. */
struct spot {
	enum overview_part part;
	size_t row;
};

struct dashboard {
	struct app *app;
	struct overview *overview; /* NULL when it must be read anew */
	unsigned version;	   /* of the host, when it was */
	unsigned round;		   /* of counters, when it was ranked */
	bool moved;		   /* counters changed since */
	struct rect area;	   /* as drawn last */
	struct part parts[OVERVIEW_PARTS];
	struct rect chart;
	struct spot charted;	 /* the spot that it shows; */
	bool is_charted;	 /* valid since the last read */
	struct spot at;		 /* the cursor */
	bool drawn;		 /* nothing changed since but the cursor, */
	struct spot drawn_at;	 /* which was there */
	enum overview_part home; /* part the cursor was put in */
	char *key;		 /* of its row, maybe hidden; NULL at first */
};

/* The order in which parts get rows when there are few. */
static const enum overview_part by_weight[] = { OVERVIEW_HEALTH, OVERVIEW_HOST,
	OVERVIEW_FORWARDS, OVERVIEW_POLICIES };

/* Layout */

static int
rule_of(const struct dashboard *d, enum overview_part p)
{
	return d->parts[p].bare ? 0 : 1;
}

static bool
beside(const struct dashboard *d)
{
	return d->area.w >= SIDE_BY_SIDE;
}

static int
health_rows(const struct dashboard *d, size_t troubles)
{
	const struct health *h = overview_health(d->overview);
	int w = d->parts[OVERVIEW_HEALTH].area.w - 2, n = 0;
	size_t i;

	for (i = 0; i < troubles; i++)
		n += lines_count(h->v[i].text, w);
	return n;
}

/* First one row and the rule for each part, in the order of by_weight; then one
 * more row to each in turn until it has what it wants. Returns the rows left.
 */
static int
share_rows(const struct dashboard *d, int h, const int *want, int *got)
{
	enum overview_part p;
	bool any = true;
	size_t i;
	int more;

	for (i = 0; i < NITEMS(by_weight); i++) {
		p = by_weight[i];
		more = 1 + rule_of(d, p);
		if (got[p] > 0 || want[p] < more || h < more)
			continue;
		got[p] = more;
		h -= more;
	}
	while (h > 0 && any) {
		any = false;
		for (i = 0; i < NITEMS(by_weight) && h > 0; i++) {
			p = by_weight[i];
			if (got[p] == 0 || got[p] >= want[p])
				continue;
			got[p]++;
			h--;
			any = true;
		}
	}
	return h;
}

/* Policies beside health share the rows of health, so they want none. */
static void
want_rows(const struct dashboard *d, size_t policies, int *want)
{
	const struct overview *o = d->overview;
	enum overview_part p;

	for (p = 0; p < OVERVIEW_HEALTH; p++)
		want[p] = rule_of(d, p) + (int)overview_size(o, p);
	if (d->parts[OVERVIEW_POLICIES].bare)
		want[OVERVIEW_POLICIES] = 0;
	else if (overview_size(o, OVERVIEW_POLICIES) > policies)
		want[OVERVIEW_POLICIES] =
		    rule_of(d, OVERVIEW_POLICIES) + (int)policies;
	want[OVERVIEW_HEALTH] =
	    rule_of(d, OVERVIEW_HEALTH) +
	    health_rows(d, overview_size(o, OVERVIEW_HEALTH));
	if (!beside(d))
		return;
	if (want[OVERVIEW_HEALTH] < want[OVERVIEW_POLICIES])
		want[OVERVIEW_HEALTH] = want[OVERVIEW_POLICIES];
	want[OVERVIEW_POLICIES] = 0;
}

/* Shares the rows of the screen; returns those of the chart, which no part
 * wants. */
static int
fit_rows(const struct dashboard *d, int *got)
{
	int h = d->area.h, chart = h >= LARGE ? h / 4 : 0;
	int want[OVERVIEW_PARTS];

	want_rows(d, DEFAULTS, want);
	h = share_rows(d, h - chart, want, got);
	if (chart == 0 && h >= CHART_MIN) {
		chart = CHART_MIN;
		h -= CHART_MIN;
	}
	want_rows(d, SIZE_MAX, want);
	h = share_rows(d, h, want, got);
	return chart > 0 ? chart + h : 0;
}

/* The number of troubles that begin within these rows. */
static size_t
troubles_shown(const struct dashboard *d, int rows)
{
	size_t n = overview_size(d->overview, OVERVIEW_HEALTH);

	while (n > 0 && health_rows(d, n - 1) >= rows)
		n--;
	return n;
}

static void
fill_part(struct dashboard *d, enum overview_part p, int h)
{
	struct part *part = &d->parts[p];
	int rows = h - rule_of(d, p);

	part->area.h = h;
	if (rows <= 0)
		part->rows = 0;
	else if (p == OVERVIEW_HEALTH)
		part->rows = troubles_shown(d, rows);
	else
		part->rows = overview_grid(d->overview, p, (size_t)rows)->nrows;
}

static void
layout(struct dashboard *d)
{
	struct part *policies = &d->parts[OVERVIEW_POLICIES],
		    *health = &d->parts[OVERVIEW_HEALTH];
	int got[OVERVIEW_PARTS] = { 0 }, y = d->area.y, chart;
	enum overview_part p;

	for (p = 0; p < OVERVIEW_PARTS; p++) {
		d->parts[p].area = d->area;
		d->parts[p].bare =
		    d->area.h < (p == OVERVIEW_HOST ? BAREST : BARE);
	}
	if (beside(d)) {
		policies->area.w = d->area.w * 9 / 20;
		health->area.x += policies->area.w;
		health->area.w -= policies->area.w--; /* a blank between */
	}
	chart = fit_rows(d, got);
	if (beside(d))
		got[OVERVIEW_POLICIES] = got[OVERVIEW_HEALTH];
	for (p = 0; p < OVERVIEW_PARTS; p++) {
		d->parts[p].area.y = y;
		fill_part(d, p, got[p]);
		if (!beside(d) || p != OVERVIEW_POLICIES)
			y += got[p];
	}
	d->chart = (struct rect){ y, d->area.x, chart, d->area.w };
}

/* The cursor */

static bool
is_on(const struct dashboard *d, enum overview_part p, size_t row,
    const char *key)
{
	struct overview_row r;
	bool same;

	overview_read(d->overview, p, row, &r);
	same = strcmp(r.key, key) == 0;
	overview_row_free(&r);
	return same;
}

static void
go(struct dashboard *d, enum overview_part p, size_t row)
{
	struct overview_row r;

	d->home = p;
	d->at = (struct spot){ p, row };
	overview_read(d->overview, p, row, &r);
	free(d->key);
	d->key = xstrdup(r.key);
	overview_row_free(&r);
	app_moved(d->app);
}

/* The next part with rows in that direction, or the current one when there is
 * none. */
static enum overview_part
step(const struct dashboard *d, int by)
{
	int p = (int)d->at.part;

	do
		p += by;
	while (p >= 0 && p < OVERVIEW_PARTS && d->parts[p].rows == 0);
	return p >= 0 && p < OVERVIEW_PARTS ? (enum overview_part)p
					    : d->at.part;
}

/* Puts the cursor on the row of its key, or else keeps its place. */
static void
restore_cursor(struct dashboard *d)
{
	size_t rows, i;

	d->at.part = d->home;
	if (d->parts[d->at.part].rows == 0)
		d->at.part = step(d, step(d, -1) != d->at.part ? -1 : 1);
	rows = d->parts[d->at.part].rows;
	if (d->at.row >= rows)
		d->at.row = rows > 0 ? rows - 1 : 0;
	if (d->key == NULL || d->at.part != d->home || rows == 0 ||
	    is_on(d, d->at.part, d->at.row, d->key))
		return;
	for (i = 0; i < rows; i++)
		if (is_on(d, d->at.part, i, d->key))
			d->at.row = i;
}

static void
drop_overview(struct dashboard *d)
{
	overview_free(d->overview);
	d->overview = NULL;
	d->is_charted = false;
}

/* Reads the host again if it changed. */
static void
freshen(struct dashboard *d)
{
	if (d->overview != NULL && !d->moved)
		return;
	if (d->overview == NULL)
		d->overview = overview_new(d->app->host);
	else if (d->round != counting_round(d->app->host))
		overview_rank(d->overview);
	d->round = counting_round(d->app->host);
	d->moved = false;
	d->version = host_version(d->app->host);
	d->drawn = false;
	layout(d);
	restore_cursor(d);
}

/* Drawing */

static void
draw_health(const struct dashboard *d, size_t selected)
{
	const struct part *part = &d->parts[OVERVIEW_HEALTH];
	const struct health *h = overview_health(d->overview);
	struct rect body = part->area, one;
	size_t i;

	if (!part->bare) {
		one = rect_top(&body, 1);
		draw_rule(one.y, one.x, one.w, _("Health"));
	}
	for (i = 0; i < part->rows; i++) {
		one =
		    rect_top(&body, health_rows(d, i + 1) - health_rows(d, i));
		if (i == selected)
			grid_mark(one.y, one.x);
		one.x++;
		one.w -= 2;
		lines_draw(h->v[i].text, &one);
	}
}

/* Charts the object under the cursor, once the cursor rests; if it has no
 * traffic, all of the host. */
static void
draw_chart(struct dashboard *d)
{
	struct rect body = d->chart, head = rect_top(&body, 1);
	struct overview_row r;
	struct buf b = { 0 };

	if (!d->app->moving || !d->is_charted)
		d->charted = d->at;
	d->is_charted = true;
	overview_read(d->overview, d->charted.part, d->charted.row, &r);
	if (r.name == NULL && d->parts[OVERVIEW_HOST].rows > 0) {
		overview_row_free(&r);
		overview_read(d->overview, OVERVIEW_HOST, 0, &r);
	}
	if (r.name != NULL) {
		buf_printf(&b, _("%s, the last 60 s"), r.name);
		draw_rule(head.y, head.x, head.w, buf_text(&b));
		buf_reset(&b);
		traffic_lines(d->app->host, &r.traffic, body.h, body.w - 2, &b);
		body.x++;
		body.w -= 2;
		lines_draw(buf_text(&b), &body);
	}
	overview_row_free(&r);
	buf_free(&b);
}

static void
dashboard_draw(void *self, const struct rect *area)
{
	struct dashboard *d = self;
	const struct part *part;
	enum overview_part p;
	size_t selected;

	if (memcmp(&d->area, area, sizeof(*area)) != 0)
		drop_overview(d);
	d->area = *area;
	freshen(d);
	overview_see(d->overview, d->app->writable);
	for (p = 0; p < OVERVIEW_PARTS; p++) {
		part = &d->parts[p];
		selected = p == d->at.part ? d->at.row : SIZE_MAX;
		if (part->rows == 0)
			continue;
		if (p == OVERVIEW_HEALTH)
			draw_health(d, selected);
		else
			grid_draw(overview_shown(d->overview, p), &part->area,
			    part->bare, selected);
	}
	if (d->chart.h > 0)
		draw_chart(d);
	d->drawn = true;
	d->drawn_at = d->at;
}

static struct rect
mark_of(const struct dashboard *d, struct spot s)
{
	struct rect r = d->parts[s.part].area;

	r.y += rule_of(d, s.part);
	r.y += s.part == OVERVIEW_HEALTH ? health_rows(d, s.row) : (int)s.row;
	r.h = r.w = 1;
	return r;
}

/* The chart stays on its row while the cursor moves. */
static bool
dashboard_redraw(void *self)
{
	struct dashboard *d = self;
	struct rect mark;

	if (!d->drawn || d->moved || !d->app->moving)
		return false;
	mark = mark_of(d, d->drawn_at);
	draw_fill(&mark, ROLE_TEXT);
	mark = mark_of(d, d->at);
	grid_mark(mark.y, mark.x);
	d->drawn_at = d->at;
	return true;
}

/* Actions */

static void
up(void *self)
{
	struct dashboard *d = self;
	enum overview_part p = step(d, -1);

	if (d->at.row > 0)
		go(d, d->at.part, d->at.row - 1);
	else if (p != d->at.part)
		go(d, p, d->parts[p].rows - 1);
}

static void
down(void *self)
{
	struct dashboard *d = self;
	enum overview_part p = step(d, 1);

	if (d->at.row + 1 < d->parts[d->at.part].rows)
		go(d, d->at.part, d->at.row + 1);
	else if (p != d->at.part)
		go(d, p, 0);
}

static void
next(void *self)
{
	struct dashboard *d = self;

	go(d, step(d, 1), 0);
}

static void
previous(void *self)
{
	struct dashboard *d = self;

	go(d, step(d, -1), 0);
}

/* Shows what has no screen of its own in a dialog. */
static void
show(struct dashboard *d, const char *name)
{
	const struct host *h = d->app->host;
	const struct link *l =
	    name != NULL ? snapshot_link(&h->snapshot, name) : NULL;
	struct buf b = { 0 };

	if (l != NULL) {
		link_state(l, &b);
		link_addresses(h, NSID_SELF, l->index, &b);
	} else if (d->at.part == OVERVIEW_HEALTH) {
		buf_add(&b, overview_health(d->overview)->v[d->at.row].text);
	}
	dialog_text(
	    d->app->ui, l != NULL ? l->name : _("Health"), buf_text(&b), true);
	buf_free(&b);
}

static void
enter(void *self)
{
	struct dashboard *d = self;
	struct overview_row r;

	overview_read(d->overview, d->at.part, d->at.row, &r);
	if (r.tab != TAB_DASHBOARD)
		trail_go(d->app, r.tab, NULL, r.key[0] != '\0' ? r.key : NULL);
	else
		show(d, r.name);
	overview_row_free(&r);
}

static void
back(void *self)
{
	struct dashboard *d = self;

	trail_back(d->app);
}

static const struct act acts[] = {
	{ ACT_BACK, back },
	{ ACT_UP, up },
	{ ACT_DOWN, down },
	{ ACT_NEXT, next },
	{ ACT_PREVIOUS, previous },
	{ ACT_ENTER, enter },
	{ 0 },
};

static int
dashboard_act(void *self, int id)
{
	struct dashboard *d = self;

	freshen(d);
	return d->parts[d->at.part].rows > 0 ? act_run(acts, id, self) : id;
}

static const struct action dashboard_actions[] = {
	{ ACT_UP, { K_UP, 'k' }, "up", NULL, N_("one row up") },
	{ ACT_DOWN, { K_DOWN, 'j' }, "down", NULL, N_("one row down") },
	{ ACT_NEXT, { K_TAB, K_RIGHT, 'l' }, "next", NULL,
	    N_("the next part") },
	{ ACT_PREVIOUS, { K_BACK_TAB, K_LEFT, 'h' }, "previous", NULL,
	    N_("the previous part") },
	{ ACT_ENTER, { K_ENTER }, "enter", N_("Open"),
	    N_("go to the screen with the details; Esc comes back") },
	{ ACT_MENU, { 'n' }, "new", N_("New"),
	    N_("a form for a statement of any kind") },
	{ 0 },
};

static int
dashboard_open(
    void *self, struct ui *ui, const void *arg UNUSED, struct err *e UNUSED)
{
	struct dashboard *d = self;

	d->app = app_of(ui);
	return 0;
}

static void
dashboard_changed(void *self)
{
	struct dashboard *d = self;

	d->moved = true;
	d->is_charted = false;
	if (d->version != host_version(d->app->host) ||
	    ui_shown(d->app->ui) != TAB_DASHBOARD)
		drop_overview(d);
}

static void
dashboard_close(void *self)
{
	struct dashboard *d = self;

	drop_overview(d);
	free(d->key);
}

static void
dashboard_status(void *self, struct buf *b)
{
	const struct dashboard *d = self;

	buf_add(b, _("Enter: details   Tab: the next part   "));
	app_rates(d->app, b);
	app_ranks(d->app, b);
}

const struct view_ops screen_dashboard = {
	.name = N_("Dash"),
	.word = "dashboard",
	.help = N_("Traffic and health at a glance. Rates are on the way to "
		   "each object: in is away from the Internet. The other "
		   "screens have the details: Enter goes there."),
	.size = sizeof(struct dashboard),
	.actions = (const struct action *const[]){ dashboard_actions,
	    candidate_actions, NULL },
	.open = dashboard_open,
	.close = dashboard_close,
	.draw = dashboard_draw,
	.redraw = dashboard_redraw,
	.act = dashboard_act,
	.changed = dashboard_changed,
	.status = dashboard_status,
};
