/* Rows and columns under a rule that names them: a part of a screen, which
 * knows the cursor. */
#ifndef SEKI_SCREENS_GRID_H
#define SEKI_SCREENS_GRID_H

#include "tui/columns.h"
#include "tui/draw.h"

struct host;

#define GRID_RATE 9 /* columns of "12.4 Mb/s" */

struct grid;

/* Appends the text of a row for a column of w, which is 0 while it is
 * measured. The role it is drawn in. */
typedef enum role grid_cell(
    const struct grid *, const void *row, int w, struct buf *);

struct grid_column {
	struct column column; /* min is also what it wants */
	grid_cell *cell;
};

struct grid {
	const char *caption, *note; /* at both ends of the rule */
	const struct grid_column *columns;
	size_t ncolumns; /* at most COLUMNS_MAX */
	const void *rows;
	size_t row_size, nrows;
	const struct host *host;
	const void *arg; /* for cells */
};

const void *grid_row(const struct grid *, size_t row);

/* Draws as many rows as fit, under a rule unless bare. The one with the cursor
 * is marked; nrows for none. */
void grid_draw(
    const struct grid *, const struct rect *, bool bare, size_t selected);

/* The mark of the cursor, also of rows that are in no grid. */
void grid_mark(int y, int x);

#endif
