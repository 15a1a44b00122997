/* Rates, and the minutes that they came from. */
#include "config.h"

#include "screens/traffic.h"

#include <string.h>
#include <time.h>

#include "core/base/intl.h"
#include "core/base/number.h"
#include "tui/chart.h"
#include "tui/term.h"

#define LABELS 19 /* columns before a chart */
#define VALUE 14  /* the column after the rate of a label, */
#define SCALE 18  /* and after a mark of the scale */
#define FAR_BEYOND 2
#define CLOCK 5 /* columns of "12:03" */

/* Rows of a chart from which there is more than the rates. */
#define PEAK_FROM 3
#define MIDDLE_FROM 4
#define MEAN_FROM 7

static uint64_t
rate_of(const struct series *s)
{
	double rate = series_rate(s);

	return rate >= 0 ? (uint64_t)rate : NUMBER_UNKNOWN;
}

void
traffic_rate(const struct host *h, const struct series *s, struct buf *b)
{
	number_rate(b, rate_of(s), h->bits);
}

void
traffic_cell(const struct host *h, const struct series *s, struct buf *b)
{
	number_cell(b, series_rate(s) * (h->bits ? 8 : 1));
}

/* The axis */

/* How many columns of its minute are before a column. */
static int
of_minute(const struct host *h, long column)
{
	return (int)(meters_column_clock(h->meters, column) /
		     (METER_COLUMN_MS / 1000) % METER_MINUTE);
}

#define HAS_MINUTES (2 * METER_MINUTE) /* columns, of a chart that shows them */
#define STEP (METER_MINUTE / 4)	       /* of one that does not */

/* The column after the right edge, which stands still for a minute; of a narrow
 * chart for less, or most of it would be empty then. */
static long
edge_of(const struct host *h, int w)
{
	long now = meters_column(h->meters);
	int step = w < HAS_MINUTES ? STEP : METER_MINUTE;

	return now + step - of_minute(h, now) % step;
}

/* Fills v with the n columns before the right edge. */
static void
read_columns(const struct host *h, const struct series *s, uint64_t *v, int n)
{
	long c = edge_of(h, n) - n;
	double rate;
	int i;

	for (i = 0; i < n; i++, c++) {
		rate = series_at(h->meters, s, c);
		v[i] = rate >= 0 ? (uint64_t)rate : NUMBER_UNKNOWN;
	}
}

static uint64_t
mean(const uint64_t *v, int n)
{
	uint64_t sum = 0, known = 0;
	int i;

	for (i = 0; i < n; i++) {
		if (v[i] == NUMBER_UNKNOWN)
			continue;
		sum += v[i];
		known++;
	}
	return known > 0 ? sum / known : NUMBER_UNKNOWN;
}

static uint64_t
largest_rate(const struct traffic *t)
{
	uint64_t in = rate_of(t->in), out = rate_of(t->out);

	in = in != NUMBER_UNKNOWN ? in : 0;
	return out != NUMBER_UNKNOWN && out > in ? out : in;
}

/* What flows now has no column for some seconds yet. It counts where it is far
 * beyond all that has, as after a first commit; no more than that, or each
 * short peak would have the chart drawn anew. */
uint64_t
traffic_peak(const struct host *h, const struct traffic *t, int w)
{
	uint64_t v[METER_COLUMNS], in, out, most, now;

	w = w < METER_COLUMNS ? w : METER_COLUMNS;
	read_columns(h, t->in, v, w);
	in = chart_largest(v, (size_t)w);
	read_columns(h, t->out, v, w);
	out = chart_largest(v, (size_t)w);
	most = in > out ? in : out;
	now = largest_rate(t);
	return now / FAR_BEYOND > most ? now : most;
}

unsigned
traffic_busy(const struct host *h, const struct traffic *t)
{
	uint64_t v = (uint64_t)(series_mean(h->meters, t->in) +
				series_mean(h->meters, t->out));
	unsigned n = 0;

	for (; v > 0; v /= 2)
		n++;
	return n;
}

/* What the clock shows when a column begins. */
static void
add_clock(const struct host *h, long column, struct buf *b)
{
	time_t t = (time_t)meters_column_clock(h->meters, column);
	char text[CLOCK + 1];
	struct tm tm;

	if (localtime_r(&t, &tm) != NULL &&
	    strftime(text, sizeof(text), "%H:%M", &tm) > 0)
		buf_add(b, text);
}

/* Each minute of a chart of w columns, where it begins. */
static void
add_minutes(const struct host *h, int w, struct buf *b)
{
	long first = edge_of(h, w) - w;
	int x = (METER_MINUTE - of_minute(h, first)) % METER_MINUTE, at = 0;

	for (; x + CLOCK <= w; x += METER_MINUTE) {
		buf_fill(b, ' ', (size_t)(x - at));
		add_clock(h, first + x, b);
		at = x + CLOCK;
	}
}

