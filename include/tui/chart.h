/* Numbers and histories as short text. Pure: nothing here draws. */
#ifndef SEKI_TUI_CHART_H
#define SEKI_TUI_CHART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/util.h"

/* A value nobody knows: a blank in a chart, "-" as a number. */
#define CHART_UNKNOWN UINT64_MAX

/* One column for each of n values, oldest first, scaled to max (0: to their
 * own largest): eighth blocks, or with ascii "_.-=#". Only 0 is as low as 0. */
void chart_spark(struct buf *, const uint64_t *v, size_t n, uint64_t max,
    bool ascii);

/* value of max as a bar of at most w columns, in eighths or as "###". What is
 * not 0 shows at least a speck. */
void chart_bar(struct buf *, uint64_t value, uint64_t max, size_t w,
    bool ascii);

/* Three digits and a power of 1000: "0", "214", "88.0k", "9.8M", "312M". */
void number_short(struct buf *, uint64_t);

/* The same for what may be less than one: "0", "0.4", "3.1", "812", "4.1k".
 * Below 0 is unknown. */
void number_decimal(struct buf *, double);

/* Bytes a second, in bits or bytes: "12.4 Mb/s", "1.5 MB/s", "0 b/s". */
void number_rate(struct buf *, uint64_t bytes, bool bits);

/* The number that text begins with, its k, M, G... counted; false when it is
 * none, as "-". */
bool number_parse(const char *text, double *);

#endif
