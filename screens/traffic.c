/* Rates and their last minute as text. */
#include "config.h"

#include "screens/traffic.h"

#include "core/intl.h"
#include "core/number.h"
#include "tui/chart.h"
#include "tui/term.h"

#define LABEL 4
#define HEAD 16 /* columns of a line in front of its chart */

void
traffic_rate(const struct host *h, const struct series *s, struct buf *b)
{
	number_rate(b, s != NULL ? (uint64_t)s->rate : NUMBER_UNKNOWN, h->bits);
}

void
traffic_spark(const struct series *s, int w, struct buf *b)
{
	uint64_t v[METER_HISTORY];
	size_t n = w < METER_HISTORY ? (size_t)w : METER_HISTORY, i, k;

	for (i = 0; i < n; i++) {
		k = n - i; /* readings back from the newest, which is 1 */
		v[i] = s != NULL && k <= s->n ?
		    (uint64_t)s->history[s->n - k] : NUMBER_UNKNOWN;
	}
	chart_spark(b, v, n, 0, term_ascii());
}

static void
line(const struct host *h, const char *word, const struct series *s, int w,
    struct buf *b)
{
	struct buf rate = { 0 };
	size_t used = text_width(word);

	traffic_rate(h, s, &rate);
	buf_add(b, word);
	buf_fill(b, ' ', used < LABEL ? LABEL - used : 0);
	buf_printf(b, "%10s  ", buf_text(&rate));
	traffic_spark(s, w > HEAD ? w - HEAD : 0, b);
	buf_add(b, "\n");
	buf_free(&rate);
}

void
traffic_lines(const struct host *h, const struct series *in,
    const struct series *out, int w, struct buf *b)
{
	line(h, _("in"), in, w, b);
	line(h, _("out"), out, w, b);
}
