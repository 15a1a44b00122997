/* What passed of clients, from when each was seen first: for charts. */
#ifndef SEKI_CORE_SHOW_TREND_H
#define SEKI_CORE_SHOW_TREND_H

#include "core/show/client.h"
#include "core/state/meter.h"

struct trends;

/* With columns as those of these meters. */
struct trends *trends_new(const struct meters *);
void trends_free(struct trends *);

/* From the next note on, until it has no connections, or nothing counts them.
 */
void trends_follow(struct trends *, const struct prefix *addr);

/* Takes the rates of those that are followed, as of now_ms. Between two notes
 * are a few seconds at most. */
void trends_note(
    struct trends *, const struct client_row *, size_t n, uint64_t now);

/* What passed to it (out: from containers to it) and NULL where it is not
 * followed yet; borrowed until the next note. */
const struct series *trends_get(
    const struct trends *, const struct prefix *addr, bool out);

#endif
