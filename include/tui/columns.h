/* The columns of a table, and how they share its width. */
#ifndef SEKI_TUI_COLUMNS_H
#define SEKI_TUI_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

#define COLUMNS_MAX 16

struct column {
	const char *name; /* how commands name it, to sort by it */
	const char *head;
	int rank;    /* the highest is dropped first; 0 never */
	int min;     /* least width; 0: that of its head */
	int max;     /* greatest width; 0: any */
	bool flex;   /* takes the spare width */
	bool right;  /* right-aligned, as numbers are */
	bool number; /* sorted as a number, the largest first */
	bool sort;   /* can be sorted by */
	bool chart;  /* holds a chart of the row, as wide as there is room */
	bool hidden; /* never shown */
	bool ends;   /* what is too long keeps its end, too */
};

/* Shares w columns of the screen among n columns of a table: want holds the
 * width that each would like, width receives the result, 0 for a dropped
 * column. Returns the gap between two columns. */
int columns_fit(
    const struct column *, size_t n, const int *want, int w, int *width);

#endif