/* Sparks */

void
traffic_spark(const struct host *h, const struct traffic *t, uint64_t max,
    int w, struct buf *b)
{
	uint64_t v[METER_COLUMNS], in[METER_COLUMNS];
	struct chart c = {
		.v = v, .max = max, .h = 1, .ascii = !term_blocks()
	};
	int i;

	w = w < METER_COLUMNS ? w : METER_COLUMNS;
	read_columns(h, t->out, v, w);
	read_columns(h, t->in, in, w);
	for (i = 0; i < w; i++)
		if (in[i] != NUMBER_UNKNOWN &&
		    (v[i] == NUMBER_UNKNOWN || in[i] > v[i]))
			v[i] = in[i];
	c.n = w > 0 ? (size_t)w : 0;
	chart_row(b, &c, 0);
}

void
traffic_spark_head(const struct host *h, uint64_t max, int w, struct buf *b)
{
	struct buf scale = { 0 }, minutes = { 0 };
	int room;

	buf_add(&scale, term_blocks() ? "█=" : "#=");
	number_mark(&scale, max, h->bits);
	if (w >= HAS_MINUTES)
		add_minutes(h, w, &minutes);
	room = w - (int)text_width(buf_text(&scale)) - (int)minutes.len;
	if (room > 0)
		buf_add(b, buf_text(&minutes));
	else
		room = w - (int)text_width(buf_text(&scale));
	buf_fill(b, ' ', room > 0 ? (size_t)room : 0);
	buf_add(b, buf_text(&scale));
	buf_free(&minutes);
	buf_free(&scale);
}

/* Charts */

/* A chart being drawn. */
struct plot {
	const struct host *host;
	struct rect area;
	int x, w; /* the columns of the chart */
	int up;	  /* rows of out; those of in are behind the axis */
	uint64_t scale;
	uint64_t out[METER_COLUMNS], in[METER_COLUMNS];
};

/* The columns of a chart, whole minutes, that fits w columns with its labels;
 * 0: there is no room. */
static int
columns_of(int w)
{
	int minutes = (w - 1 - LABELS) / METER_MINUTE;

	if (minutes <= 0)
		return 0;
	return minutes * METER_MINUTE < METER_COLUMNS ? minutes * METER_MINUTE
						      : METER_COLUMNS;
}

/* A word and a rate behind it. */
static void
draw_label(const struct plot *p, int row, const char *word, uint64_t rate)
{
	int x = p->area.x + 1, y = p->area.y + row, w = (int)text_width(word);
	struct buf b = { 0 };
	int at;

	draw_text(y, x, w, ROLE_DIM, word);
	number_rate(&b, rate, p->host->bits);
	at = p->area.x + VALUE - (int)b.len;
	if (at < x + w + 1)
		at = x + w + 1;
	draw_text(y, at, (int)b.len, ROLE_TITLE, buf_text(&b));
	buf_free(&b);
}

/* Columns are means: a rate that was shown may be above all of them. */
static uint64_t
peak_of(const struct plot *p, const struct series *s)
{
	long since = edge_of(p->host, p->w) - p->w;
	uint64_t peak = chart_largest(p->out, (size_t)p->w),
		 top = (uint64_t)series_top(s, since), now = rate_of(s);

	peak = top > peak ? top : peak;
	return now != NUMBER_UNKNOWN && now > peak ? now : peak;
}

/* A mark of the scale has a row for itself. */
static void
draw_labels(const struct plot *p, const char *name, const struct traffic *t)
{
	int row = p->up > 1;

	if (name != NULL)
		draw_short(
		    p->area.y, p->area.x + 1, VALUE - 1, ROLE_CAPTION, name);
	draw_label(p, row++, _("out"), rate_of(t->out));
	if (p->up >= MEAN_FROM)
		draw_label(p, row++, _("mean"), mean(p->out, p->w));
	row += p->up >= MIDDLE_FROM && row == p->up / 2;
	if (p->up >= PEAK_FROM)
		draw_label(p, row, _("peak"), peak_of(p, t->out));
	draw_label(p, p->up, _("in"), rate_of(t->in));
}

static void
draw_mark(const struct plot *p, int row, uint64_t bytes)
{
	struct buf b = { 0 };

	number_mark(&b, bytes, p->host->bits);
	draw_text(p->area.y + row, p->x - 1 - (int)b.len, (int)b.len, ROLE_DIM,
	    buf_text(&b));
	buf_free(&b);
}

/* The column where the pending commit began; not in the chart: -1. */
static long
commit_column(const struct plot *p)
{
	const struct pending *c = &p->host->pending;
	long now = meters_column(p->host->meters),
	     width = METER_COLUMN_MS / 1000;
	long seconds, x;

	if (c->phase == PENDING_NONE)
		return -1;
	seconds = meters_column_clock(p->host->meters, now) - (long)c->when;
	x = now - (seconds > 0 ? (seconds + width - 1) / width : 0);
	return x - (edge_of(p->host, p->w) - p->w);
}

