/* The pane of a list: what there is to tell about one of its rows. */
#include "config.h"

#include "screens/pane.h"

#include "tui/lines.h"

#define PANE_FROM 14	/* rows of the screen that have room for one */
#define BESIDE_FROM 150 /* columns that have room for it beside the list */
#define PANE_MAX 28
#define CHART_MIN 3 /* rows of a chart: one of out, the axis, one of in */
#define CHART_MAX 5

struct rect
pane_cut(struct rect *screen, size_t rows)
{
	struct rect r = *screen;
	int n = screen->h - 2 - (int)rows;

	if (screen->h < PANE_FROM)
		return (struct rect){ 0 };
	if (screen->w >= BESIDE_FROM) {
		r.w = screen->w * 2 / 5;
		screen->w -= r.w + 1;
		r.x += screen->w + 1;
		return r;
	}
	if (n < screen->h / 3)
		n = screen->h / 3;
	r = rect_bottom(screen, n < PANE_MAX ? n : PANE_MAX);
	rect_bottom(screen, 1);
	return r;
}

/* The chart is below the lines; where both do not fit it keeps a few rows, and
 * with so few only the rates are told. */
static void
draw_chart(
    const struct host *h, const struct traffic *t, struct rect *r, int lines)
{
	int rows = r->h - lines < CHART_MIN ? CHART_MIN : r->h - lines;
	struct rect chart = rect_bottom(r, rows);

	if (chart.h > CHART_MAX)
		rect_top(&chart, 1);
	chart.h = chart.h > CHART_MAX ? CHART_MAX : chart.h;
	chart.x--;
	chart.w += 2;
	traffic_draw(h, NULL, t, &chart);
}

void
pane_draw(const struct host *h, const struct pane *p, struct rect r)
{
	struct rect head = rect_top(&r, 1);
	int lines;

	draw_caption(head.y, head.x, head.w, p->role, p->caption);
	r.x++;
	r.w -= 2;
	if (p->top != NULL)
		p->top(h, p->row, &r);
	lines = lines_count(p->lines, r.w);
	if (p->traffic != NULL &&
	    (!p->lines_first ||
		(p->traffic->in != NULL && r.h - lines > CHART_MIN)))
		draw_chart(h, p->traffic, &r, lines);
	lines_draw(p->lines, &r);
}
