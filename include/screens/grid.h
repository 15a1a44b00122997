/* Rows and columns under a rule that names them: a table to look at, without
 * a cursor. */
#ifndef SEKI_SCREENS_GRID_H
#define SEKI_SCREENS_GRID_H

#include "tui/columns.h"
#include "tui/draw.h"

struct host;

/* Appends the text of a row for a column of w, which is 0 while it is
 * measured. The role it is drawn in. */
typedef enum role grid_cell(const struct host *, const void *row, int w,
    struct buf *);

struct grid_column {
	struct column column; /* min is also what it wants */
	grid_cell *cell;
};

struct grid {
	const char *caption;
	const struct grid_column *columns;
	size_t ncolumns; /* at most COLUMNS_MAX */
	const void *rows;
	size_t row_size, nrows;
	const struct host *host;
};

/* Draws the rule and as many rows as fit. */
void grid_draw(const struct grid *, const struct rect *);

#endif
