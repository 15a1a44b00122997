/* Charts and bars as text. */
#include "config.h"

#include "tui/chart.h"

static const char *const eighths_up[] = { " ", "▁", "▂", "▃", "▄", "▅", "▆",
	"▇", "█" };
static const char *const eighths_across[] = { "", "▏", "▎", "▍", "▌", "▋", "▊",
	"▉" };
static const char *const ascii_up[] = { " ", "_", ".", "-", "=", "#" };

static uint64_t
largest(const uint64_t *v, size_t n)
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
	const char *const *step = c->ascii ? ascii_up : eighths_up;
	size_t full = (c->ascii ? NITEMS(ascii_up) : NITEMS(eighths_up)) - 1;
	size_t below = (size_t)(c->h - 1 - row) * full, at, i;
	uint64_t max = c->max > 0 ? c->max : largest(c->v, c->n);
	int k;

	for (i = 0; i < c->n; i++) {
		at = c->v[i] == NUMBER_UNKNOWN
			 ? 0
			 : scale(c->v[i], max, (size_t)c->h * full);
		at = at < below ? 0 : at - below < full ? at - below : full;
		for (k = 0; k < c->each; k++)
			buf_add(b, step[at]);
	}
}

void
chart_bar(struct buf *b, uint64_t value, uint64_t max, size_t w, bool ascii)
{
	size_t eighths, i;

	if (value == NUMBER_UNKNOWN)
		return;
	eighths = scale(value, max, w * 8);
	if (ascii && eighths > 0 && eighths < 8) {
		buf_add(b, ".");
		return;
	}
	for (i = 0; i < eighths / 8; i++)
		buf_add(b, ascii ? "#" : "█");
	if (!ascii)
		buf_add(b, eighths_across[eighths % 8]);
}
