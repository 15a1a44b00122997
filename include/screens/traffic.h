/* Rates, and the minutes that they came from. All charts of a screen have the
 * same axis: a column is five seconds, and the right edge is the end of this
 * minute of the clock, so that charts stand still within it. */
#ifndef SEKI_SCREENS_TRAFFIC_H
#define SEKI_SCREENS_TRAFFIC_H

#include "core/base/util.h"
#include "core/state/host.h"
#include "core/state/meter.h"
#include "tui/draw.h"

/* Traffic in both directions; NULL where nothing counts it. */
struct traffic {
	const struct series *in, *out;
};

/* Appends "12.4 Mb/s" in the host's unit; "-" for NULL. */
void traffic_rate(const struct host *, const struct series *, struct buf *);
/* The same in two digits for a column whose head has the unit: "12M". */
void traffic_cell(const struct host *, const struct series *, struct buf *);

/* The highest rate of one direction in the last w columns of a chart, or that
 * of now where it is more than twice as high, in bytes a second; 0 when it is
 * not known. */
uint64_t traffic_peak(const struct host *, const struct traffic *, int w);
/* The order of magnitude of the mean rate in the last minute: a ranking by it
 * is stable. */
unsigned traffic_busy(const struct host *, const struct traffic *);

/* Appends a chart of one row, w columns: the busier direction of each. max is
 * the top of the scale. */
void traffic_spark(const struct host *, const struct traffic *, uint64_t max,
    int w, struct buf *);
/* Appends the minutes of such charts and the top of their scale: what stands
 * above them, in w columns. */
void traffic_spark_head(const struct host *, uint64_t max, int w, struct buf *);

/* Draws labels, and a chart where there is room: out stands on the axis, in
 * hangs from it by the same scale. name is that of the object, NULL where it
 * was said. */
void traffic_draw(const struct host *, const char *name, const struct traffic *,
    const struct rect *);

#endif
