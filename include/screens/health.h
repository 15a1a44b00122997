/* What is wrong with a host, as far as the snapshot and the configs tell. */
#ifndef SEKI_SCREENS_HEALTH_H
#define SEKI_SCREENS_HEALTH_H

#include "core/rows.h"
#include "core/util.h"

/* Appends a line for each kind of trouble, "FAIL ..." or "WARN ...", worst
 * first, or one that says "ok ...". */
void health_lines(const struct host *, const struct container_row *,
    size_t ncontainers, const struct forward_row *, size_t nforwards,
    struct buf *);

#endif
