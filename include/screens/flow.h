/* What a list of connections shows of its rows, which are struct flow_row. */
#ifndef SEKI_SCREENS_FLOW_H
#define SEKI_SCREENS_FLOW_H

#include "core/show/list_flow.h"

/* For its list_spec. */
bool flow_cell(
    const struct host *, const void *row, const char *column, struct buf *);
void flow_title(const struct host *, const void *row, struct buf *);
void flow_detail(const struct host *, const void *row, struct buf *);

/* Appends the key of what lets it in (connection_way), of a client that of the
 * forward that most goes through; nothing if there is none. Returns whether it
 * is a forward's. */
bool flow_way(const struct flow_row *, struct buf *);
/* The same, but of a client the keys of all its forwards, one a line. */
bool flow_ways(const struct flow_row *, struct buf *);

#endif
