/* Charts as text. Pure: nothing here draws. Unknown values
 * (NUMBER_UNKNOWN) are blanks. */
#ifndef SEKI_TUI_CHART_H
#define SEKI_TUI_CHART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/number.h"
#include "core/base/util.h"

/* A time series, drawn side by side, the oldest value first. */
struct chart {
	const uint64_t *v;
	size_t n;
	uint64_t max; /* top of the scale; 0: the largest value */
	int h;	      /* height in rows */
	bool hangs;   /* down from its axis, in thirds of a row */
	bool ascii;   /* "_.-=#" instead of eighth blocks */
};

/* The largest of the known values; 0 where there is none. */
uint64_t chart_largest(const uint64_t *v, size_t n);

/* Appends one row of the chart, counted from 0 at the top, a column for each
 * value. One above 0 shows at least the lowest mark; 0 is blank. */
void chart_row(struct buf *, const struct chart *, int row);

#endif
