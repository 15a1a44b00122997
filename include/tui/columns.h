/* Columns of a table, and which of them a width has room for. */
#ifndef SEKI_TUI_COLUMNS_H
#define SEKI_TUI_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

#define COLUMNS_MAX 16

struct column {
	const char *name; /* a word, to sort by it from a command */
	const char *head;
	int rank;    /* the highest is dropped first; 0 is kept */
	int min;     /* width it may shrink to; 0 for that of its head */
	int max;     /* width it may grow to; 0 for any */
	bool flex;   /* takes the room that is left over */
	bool right;  /* aligned to the right, as numbers are */
	bool number; /* sorted as a number, the largest first */
	bool sort;   /* may be sorted by */
};

/* Shares w columns among n columns of a table: want is what each would like,
 * width what each gets, 0 for those that are dropped. The blanks between two
 * columns. */
int columns_fit(
    const struct column *, size_t n, const int *want, int w, int *width);

#endif
