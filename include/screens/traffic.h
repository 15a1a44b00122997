/* Rates and their last minute as text. */
#ifndef SEKI_SCREENS_TRAFFIC_H
#define SEKI_SCREENS_TRAFFIC_H

#include <stddef.h>

#include "core/host.h"
#include "core/meter.h"
#include "core/util.h"

/* Appends "12.4 Mb/s" in the host's unit; "-" for NULL. */
void traffic_rate(const struct host *, const struct series *, struct buf *);

/* Appends the last rates as a chart of w columns, the newest at the right. */
void traffic_spark(const struct series *, int w, struct buf *);

/* Appends a line of w columns for each direction: the rate, the last minute.
 */
void traffic_lines(const struct host *, const struct series *in,
    const struct series *out, int w, struct buf *);

#endif
