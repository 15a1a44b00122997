/* Screen 1: what flows, and what is wrong, at a glance. */
#include "config.h"

#include "screens/dashboard.h"

#include "core/intl.h"
#include "screens/app.h"
#include "screens/lines.h"
#include "screens/overview.h"

#define SIDE_BY_SIDE 76 /* columns from which two sections share rows */

struct dashboard {
	struct app *app;
	struct overview *overview; /* NULL when it must be read anew */
};

/* Sections, in the order of the screen */

enum section { LINKS, FORWARDS, CONTAINERS, POLICIES, HEALTH, SECTIONS };

/* Which gets rows first when there are few. */
static const enum section by_weight[] = { HEALTH, LINKS, FORWARDS, CONTAINERS,
	POLICIES };

static const enum overview_part parts[] = {
	[LINKS] = OVERVIEW_LINKS,
	[FORWARDS] = OVERVIEW_FORWARDS,
	[CONTAINERS] = OVERVIEW_CONTAINERS,
	[POLICIES] = OVERVIEW_POLICIES,
};

static void
draw_part(const struct overview *o, enum section s, const struct rect *r)
{
	grid_draw(overview_grid(o, parts[s]), r);
}

static void
draw_health(const struct overview *o, struct rect r)
{
	struct rect head = rect_top(&r, 1);

	if (head.h == 0)
		return;
	draw_rule(head.y, head.x, head.w, "Health");
	r.x++;
	r.w--;
	lines_draw(overview_health(o), &r);
}

/* The rows each section would like, its rule counted; those that share the
 * rows of another want none. */
static void
want_rows(const struct overview *o, int w, int want[static SECTIONS])
{
	enum section s;

	for (s = LINKS; s < HEALTH; s++)
		want[s] = 1 + (int)overview_grid(o, parts[s])->nrows;
	want[HEALTH] = 1 + lines_count(overview_health(o), w - 1);
	if (w < SIDE_BY_SIDE)
		return;
	if (want[CONTAINERS] < want[POLICIES])
		want[CONTAINERS] = want[POLICIES];
	want[POLICIES] = 0;
}

/* First a rule and a row for each, the weightiest first, then a row to each in
 * turn. A rule without a row is nothing. */
static void
share_rows(int h, const int want[static SECTIONS], int got[static SECTIONS])
{
	enum section s;
	bool any = true;
	size_t i;

	for (i = 0; i < SECTIONS; i++) {
		s = by_weight[i];
		got[s] = want[s] >= 2 && h >= 2 ? 2 : 0;
		h -= got[s];
	}
	while (h > 0 && any) {
		any = false;
		for (i = 0; i < SECTIONS && h > 0; i++) {
			s = by_weight[i];
			if (got[s] == 0 || got[s] >= want[s])
				continue;
			got[s]++;
			h--;
			any = true;
		}
	}
}

static void
draw_pair(const struct overview *o, const struct rect *r)
{
	struct rect left = *r, right = *r;

	left.w = r->w * 11 / 20;
	right.x += left.w;
	right.w -= left.w;
	draw_part(o, CONTAINERS, &left);
	draw_part(o, POLICIES, &right);
}

static void
dashboard_draw(void *self, const struct rect *area)
{
	struct dashboard *d = self;
	const struct overview *o;
	int want[SECTIONS], got[SECTIONS];
	struct rect rest = *area, r;
	enum section s;

	if (d->overview == NULL)
		d->overview = overview_new(d->app->host);
	o = d->overview;
	want_rows(o, area->w, want);
	share_rows(area->h, want, got);
	for (s = 0; s < SECTIONS; s++) {
		r = rect_top(&rest, got[s]);
		if (r.h == 0)
			continue;
		if (s == HEALTH)
			draw_health(o, r);
		else if (s == CONTAINERS && want[POLICIES] == 0)
			draw_pair(o, &r);
		else
			draw_part(o, s, &r);
	}
}

static int
dashboard_open(void *self, struct ui *ui, const void *arg UNUSED,
    struct err *e UNUSED)
{
	struct dashboard *d = self;

	d->app = app_of(ui);
	return 0;
}

static void
dashboard_changed(void *self)
{
	struct dashboard *d = self;

	overview_free(d->overview);
	d->overview = NULL;
}

static void
dashboard_status(void *self UNUSED, struct buf *b)
{
	buf_add(b, "2 to 6: the other screens   b: bits or bytes   "
		   ":  a command");
}

const struct view_ops screen_dashboard = {
	.name = N_("Dash"),
	.word = "dashboard",
	.help = N_("What flows, and what is wrong, at a glance. The other "
		   "screens have the details: 2 to 6, or : and their names."),
	.size = sizeof(struct dashboard),
	.actions = (const struct action *const[]){ candidate_actions, NULL },
	.open = dashboard_open,
	.close = dashboard_changed,
	.draw = dashboard_draw,
	.changed = dashboard_changed,
	.status = dashboard_status,
};
