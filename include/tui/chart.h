/* Histories and shares as short text. Pure: nothing here draws. Values that
 * nobody knows (NUMBER_UNKNOWN) are blanks. */
#ifndef SEKI_TUI_CHART_H
#define SEKI_TUI_CHART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/number.h"
#include "core/base/util.h"

/* A history: values side by side, the oldest first. */
struct chart {
	const uint64_t *v;
	size_t n;
	uint64_t max; /* at the top; 0: the largest of them */
	int h;	      /* rows it is tall */
	int each;     /* columns of each value */
	bool ascii;   /* "_.-=#" instead of eighth blocks */
};

/* Appends one of its rows, counted from 0 at the top. What is not 0 shows at
 * least a speck; 0 is blank. */
void chart_row(struct buf *, const struct chart *, int row);

/* value of max as a bar of at most w columns, in eighths or as "###". What is
 * not 0 shows at least a speck. */
void chart_bar(
    struct buf *, uint64_t value, uint64_t max, size_t w, bool ascii);

#endif
