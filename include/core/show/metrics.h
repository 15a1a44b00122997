/* What a host has to tell to Prometheus. */
#ifndef SEKI_CORE_SHOW_METRICS_H
#define SEKI_CORE_SHOW_METRICS_H

#include "core/state/host.h"

/* Appends all metrics, in the text format 0.0.4: about what is committed,
 * whatever the candidate says. Counters and connections are those that the host
 * has read (host_count, host_read_flows). No label has an address of a
 * client. */
void metrics_text(const struct host *, struct buf *);

/* A row for each family, for the manual. */
struct metric_row {
	const char *name, *type, *labels;
	const char *help; /* English, as Prometheus gets it; marked by N_() */
};
size_t metrics_count(void);
struct metric_row metrics_row(size_t i);

#endif
