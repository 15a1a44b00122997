/* How a table is laid out and drawn: what tui/table.c shares with
 * tui/table_paint.c. */
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
	struct buf key; /* of the selected row */
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
bool table_is_sorted_by(const struct table *, size_t col);
/* The number of rows in view. */
int table_page(const struct table *);
/* Brings the selected place into view. */
void table_scroll(struct table *);
/* The column at x of the screen; ncolumns when there is none. */
size_t table_column_at(const struct table *, int x);

#endif
