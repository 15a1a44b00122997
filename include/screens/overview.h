/* What the dashboard shows, read from the host at one moment. */
#ifndef SEKI_SCREENS_OVERVIEW_H
#define SEKI_SCREENS_OVERVIEW_H

#include "screens/app.h"
#include "screens/grid.h"
#include "screens/health.h"
#include "screens/traffic.h"

enum overview_part {
	OVERVIEW_HOST,
	OVERVIEW_FORWARDS, /* the busiest first */
	OVERVIEW_POLICIES, /* the defaults first */
	OVERVIEW_HEALTH,   /* lines, and no grid */
	OVERVIEW_PARTS
};

/* What is behind a row. All zero is nothing. */
struct overview_row {
	enum tab tab; /* where there is more; TAB_DASHBOARD: nowhere */
	char *key;    /* of the row there, or what tells it from others here */
	char *name;   /* of the thing whose traffic it is */
	struct traffic traffic;
};

struct overview;

/* Borrows from the host as long as host_version stays. Owned by the caller. */
struct overview *overview_new(const struct host *);
/* When numbers changed: ranks anew. */
void overview_rank(struct overview *);
void overview_free(struct overview *);

/* How many rows a part has. */
size_t overview_size(const struct overview *, enum overview_part);
/* Of those that are grids, the part in at most that many rows; and as it was
 * asked for last. Borrowed until it is asked for again. */
const struct grid *overview_grid(
    struct overview *, enum overview_part, size_t max);
const struct grid *overview_shown(const struct overview *, enum overview_part);
const struct health *overview_health(const struct overview *);

/* Row n of a part, of a grid as it was asked for last. */
void overview_read(const struct overview *, enum overview_part, size_t n,
    struct overview_row *);
void overview_row_free(struct overview_row *); /* what it holds */

#endif
