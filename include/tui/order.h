/* The rows of a source that a table shows, filtered and sorted. */
#ifndef SEKI_TUI_ORDER_H
#define SEKI_TUI_ORDER_H

#include <stdbool.h>
#include <stddef.h>

struct table_spec;

struct order {
	size_t *rows;	 /* source rows, in the order shown */
	size_t n;	 /* of them, */
	size_t captions; /* captions among them, */
	size_t below;	 /* and rows that stand below others */
	size_t total;	 /* rows of the source without either */
};

/* Reads the source anew: rows that match the filter (see table_filter) sorted
 * by a column, unless the table is fixed. Equal rows keep the order of the
 * source; unknown cells ("" and "-") come last both ways. */
void order_read(struct order *, const struct table_spec *, void *arg,
    const char *filter, size_t col, bool down);
void order_free(struct order *); /* what it holds, not itself */

/* The same in steps, for very many rows: more returns false when all is done,
 * and then take sets the order. is: whether it is what is asked for now. */
struct ordering;
struct ordering *ordering_new(const struct table_spec *, void *arg,
    const char *filter, size_t col, bool down);
bool ordering_more(struct ordering *);
void ordering_take(struct ordering *, struct order *);
bool ordering_is(
    const struct ordering *, const char *filter, size_t col, bool down);
void ordering_free(struct ordering *);

/* Whether a row of the source is a caption. */
bool order_is_caption(const struct table_spec *, void *arg, size_t row);

#endif
