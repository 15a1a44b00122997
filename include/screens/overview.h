/* The rows of the dashboard, read from the host at one moment. */
#ifndef SEKI_SCREENS_OVERVIEW_H
#define SEKI_SCREENS_OVERVIEW_H

#include "core/state/logbook.h"
#include "screens/app.h"
#include "screens/health.h"
#include "screens/overview_parts.h"

/* The object behind a row. All zero is nothing. */
struct overview_row {
	enum tab tab; /* its screen */
	char *key;    /* of its row there, else unique in its part */
	char *name;   /* as the row has it; NULL: it is a line */
	struct traffic traffic;
};

struct overview;

/* Borrows from the host until host_version changes, and from the log. Owned by
 * the caller. */
struct overview *overview_new(const struct host *, const struct logbook *);
/* To be called when all counters were read: ranks by traffic again. */
void overview_rank(struct overview *);
void overview_free(struct overview *);

const struct health *overview_health(const struct overview *);
/* The number of rows of a part. */
size_t overview_size(const struct overview *, enum overview_part);
/* The grid of a part, of w columns, with at most max rows and, where it has
 * more, a line that names the others; and the grid as it was last asked for.
 * Borrowed until it is asked for again. */
const struct grid *overview_grid(
    struct overview *, enum overview_part, int w, size_t max);
const struct grid *overview_shown(const struct overview *, enum overview_part);
/* Has the counters of the rows in the grids read. */
void overview_see(const struct overview *, struct host *);
/* Borrowed. */
const struct trouble *overview_trouble(const struct overview *, size_t n);

/* Reads row n of a part, of its grid as last asked for. */
void overview_read(const struct overview *, enum overview_part, size_t n,
    struct overview_row *);
void overview_row_free(struct overview_row *); /* what it holds */

#endif
