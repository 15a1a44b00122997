/* Counts and rates as short text for people. */
#ifndef SEKI_CORE_BASE_NUMBER_H
#define SEKI_CORE_BASE_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/util.h"

/* An unknown count, shown as "-". */
#define NUMBER_UNKNOWN UINT64_MAX

/* Three digits and a power of 1000: "0", "214", "88.0k", "9.8M", "312M". */
void number_short(struct buf *, uint64_t);

/* The same for values that may be below one: "0", "0.4", "3.1", "812", "4.1k".
 * Negative means unknown. */
void number_decimal(struct buf *, double);

/* A rate given in bytes per second, shown in bits or bytes: "12.4 Mb/s", "1.5
 * MB/s", "0 b/s". */
void number_rate(struct buf *, uint64_t bytes, bool bits);

/* Two digits for a column of numbers, its power always in the last place: "0 ",
 * "900 ", "4.9M", "28k". Negative means unknown. */
void number_cell(struct buf *, double);

/* A place on a scale, from bytes per second: "10M", "2.5k", "0". */
void number_mark(struct buf *, uint64_t bytes, bool bits);

/* The top of a scale for a rate in bytes per second: 1, 2 or 5 times a power of
 * ten in the unit shown; appended as "20 Mb/s" unless b is NULL. */
uint64_t number_scale(struct buf *b, uint64_t bytes, bool bits);

/* Seconds that are left, as "5d" or "30s". Rounded in steps: neither a quiet
 * connection nor one whose packets keep renewing its timeout changes every
 * second. */
void number_seconds(struct buf *, uint32_t);

/* Parses the number at the start of text with its suffix (k, M, G...; m, h or d
 * for seconds); false if there is none, as in "-". */
bool number_parse(const char *text, double *);

#endif
