/* A grid: rows and columns below a caption. It is a part of a screen, with the
 * screen's cursor in it. Columns on the left make room for those on the right,
 * which stand in the same place in all grids of a screen, and so do the charts
 * that rows end with. */
#ifndef SEKI_SCREENS_GRID_H
#define SEKI_SCREENS_GRID_H

#include "tui/draw.h"

struct host;

#define GRID_COLUMNS 8
#define GRID_INDENT 3 /* columns of the cursor, the mark and a blank */

struct grid;

/* Appends the text of a cell. Returns the role to draw it in. */
typedef enum role grid_cell(const struct grid *, const void *row, struct buf *);

struct grid_column {
	const char *head; /* marked by N_(), */
	const char *bits; /* where rates are bits; NULL: the same */
	int from;	  /* the width of a grid that has it */
	int min, max;	  /* width; max 0: any */
	bool right;	  /* right-aligned, as numbers are, min wide */
	grid_cell *cell;
};

struct grid {
	const char *caption, *note; /* beside it, instead of heads; or NULL */
	const struct grid_column *columns;
	size_t ncolumns; /* at most GRID_COLUMNS */
	const void *rows;
	size_t row_size, nrows;
	char (*mark)(const struct grid *, const void *row);
	/* What is wrong with a row, in place of its numbers and its chart;
	 * appends nothing where all is well. */
	grid_cell *trouble;
	/* A chart at the right edge of w columns; 0: none. */
	int w;
	enum role (*chart)(
	    const struct grid *, const void *row, int w, struct buf *);
	const char *chart_head;
	const char *foot; /* a line below the last row; or NULL */
	const struct host *host;
	bool bits;	 /* what its heads say of rates */
	const void *arg; /* for cells */
};

/* Draws as many rows as fit, below the caption unless bare. Row selected is
 * marked by a bar; nrows marks none. Returns the width of the bar. */
int grid_draw(
    const struct grid *, const struct rect *, bool bare, size_t selected);
/* Draws what the bar covers of a row, with the bar or without. */
void grid_draw_bar(
    const struct grid *, size_t row, int y, int x, int w, bool selected);

#endif
