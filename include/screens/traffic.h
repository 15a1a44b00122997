/* Rates, and their last minute, as text. */
#ifndef SEKI_SCREENS_TRAFFIC_H
#define SEKI_SCREENS_TRAFFIC_H

#include "core/base/util.h"
#include "core/state/host.h"
#include "core/state/meter.h"

/* Traffic in both directions; NULL where nothing counts it. */
struct traffic {
	const struct series *in, *out;
};

/* Appends "12.4 Mb/s" in the host's unit; "-" for NULL. */
void traffic_rate(const struct host *, const struct series *, struct buf *);

/* The highest rate of the last minute, both directions together, in bytes a
 * second; 0 when it is not known. */
uint64_t traffic_peak(const struct traffic *);
/* The order of magnitude of the mean rate in the last minute: a ranking by it
 * is stable. */
unsigned traffic_busy(const struct traffic *);

/* Appends a chart of the last minute, both directions together, in w columns;
 * max is the top of the scale. The newest value is one of the last columns: it
 * moves to the right, until the chart scrolls. */
void traffic_spark(const struct traffic *, uint64_t max, int w, struct buf *);

/* Appends lines of w columns that fill rows, half of them for each direction:
 * the rate, the top of the scale, a chart of the last minute. */
void traffic_lines(
    const struct host *, const struct traffic *, int rows, int w, struct buf *);

#endif
