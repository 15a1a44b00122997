/* A grid: rows and columns under a rule with their heads. It is a part of a
 * screen, with the screen's cursor in it. */
#ifndef SEKI_SCREENS_GRID_H
#define SEKI_SCREENS_GRID_H

#include "tui/columns.h"
#include "tui/draw.h"

struct host;

#define GRID_RATE 9 /* columns of "12.4 Mb/s" */

struct grid;

/* Appends the text of a cell for a column of width w, which is 0 while widths
 * are measured. Returns the role to draw it in. */
typedef enum role grid_cell(
    const struct grid *, const void *row, int w, struct buf *);

struct grid_column {
	struct column column; /* min is also what it wants */
	grid_cell *cell;
};

struct grid {
	const char *caption, *note; /* at the left and right of the rule */
	const struct grid_column *columns;
	size_t ncolumns; /* at most COLUMNS_MAX */
	const void *rows;
	size_t row_size, nrows;
	const struct host *host;
	const void *arg; /* for cells */
};

const void *grid_row(const struct grid *, size_t row);

/* Draws as many rows as fit, under a rule unless bare. Row selected is marked;
 * nrows marks none. */
void grid_draw(
    const struct grid *, const struct rect *, bool bare, size_t selected);

/* Draws the mark of the cursor, also for rows outside a grid. */
void grid_mark(int y, int x);

#endif
