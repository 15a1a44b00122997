/* The text format of Prometheus, version 0.0.4. */
#ifndef SEKI_CORE_SHOW_METRIC_H
#define SEKI_CORE_SHOW_METRIC_H

#include <stdint.h>

#include "core/base/util.h"

#define METRIC_CONTENT_TYPE "text/plain; version=0.0.4; charset=utf-8"

/* A family: its samples, which differ by their labels. */
struct metric {
	const char *name; /* with its unit, and _total if it is a counter */
	const char *type; /* "counter" or "gauge" */
	const char *help;
};

/* Appends name="value" to labels, each after a comma but the first; what could
 * harm a terminal is escaped, as everywhere. */
void metric_label(struct buf *labels, const char *name, const char *value);

/* Appends a sample; labels may be empty. */
void metric_sample(struct buf *, const struct metric *,
    const struct buf *labels, uint64_t value);

/* Appends the family: its head, then what metric_sample made of it. Nothing
 * without samples. */
void metric_family(struct buf *, const struct metric *, const char *samples);

#endif
