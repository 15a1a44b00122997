/* Histories and shares as short text. Pure: nothing here draws. Values that
 * nobody knows (NUMBER_UNKNOWN) are blanks. */
#ifndef SEKI_TUI_CHART_H
#define SEKI_TUI_CHART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/number.h"
#include "core/util.h"

/* One column for each of n values, oldest first, scaled to max (0: to their
 * own largest): eighth blocks, or with ascii "_.-=#". Only 0 is as low as 0. */
void chart_spark(struct buf *, const uint64_t *v, size_t n, uint64_t max,
    bool ascii);

/* value of max as a bar of at most w columns, in eighths or as "###". What is
 * not 0 shows at least a speck. */
void chart_bar(struct buf *, uint64_t value, uint64_t max, size_t w,
    bool ascii);

#endif