/* Marks it on the axis, where a minute that is in its way is blanked. */
static void
mark_commit(const struct plot *p, char *axis)
{
	long x = commit_column(p), i;
	struct buf mark = { 0 };

	buf_printf(&mark, "^#%u", p->host->pending.number);
	if (x >= 0 && x + (long)mark.len <= (long)strlen(axis)) {
		for (i = x; i > 0 && axis[i - 1] != ' '; i--)
			axis[i - 1] = ' ';
		for (i = x + (long)mark.len; axis[i] != '\0' && axis[i] != ' ';
		     i++)
			axis[i] = ' ';
		memcpy(axis + x, mark.s, mark.len);
	}
	buf_free(&mark);
}

static void
draw_axis(const struct plot *p)
{
	struct buf b = { 0 };

	if (p->up > 1)
		draw_mark(p, 0, p->scale);
	if (p->up >= MIDDLE_FROM)
		draw_mark(p, p->up / 2, p->scale / 2);
	draw_mark(p, p->up, 0);
	add_minutes(p->host, p->w, &b);
	if (b.len < (size_t)p->w)
		buf_fill(&b, ' ', (size_t)p->w - b.len);
	mark_commit(p, b.s);
	draw_text(p->area.y + p->up, p->x, p->w, ROLE_DIM, buf_text(&b));
	buf_free(&b);
}

static void
draw_rows(const struct plot *p)
{
	struct chart c = { .v = p->out,
		.n = (size_t)p->w,
		.max = p->scale,
		.h = p->up,
		.ascii = !term_blocks() };
	struct buf b = { 0 };
	int row;

	for (row = 0; row < p->up; row++, buf_reset(&b)) {
		chart_row(&b, &c, row);
		draw_text(p->area.y + row, p->x, p->w, ROLE_OUT, buf_text(&b));
	}
	c.v = p->in;
	c.hangs = true;
	c.h = p->area.h - p->up - 1;
	c.max = p->scale * (uint64_t)c.h / (uint64_t)p->up;
	for (row = 0; row < c.h; row++, buf_reset(&b)) {
		chart_row(&b, &c, row);
		draw_text(p->area.y + p->up + 1 + row, p->x, p->w, ROLE_IN,
		    buf_text(&b));
	}
	buf_free(&b);
}

/* For how long nobody saw anything pass: no longer than somebody looked. */
static void
add_silence(const struct host *h, const struct traffic *t, int w, struct buf *b)
{
	long begun = (long)t->in->since - 1;
	struct buf clock = { 0 };

	if (begun <= edge_of(h, w) - w) {
		buf_printf(b, _("nothing has passed in the last %d minutes"),
		    w / METER_MINUTE);
		return;
	}
	add_clock(h, begun, &clock);
	buf_printf(b, _("nothing has passed since %s"), buf_text(&clock));
	buf_free(&clock);
}

/* In place of rates and a chart of nothing. */
static void
draw_nothing(const struct plot *p, const char *name, const struct traffic *t)
{
	struct buf b = { 0 };
	int y = p->area.y;

	if (name != NULL)
		draw_text(
		    y++, p->area.x + 1, p->area.w - 1, ROLE_CAPTION, name);
	if (t->in == NULL)
		return;
	add_silence(p->host, t, p->w, &b);
	draw_text(y, p->area.x + 1, p->area.w - 2, ROLE_DIM, buf_text(&b));
	buf_free(&b);
}

static bool
is_still(const struct series *s)
{
	return series_rate(s) <= 0;
}

void
traffic_draw(const struct host *h, const char *name, const struct traffic *t,
    const struct rect *r)
{
	struct plot p = { .host = h, .area = *r, .w = columns_of(r->w) };
	uint64_t in, out;

	p.x = r->x + r->w - 1 - p.w;
	p.up = r->h > 2 ? r->h - 2 : r->h - 1;
	if (p.up < 1)
		return;
	read_columns(h, t->out, p.out, p.w);
	read_columns(h, t->in, p.in, p.w);
	in = chart_largest(p.in, (size_t)p.w);
	out = chart_largest(p.out, (size_t)p.w);
	if (p.w > METER_MINUTE && in == 0 && out == 0 && is_still(t->in) &&
	    is_still(t->out)) {
		draw_nothing(&p, name, t);
		return;
	}
	draw_labels(&p, name, t);
	if (p.w == 0 || (in == 0 && out == 0))
		return;
	p.scale = number_scale(NULL, traffic_peak(h, t, p.w), h->bits);
	draw_axis(&p);
	draw_rows(&p);
}
