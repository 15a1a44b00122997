/* Screen 1: what is wrong, what flows.
 *
 * The screen has parts (enum overview_part), from the top down, and a chart
 * between the troubles and the rest. The data is an overview, read when the
 * host or the size of the screen changed and ranked again when counters did.
 *
 * layout() gives rows to the parts: what each needs at least, the most
 * important part first (by_weight), then a few to each in turn, blank rows
 * between parts, and what is left in turn again. With one uplink the chart
 * stands for it: its first row is that uplink's.
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
#include "screens/diagnosis.h"
#include "screens/lately.h"
#include "screens/logbook.h"
#include "screens/overview.h"
#include "screens/trail.h"
#include "tui/term.h"

#define BARE 10		 /* rows below which parts have no captions */
#define CHART_FROM 12	 /* rows from which there is a chart: */
#define CHART 6		 /* of so many, */
#define CHART_TROUBLED 4 /* or less where something is wrong, */
#define CHART_TALL 10	 /* or more where there is room: */
#define TALL 40		 /* from so many rows on, */
#define TALL_PARTS 36	 /* and a row for each refusal, and for */
#define LATELY 8	 /* that many of the log: */
#define SOON_MS 100	 /* until it is read, */
#define LATER_MS 2000	 /* and once more when something happened */
#define SOME 6		 /* rows that a part gets before blank ones do */
#define LABEL_BAR 16	 /* columns of the bar on a line of text */

