/* The parts of the dashboard, and what the columns of those say that are
 * grids. */
#ifndef SEKI_SCREENS_OVERVIEW_PARTS_H
#define SEKI_SCREENS_OVERVIEW_PARTS_H

#include "screens/grid.h"
#include "screens/traffic.h"

/* From the top of the screen down. */
enum overview_part {
	OVERVIEW_TROUBLE, /* lines, not a grid */
	OVERVIEW_UPLINKS,
	OVERVIEW_FORWARDS, /* the busiest first */
	OVERVIEW_CONTAINERS,
	OVERVIEW_REFUSED, /* the defaults first */
	OVERVIEW_LATELY,  /* what was logged, the newest first */
	OVERVIEW_PARTS
};

#define OVERVIEW_WIDE 120 /* columns from which a row says more */

/* A row of a grid: one of list_*.h, borrowed. */
struct overview_ranked {
	const void *row;
	unsigned busy; /* the busiest first */
};

/* The arg of these grids is the scale of their charts. */
struct overview_spec {
	const char *caption;
	bool whole; /* its rows have no chart, and its room */
	const struct grid_column *columns;
	size_t ncolumns;
	struct traffic (*traffic)(const void *row);
	char (*mark)(const struct grid *, const void *ranked);
	grid_cell *trouble;
	enum role (*chart)(
	    const struct grid *, const void *ranked, int w, struct buf *);
};

extern const struct overview_spec overview_specs[OVERVIEW_PARTS];

#endif
