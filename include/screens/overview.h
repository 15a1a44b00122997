/* What the dashboard shows, read from the host at one moment. */
#ifndef SEKI_SCREENS_OVERVIEW_H
#define SEKI_SCREENS_OVERVIEW_H

#include "core/host.h"
#include "screens/grid.h"

enum overview_part {
	OVERVIEW_LINKS,
	OVERVIEW_FORWARDS, /* the busiest first */
	OVERVIEW_CONTAINERS,
	OVERVIEW_POLICIES, /* a row for each chain */
	OVERVIEW_PARTS
};

struct overview;

/* Borrows from the host until that changes. Owned by the caller. */
struct overview *overview_new(const struct host *);
void overview_free(struct overview *);

/* Borrowed from the overview. */
const struct grid *overview_grid(
    const struct overview *, enum overview_part);
/* Lines with roles, as health_lines. */
const char *overview_health(const struct overview *);

#endif
