/* How the parts of a table are drawn: for tui/table*.c only. */
#ifndef SEKI_TUI_TABLE_PAINT_H
#define SEKI_TUI_TABLE_PAINT_H

#include "tui/edit.h"
#include "tui/order.h"
#include "tui/table.h"

struct table {
	const struct table_spec *spec;
	void *arg;
	struct order order;
	size_t at;	/* the selected place */
	size_t top;	/* the first place in view */
	bool chosen;	/* somebody moved to the selected row */
	bool held;	/* none but that may be selected (table_hold), */
	bool gone;	/* and it is not there */
	struct buf key; /* of the selected row */
	size_t step;	/* the chosen one where there are no rows */
	size_t sort;
	bool down;
	struct edit filter;
	bool typing;	  /* the filter is being typed */
	int h, w;	  /* of the area */
	struct rect rows; /* area of the rows drawn, without the head */
	bool drawn;	  /* nothing changed since but the cursor, */
	size_t drawn_at;  /* which was at this place */
	/* The widest cell so far: a column that changes its width with every
	 * number cannot be read. */
	int seen[COLUMNS_MAX];
	bool measured; /* the cells in view are in seen */
	int width[COLUMNS_MAX];
	int gap;
};

bool table_has_head(const struct table *);
/* Appends a cell as it is shown. */
void table_cell(const struct table *, size_t row, size_t col, struct buf *);
bool table_is_sorted_by(const struct table *, size_t col);
/* The columns left of the cells. */
int table_edge(const struct table *);
/* How many columns the bar of the cursor covers; w gets its width. */
size_t table_bar(const struct table *, int *w);

/* Draws the row at a place, no more than so many of its columns. */
void table_draw_row(
    const struct table *, int y, int x, size_t most, size_t place);
void table_draw_head(const struct table *, const struct rect *);
/* The filter, and what it leaves. */
void table_draw_filter(
    const struct table *, const struct rect *, const char *info);
void table_draw_empty(const struct table *, const struct rect *);
/* Appends what stands there. */
void table_empty_text(const struct table *, struct buf *);

#endif
