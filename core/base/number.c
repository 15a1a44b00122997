/* Counts and rates as short text for people. */
#include "config.h"

#include "core/base/number.h"

#include <stdlib.h>

#include "core/base/util.h"

#define SCALE_MIN 10000 /* below this a rate is idle noise */
#define TWO 100		/* tenths that three characters hold: two digits, */
#define THREE 1000	/* and three */

static const char powers[] = " kMGTPE";

/* As "%u" does, at a tenth of its cost: lists are full of numbers. */
static void
add_whole(struct buf *b, unsigned v)
{
	char digits[10];
	size_t at = sizeof(digits);

	do
		digits[--at] = (char)('0' + v % 10);
	while ((v /= 10) > 0);
	buf_add_n(b, digits + at, sizeof(digits) - at);
}

/* As is below 1000; then one decimal below that many tenths and none above.
 * Rounding may carry into the next power: 999.9k is 1.0M. */
static char
shorten(struct buf *b, double v, bool fraction, unsigned most)
{
	const char *p = powers;
	unsigned tenths;

	while (v >= (p == powers ? 1000 : 999.5) && p[1] != '\0') {
		v /= 1000;
		p++;
	}
	tenths = (unsigned)(v * 10 + 0.5);
	if ((p == powers && !fraction) || tenths >= most) {
		add_whole(b, (unsigned)(v + 0.5));
	} else {
		add_whole(b, tenths / 10);
		buf_add(b, ".");
		add_whole(b, tenths % 10);
	}
	return *p;
}

void
number_short(struct buf *b, uint64_t v)
{
	char power;

	if (v == NUMBER_UNKNOWN) {
		buf_add(b, "-");
		return;
	}
	power = shorten(b, (double)v, false, THREE);
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
	/* A small rate must not be shown as none. */
	if (v > 0 && v < 0.1)
		v = 0.1;
	power = shorten(b, v, v > 0, THREE);
	if (power != ' ')
		buf_fill(b, power, 1);
}

void
number_rate(struct buf *b, uint64_t bytes, bool bits)
{
	char power;

	if (bytes == NUMBER_UNKNOWN) {
		buf_add(b, "-");
		return;
	}
	power = shorten(b, (double)bytes * (bits ? 8 : 1), false, THREE);
	buf_add(b, " ");
	if (power != ' ')
		buf_fill(b, power, 1);
	buf_add(b, bits ? "b/s" : "B/s");
}

void
number_cell(struct buf *b, double v)
{
	if (v < 0)
		buf_add(b, "- ");
	else
		buf_fill(b, shorten(b, v, false, TWO), 1);
}

void
number_mark(struct buf *b, uint64_t bytes, bool bits)
{
	double v = (double)bytes * (bits ? 8 : 1);
	const char *p = powers;

	for (; v >= 1000; v /= 1000)
		p++;
	buf_printf(b, "%.3g", v);
	if (*p != ' ')
		buf_fill(b, *p, 1);
}

uint64_t
number_scale(struct buf *b, uint64_t bytes, bool bits)
{
	static const unsigned firsts[] = { 1, 2, 5 };
	double want = (double)bytes * (bits ? 8 : 1), power = SCALE_MIN;
	const char *p = powers + 1;
	size_t i = 0;

	while (firsts[i] * power < want) {
		if (++i < NITEMS(firsts))
			continue;
		i = 0;
		power *= 10;
	}
	want = firsts[i] * power;
	for (power = want / 1000; power >= 1000; power /= 1000)
		p++;
	if (b != NULL)
		buf_printf(b, "%.0f %c%s", power, *p, bits ? "b/s" : "B/s");
	return (uint64_t)want / (bits ? 8 : 1);
}

/* Of the letter behind a number. */
static double
factor_of(char letter)
{
	static const struct {
		char letter;
		double factor;
	} factors[] = {
		{ 'k', 1e3 },
		{ 'M', 1e6 },
		{ 'G', 1e9 },
		{ 'T', 1e12 },
		{ 'P', 1e15 },
		{ 'E', 1e18 },
		{ 'm', 60 },
		{ 'h', 3600 },
		{ 'd', 86400 },
	};
	size_t i;

	for (i = 0; i < NITEMS(factors); i++)
		if (factors[i].letter == letter)
			return factors[i].factor;
	return 1;
}

bool
number_parse(const char *text, double *v)
{
	char *end;

	*v = strtod(text, &end);
	if (end == text)
		return false;
	end += *end == ' ';
	*v *= factor_of(*end);
	return true;
}

void
number_seconds(struct buf *b, uint32_t left)
{
	static const struct {
		uint32_t from, step, unit; /* seconds */
		char name;
	} steps[] = {
		{ 86400, 86400, 86400, 'd' },
		{ 3600, 3600, 3600, 'h' },
		{ 118, 60, 60, 'm' },
		{ 0, 5, 1, 's' },
	};
	size_t i = 0;

	while (left < steps[i].from)
		i++;
	left = (left + steps[i].step / 2) / steps[i].step * steps[i].step;
	buf_printf(b, "%u%c", left / steps[i].unit, steps[i].name);
}
