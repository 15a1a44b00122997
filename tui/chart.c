/* Numbers and histories as short text. */
#include "config.h"

#include "tui/chart.h"

#include <stdlib.h>
#include <string.h>

static const char *const eighths_up[] = { "▁", "▂", "▃", "▄", "▅", "▆", "▇",
	"█" };
static const char *const eighths_across[] = { "", "▏", "▎", "▍", "▌", "▋", "▊",
	"▉" };
static const char *const ascii_up[] = { "_", ".", "-", "=", "#" };
static const char powers[] = " kMGTPE";

static uint64_t
largest(const uint64_t *v, size_t n)
{
	uint64_t max = 0;
	size_t i;

	for (i = 0; i < n; i++)
		if (v[i] != CHART_UNKNOWN && v[i] > max)
			max = v[i];
	return max;
}

/* value of max on a scale of 0 to top, where only 0 is 0. */
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
chart_spark(struct buf *b, const uint64_t *v, size_t n, uint64_t max,
    bool ascii)
{
	const char *const *step = ascii ? ascii_up : eighths_up;
	size_t top = (ascii ? NITEMS(ascii_up) : NITEMS(eighths_up)) - 1, i;

	if (max == 0)
		max = largest(v, n);
	for (i = 0; i < n; i++)
		buf_add(b, v[i] == CHART_UNKNOWN ? " " :
		    step[scale(v[i], max, top)]);
}

void
chart_bar(struct buf *b, uint64_t value, uint64_t max, size_t w, bool ascii)
{
	size_t eighths, i;

	if (value == CHART_UNKNOWN)
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

/* Below 1000 as it is; then one decimal below 100 and none above. Rounding
 * may carry into the next power: 999.9k is 1.0M. */
static char
shorten(struct buf *b, double v, bool fraction)
{
	const char *p = powers;

	while (v >= (p == powers ? 1000 : 999.5) && p[1] != '\0') {
		v /= 1000;
		p++;
	}
	if (p == powers && !fraction)
		buf_printf(b, "%.0f", v);
	else
		buf_printf(b, "%.*f", v < 99.95 ? 1 : 0, v);
	return *p;
}

void
number_short(struct buf *b, uint64_t v)
{
	char power;

	if (v == CHART_UNKNOWN) {
		buf_add(b, "-");
		return;
	}
	power = shorten(b, (double)v, false);
	if (power != ' ')
		buf_fill(b, power, 1);
}

void
number_decimal(struct buf *b, double v)
{
	char power;

	if (v < 0) {
		buf_add(b, "-");
		return;
	}
	/* What is there but rounds to nothing is still there. */
	if (v > 0 && v < 0.1)
		v = 0.1;
	power = shorten(b, v, v > 0);
	if (power != ' ')
		buf_fill(b, power, 1);
}

void
number_rate(struct buf *b, uint64_t bytes, bool bits)
{
	char power;

	if (bytes == CHART_UNKNOWN) {
		buf_add(b, "-");
		return;
	}
	power = shorten(b, (double)bytes * (bits ? 8 : 1), false);
	buf_add(b, " ");
	if (power != ' ')
		buf_fill(b, power, 1);
	buf_add(b, bits ? "b/s" : "B/s");
}

bool
number_parse(const char *text, double *v)
{
	const char *p, *power;
	char *end;

	*v = strtod(text, &end);
	if (end == text)
		return false;
	end += *end == ' ';
	power = *end != '\0' ? strchr(powers + 1, *end) : NULL;
	for (p = powers; power != NULL && p < power; p++)
		*v *= 1000;
	return true;
}
