/* Charts as text. */
#include "config.h"

#include "tui/chart.h"

#define ROW_STEPS 9

/* What a row of a chart is made of, from nothing to a full cell. */
static const struct marks {
	const char *v[ROW_STEPS];
	size_t full;
} marks[][2] = {
	/* It stands on the axis, in blocks and in ASCII; */
	{ { { " ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" }, 8 },
	    { { " ", "_", ".", "-", "=", "#" }, 5 } },
	/* it hangs from the axis. */
	{ { { " ", "▔", "▀", "█" }, 3 }, { { " ", "'", "\"", "#" }, 3 } },
};

uint64_t
chart_largest(const uint64_t *v, size_t n)
{
	uint64_t max = 0;
	size_t i;

	for (i = 0; i < n; i++)
		if (v[i] != NUMBER_UNKNOWN && v[i] > max)
			max = v[i];
	return max;
}

/* Scales value, of max, to 0..top; only 0 becomes 0. */
static size_t
scale(uint64_t value, uint64_t max, size_t top)
{
	size_t at;

	if (value == 0 || max == 0)
		return 0;
	if (value >= max)
		return top;
	at = (size_t)((double)value / (double)max * (double)top + 0.5);
	return at > 0 ? at : 1;
}

void
chart_row(struct buf *b, const struct chart *c, int row)
{
	const struct marks *m = &marks[c->hangs][c->ascii];
	size_t below = (size_t)(c->hangs ? row : c->h - 1 - row) * m->full, i,
	       at;
	uint64_t max = c->max > 0 ? c->max : chart_largest(c->v, c->n);

	for (i = 0; i < c->n; i++) {
		at = c->v[i] == NUMBER_UNKNOWN
			 ? 0
			 : scale(c->v[i], max, (size_t)c->h * m->full);
		at = at < below ? 0 : at - below;
		buf_add(b, m->v[at < m->full ? at : m->full]);
	}
}