/* A part of the screen; one without room has no rows. */
struct part {
	struct rect area;
	bool bare;   /* without a caption */
	size_t rows; /* that the cursor can be on */
	int bar;     /* columns of the cursor there */
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
	struct lately lately;	   /* what was logged, */
	bool asked;		   /* and whether it is, or is being read */
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
static const enum overview_part by_weight[] = { OVERVIEW_TROUBLE,
	OVERVIEW_FORWARDS, OVERVIEW_UPLINKS, OVERVIEW_CONTAINERS,
	OVERVIEW_REFUSED, OVERVIEW_LATELY };

/* Layout */

/* Whether the chart stands for the only uplink. */
static bool
is_chart(const struct dashboard *d, enum overview_part p)
{
	return p == OVERVIEW_UPLINKS && d->chart.h > 0 &&
	       overview_size(d->overview, p) == 1;
}

static int
caption_of(const struct dashboard *d, enum overview_part p)
{
	return d->parts[p].bare || is_chart(d, p) ? 0 : 1;
}

/* The rows that a part would fill. */
static int
wanted(const struct dashboard *d, enum overview_part p)
{
	int n = (int)overview_size(d->overview, p), caption = caption_of(d, p);

	if (is_chart(d, p))
		return 0;
	if (p == OVERVIEW_TROUBLE)
		return n < 2 || n < d->area.h / 3 ? n : d->area.h / 3 + 1;
	if (p == OVERVIEW_REFUSED && d->area.h < TALL_PARTS)
		return caption;
	if (p == OVERVIEW_LATELY)
		n = d->area.h < TALL_PARTS ? 0 : n < LATELY ? n : LATELY;
	if (p == OVERVIEW_FORWARDS && n == 0)
		return caption + 1;
	return n > 0 ? caption + n : 0;
}

/* One more row to each part in turn, until it has what it wants, or so many.
 * Returns the rows left. */
static int
share(const struct dashboard *d, int h, int most, int *got)
{
	bool any = true;
	enum overview_part p;
	size_t i;

	while (h > 0 && any) {
		any = false;
		for (i = 0; i < NITEMS(by_weight) && h > 0; i++) {
			p = by_weight[i];
			if (got[p] == 0 || got[p] >= wanted(d, p) ||
			    got[p] >= most)
				continue;
			got[p]++;
			h--;
			any = true;
		}
	}
	return h;
}

/* The least that makes sense: the caption and a row. */
static int
share_least(const struct dashboard *d, int h, int *got)
{
	enum overview_part p;
	size_t i;
	int least;

	for (i = 0; i < NITEMS(by_weight); i++) {
		p = by_weight[i];
		least = 1 + caption_of(d, p);
		if (least > wanted(d, p))
			least = wanted(d, p);
		if (h < least)
			continue;
		got[p] = least;
		h -= least;
	}
	return h;
}

/* Blank rows after parts that have some. */
static int
share_blanks(int h, const int *got, bool *blank)
{
	static const enum overview_part order[] = { OVERVIEW_TROUBLE,
		OVERVIEW_FORWARDS, OVERVIEW_CONTAINERS, OVERVIEW_UPLINKS,
		OVERVIEW_REFUSED };
	size_t i;

	for (i = 0; i < NITEMS(order) && h > 0; i++) {
		if (got[order[i]] == 0 ||
		    (order[i] == OVERVIEW_REFUSED && got[OVERVIEW_LATELY] == 0))
			continue;
		blank[order[i]] = true;
		h--;
	}
	return h;
}

static int
chart_rows(const struct dashboard *d)
{
	if (d->area.h < CHART_FROM)
		return 0;
	if (d->area.h >= TALL)
		return CHART_TALL;
	return overview_size(d->overview, OVERVIEW_TROUBLE) > 0 ? CHART_TROUBLED
								: CHART;
}

static void
fill_part(struct dashboard *d, enum overview_part p, int h)
{
	struct part *part = &d->parts[p];
	int rows = h - caption_of(d, p);

	part->area.h = h;
	part->rows = 0;
	if (is_chart(d, p))
		part->rows = 1;
	else if (p == OVERVIEW_TROUBLE)
		part->rows = (size_t)h;
	else if (h > 0)
		part->rows = overview_grid(
		    d->overview, p, part->area.w, rows > 0 ? (size_t)rows : 0)
				 ->nrows;
}

static void
layout(struct dashboard *d)
{
	int got[OVERVIEW_PARTS] = { 0 }, y = d->area.y, h;
	bool blank[OVERVIEW_PARTS] = { false };
	enum overview_part p;

	d->chart = d->area;
	d->chart.h = chart_rows(d);
	for (p = 0; p < OVERVIEW_PARTS; p++) {
		d->parts[p].area = d->area;
		d->parts[p].bare = p == OVERVIEW_TROUBLE ||
				   (d->area.h < BARE && p != OVERVIEW_UPLINKS);
	}
	h = share_least(d, d->area.h - d->chart.h, got);
	h = share(d, h, SOME, got);
	h = share_blanks(h, got, blank);
	share(d, h, d->area.h, got);
	for (p = 0; p < OVERVIEW_PARTS; p++) {
		if (p == OVERVIEW_UPLINKS) {
			d->chart.y = y;
			y += d->chart.h + (d->area.h >= TALL);
		}
		d->parts[p].area.y = y;
		fill_part(d, p, got[p]);
		y += got[p] + blank[p];
	}
	if (is_chart(d, OVERVIEW_UPLINKS))
		d->parts[OVERVIEW_UPLINKS].area.y = d->chart.y;
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

/* Where the cursor is as long as nobody moved it. */
static enum overview_part
first_home(const struct dashboard *d)
{
	return d->parts[OVERVIEW_TROUBLE].rows > 0 ? OVERVIEW_TROUBLE
						   : OVERVIEW_FORWARDS;
}

/* Puts the cursor on the row of its key, or else keeps its place. */
static void
restore_cursor(struct dashboard *d)
{
	size_t rows, i;

	if (d->key == NULL)
		d->home = first_home(d);
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

static void
read_overview(struct dashboard *d)
{
	d->overview = overview_new(d->app->host, &d->lately.book);
	diagnosis_take(d->app, overview_health(d->overview));
}

/* Reads the host again if it changed. */
static void
freshen(struct dashboard *d)
{
	if (d->overview != NULL && !d->moved)
		return;
	if (d->overview == NULL)
		read_overview(d);
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

/* A line of text, the start of which the cursor covers. */
static void
draw_trouble(const struct dashboard *d, size_t row, bool selected)
{
	const struct trouble *t = overview_trouble(d->overview, row);
	char *line = xstrndup(t->text, strcspn(t->text, "\n"));
	enum role role = role_of_line(line);
	int y = d->parts[OVERVIEW_TROUBLE].area.y + (int)row, x = d->area.x;
	struct buf b = { 0 };

	buf_printf(
	    &b, "%c%c %s", selected ? '>' : ' ', t->cured ? '~' : '!', line);
	if (d->area.w > 2 * LABEL_BAR)
		draw_short(y, x, d->area.w - 1, ROLE_TEXT, buf_text(&b));
	else /* the bar has no more of it than this */
		draw_text(y, x, d->area.w - 1, ROLE_TEXT, buf_text(&b));
	draw_text(
	    y, x + 1, 1, t->cured ? ROLE_CHANGED : role, t->cured ? "~" : "!");
	draw_first(y, x + 3, d->area.w - 4, role, line);
	if (selected) {
		draw_pad(y, x, term_quick() ? d->area.w : LABEL_BAR,
		    ROLE_SELECTED, buf_text(&b));
		draw_cursor(y, x);
	}
	buf_free(&b);
	free(line);
}

/* The first row of the chart, which the cursor can be on. */
static void
draw_name(const struct dashboard *d, bool selected)
{
	int y = d->chart.y, x = d->chart.x;

	draw_text(y, x, 1, selected ? ROLE_SELECTED : ROLE_TEXT,
	    selected ? ">" : " ");
	if (selected)
		draw_cursor(y, x);
}

/* What the cursor changes of a row. */
static void
draw_bar(const struct dashboard *d, struct spot s, bool selected)
{
	const struct part *part = &d->parts[s.part];
	int y = part->area.y + caption_of(d, s.part) + (int)s.row;

	if (s.part == OVERVIEW_TROUBLE)
		draw_trouble(d, s.row, selected);
	else if (is_chart(d, s.part))
		draw_name(d, selected);
	else
		grid_draw_bar(overview_shown(d->overview, s.part), s.row, y,
		    part->area.x, part->bar, selected);
}

/* Charts the object under the cursor, once the cursor rests; the uplink if that
 * has no traffic, or nobody has moved the cursor. */
static void
draw_chart(struct dashboard *d)
{
	struct overview_row r;

	if (!d->app->moving || !d->is_charted)
		d->charted = d->at;
	d->is_charted = true;
	overview_read(d->overview, d->charted.part, d->charted.row, &r);
	if ((r.traffic.in == NULL || d->key == NULL) &&
	    overview_size(d->overview, OVERVIEW_UPLINKS) > 0) {
		overview_row_free(&r);
		overview_read(d->overview, OVERVIEW_UPLINKS, 0, &r);
	}
	if (r.name != NULL)
		traffic_draw(d->app->host, r.name, &r.traffic, &d->chart);
	overview_row_free(&r);
}

static bool
has_rows(const struct dashboard *d)
{
	return d->parts[d->at.part].rows > 0;
}

static void
draw_part(struct dashboard *d, enum overview_part p)
{
	struct part *part = &d->parts[p];
	size_t selected = p == d->at.part ? d->at.row : SIZE_MAX, i;

	if (p == OVERVIEW_TROUBLE)
		for (i = 0; i < part->rows; i++)
			draw_trouble(d, i, i == selected);
	else if (is_chart(d, p))
		draw_name(d, selected == 0);
	else if (part->area.h > 0)
		part->bar = grid_draw(overview_shown(d->overview, p),
		    &part->area, part->bare, selected);
}

static void
dashboard_draw(void *self, const struct rect *area)
{
	struct dashboard *d = self;
	enum overview_part p;

	d->app->bare = false;
	if (memcmp(&d->area, area, sizeof(*area)) != 0) {
		d->moved = true;
		d->is_charted = false;
	}
	if (area->h >= TALL_PARTS && !d->asked)
		lately_read(&d->lately, SOON_MS);
	d->asked = area->h >= TALL_PARTS;
	d->area = *area;
	freshen(d);
	overview_see(d->overview, d->app->writable);
	if (d->chart.h > 0 && has_rows(d))
		draw_chart(d);
	for (p = 0; p < OVERVIEW_PARTS; p++)
		draw_part(d, p);
	d->drawn = true;
	d->drawn_at = d->at;
}

/* The chart stays on its row while the cursor moves. */
static bool
dashboard_redraw(void *self)
{
	struct dashboard *d = self;

	if (!d->drawn || d->moved || !d->app->moving || !has_rows(d))
		return false;
	draw_bar(d, d->drawn_at, false);
	draw_bar(d, d->at, true);
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
first(void *self)
{
	struct dashboard *d = self;
	enum overview_part p = 0;

	while (d->parts[p].rows == 0)
		p++;
	go(d, p, 0);
}

static void
last(void *self)
{
	struct dashboard *d = self;
	enum overview_part p = OVERVIEW_PARTS - 1;

	while (d->parts[p].rows == 0)
		p--;
	go(d, p, d->parts[p].rows - 1);
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

static void
enter(void *self)
{
	struct dashboard *d = self;
	struct overview_row r;

	if (d->at.part == OVERVIEW_LATELY) {
		logbook_open(d->app);
		return;
	}
	overview_read(d->overview, d->at.part, d->at.row, &r);
	trail_go(d->app, r.tab, NULL, r.key);
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
	{ ACT_HOME, first },
	{ ACT_END, last },
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
	{ ACT_HOME, { K_HOME, 'g' }, "first", NULL, N_("the first row") },
	{ ACT_END, { K_END, 'G' }, "last", NULL, N_("the last row") },
	{ ACT_FILTER, { '/', K_F(3), K_F(4) }, "filter", NULL,
	    N_("say which screens have lists to filter") },
	{ ACT_SORT, { 's', K_F(6) }, "sort", NULL,
	    N_("say which have lists to sort") },
	{ ACT_ENTER, { K_ENTER }, "enter", N_("Open"),
	    N_("go to the screen with the details; Esc comes back") },
	{ ACT_MENU, { 'n', K_INSERT, 'a', 'i' }, "new", N_("New"),
	    N_("a form for a statement of any kind") },
	{ 0 },
};

static void
on_logged(void *arg)
{
	struct dashboard *d = arg;

	drop_overview(d);
	ui_dirty(d->app->ui);
}

static int
dashboard_open(
    void *self, struct ui *ui, const void *arg UNUSED, struct err *e UNUSED)
{
	struct dashboard *d = self;

	d->app = app_of(ui);
	lately_open(&d->lately, d->app->loop, on_logged, d);
	return 0;
}

static void
dashboard_changed(void *self)
{
	struct dashboard *d = self;

	d->moved = true;
	d->is_charted = false;
	if (ui_shown(d->app->ui) != TAB_DASHBOARD)
		d->asked = false;
	if (d->asked && d->version != host_version(d->app->host))
		lately_read(&d->lately, LATER_MS);
	if (d->version != host_version(d->app->host) ||
	    ui_shown(d->app->ui) != TAB_DASHBOARD)
		drop_overview(d);
}

static void
dashboard_close(void *self)
{
	struct dashboard *d = self;

	drop_overview(d);
	lately_close(&d->lately);
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
	.help = N_("Traffic and health at a glance. In is what comes from "
		   "the Internet, out what goes there. The other screens have "
		   "the details: Enter goes there."),
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
