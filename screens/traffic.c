/* Rates, and their last minute, as text. */
#include "config.h"

#include "screens/traffic.h"

#include "core/base/intl.h"
#include "core/base/number.h"
#include "tui/chart.h"
#include "tui/term.h"

#define WORD 5	 /* columns of "mean" and a blank */
#define RATE 9	 /* of "12.4 Mb/s" */
#define SCALE 12 /* of "max 500 Mb/s" */
/* Readings by which a chart scrolls at least: scrolling with each value would
 * redraw all of it each time. */
#define STEP 10

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

/* The sum of both directions in one reading; false when it is unknown. */
static bool
reading(const struct traffic *t, long number, double *sum)
{
	const struct series *s[] = { t->in, t->out };
	bool known = false;
	double rate;
	size_t i;

	*sum = 0;
	for (i = 0; i < NITEMS(s); i++) {
		rate = series_at(s[i], number);
		if (rate < 0)
			continue;
		*sum += rate;
		known = true;
	}
	return known;
}

/* The number after the newest reading. */
static long
last(const struct traffic *t)
{
	const struct series *s = t->in != NULL ? t->in : t->out;

	return s != NULL ? (long)s->reading + 1 : 0;
}

static uint64_t
mean(const struct traffic *t, long from, long to)
{
	double sum = 0, one;
	long n = 0;

	for (; from < to; from++) {
		if (!reading(t, from, &one))
			continue;
		sum += one;
		n++;
	}
	return n > 0 ? (uint64_t)(sum / (double)n) : NUMBER_UNKNOWN;
}

uint64_t
traffic_peak(const struct traffic *t)
{
	long end = last(t), i;
	double max = 0, one;

	for (i = end - METER_HISTORY; i < end; i++)
		if (reading(t, i, &one) && one > max)
			max = one;
	return (uint64_t)max;
}

unsigned
traffic_busy(const struct traffic *t)
{
	uint64_t v = (uint64_t)(series_mean(t->in) + series_mean(t->out));
	unsigned n = 0;

	for (; v > 0; v /= 2)
		n++;
	return n;
}

/* Fills v with the last minute as at most n means, each of the same readings
 * until it leaves at the left. Returns the number of values. */
static size_t
values(const struct traffic *t, int n, uint64_t v[static METER_HISTORY])
{
	long per, scroll, from, i;

	if (n <= 0)
		return 0;
	per = (METER_HISTORY + n - 1) / n;
	n = METER_HISTORY / (int)per;
	scroll = (STEP + per - 1) / per;
	from = (last(t) + per - 1) / per;
	from = (from + scroll - 1) / scroll * scroll - n;
	for (i = 0; i < n; i++)
		v[i] = mean(t, (from + i) * per, (from + i + 1) * per);
	return (size_t)n;
}

void
traffic_spark(const struct traffic *t, uint64_t max, int w, struct buf *b)
{
	uint64_t v[METER_HISTORY];
	struct chart c = {
		.v = v, .max = max, .h = 1, .each = 1, .ascii = term_ascii()
	};

	c.n = values(t, w, v);
	chart_row(b, &c, 0);
}

/* Right-aligned in w columns. */
static void
add_right(struct buf *b, const char *text, int w)
{
	int used = (int)text_width(text);

	buf_fill(b, ' ', used < w ? (size_t)(w - used) : 0);
	buf_add(b, text);
}

/* The text before a row of a chart. */
struct head {
	const char *word;
	uint64_t rate;
};

static void
add_head(const struct host *h, const struct head *head, const char *scale,
    struct buf *b)
{
	struct buf rate = { 0 };

	if (head != NULL) {
		buf_add(b, head->word);
		number_rate(&rate, head->rate, h->bits);
	}
	add_right(b, buf_text(&rate),
	    WORD + RATE - (head != NULL ? (int)text_width(head->word) : 0));
	add_right(b, scale, 2 + SCALE);
	buf_add(b, " ");
	buf_free(&rate);
}

static void
add_chart(const struct host *h, const char *word, const struct series *s,
    int rows, int w, struct buf *b)
{
	const struct traffic one = { .in = s };
	const struct head heads[] = {
		{ word, rate_of(s) },
		{ _("peak"), rate_of(s) == NUMBER_UNKNOWN
				 ? NUMBER_UNKNOWN
				 : traffic_peak(&one) },
		{ _("mean"),
		    mean(&one, last(&one) - METER_HISTORY, last(&one)) },
	};
	int nheads = rows > (int)NITEMS(heads) ? NITEMS(heads) : 1, row;
	uint64_t v[METER_HISTORY];
	struct chart c = { .v = v, .h = rows, .ascii = term_ascii() };
	struct buf top = { 0 }, scale = { 0 };

	w -= WORD + RATE + 2 + SCALE + 1;
	c.max = number_scale(&top, traffic_peak(&one), h->bits);
	buf_printf(&scale, _("max %s"), buf_text(&top));
	c.n = values(&one, w, v);
	c.each = c.n > 0 ? w / (int)c.n : 0;
	for (row = 0; row < rows; row++) {
		add_head(h, row < nheads ? &heads[row] : NULL,
		    row == 0	      ? buf_text(&scale)
		    : row == rows - 1 ? "0"
				      : "",
		    b);
		chart_row(b, &c, row);
		buf_add(b, "\n");
	}
	buf_free(&top);
	buf_free(&scale);
}

void
traffic_lines(const struct host *h, const struct traffic *t, int rows, int w,
    struct buf *b)
{
	add_chart(h, _("in"), t->in, rows / 2, w, b);
	add_chart(h, _("out"), t->out, rows / 2, w, b);
}
