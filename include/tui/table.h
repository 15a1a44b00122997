/* The table widget: rows of any source, sorted, filtered, scrolled, and
 * selected by their key and not by their position. */
#ifndef SEKI_TUI_TABLE_H
#define SEKI_TUI_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/util.h"
#include "tui/action.h"
#include "tui/columns.h"
#include "tui/draw.h"

#define NO_ROW SIZE_MAX

/* When a row that stands below another one is shown. */
enum row_fold {
	ROW_OPEN,   /* always; while rows are filtered, if it is found, */
	ROW_BEHIND, /* only then: another says how many there are; */
	ROW_FOLDED, /* only then, and if the one above it is not found; */
	ROW_REST,   /* only while none are filtered: it stands for others; */
	ROW_HIDDEN  /* never */
};

/* The source of a table, as a const struct. arg is what table_new was given;
 * row counts from 0 in the order of the source, col in that of columns.
 * Functions that may be NULL say so. */
struct table_spec {
	const struct column *columns;
	size_t ncolumns; /* at most COLUMNS_MAX */

	size_t (*count)(void *arg);
	/* Appends the row's key, which identifies it as long as it exists. */
	void (*key)(void *arg, size_t row, struct buf *);
	/* Appends the text of a cell. Only called for rows in view, unless the
	 * table is sorted by this column without compare, or filtered. */
	void (*cell)(void *arg, size_t row, size_t col, struct buf *);
	/* As strcmp does, smaller first; NULL compares the text of cells. */
	int (*compare)(void *arg, size_t a, size_t b, size_t col);
	/* The character at the left edge, ' ' for none; NULL for no marks. */
	char (*mark)(void *arg, size_t row);
	/* What precedes, of two rows that are equal or both unknown by the
	 * column sorted; NULL: an earlier one of the source. */
	int (*tie)(void *arg, size_t a, size_t b);
	const char *mark_head; /* above the marks; NULL is "" */
	enum role (*role)(void *arg, size_t row); /* NULL: ROLE_TEXT */

	/* The same as it is shown, where a filter finds more. May be NULL.
	 */
	void (*shown)(void *arg, size_t row, size_t col, struct buf *);
	/* Rows of a smaller group come first, however they are sorted; NULL:
	 * there are none, as in a fixed table. */
	long (*group)(void *arg, size_t row);
	/* Appends the caption of those below, if the row is that and nothing
	 * else: nobody selects, counts or filters it. NULL: there are none. */
	void (*caption)(void *arg, size_t row, struct buf *);
	/* The row that a row stands below, an earlier one of the source, which
	 * is shown where any of those below it is found; NO_ROW: none. NULL:
	 * no row has one. Both sort by themselves. */
	size_t (*above)(void *arg, size_t row);
	enum row_fold (*fold)(void *arg, size_t row); /* of those that do */
	/* Told of a row that others may stand below, before these, and again if
	 * its cells match; and while rows are filtered of each of these,
	 * whether its cells do: the cells of the row above may depend on that.
	 * NULL: nothing does. */
	void (*match)(void *arg, size_t row, bool matches);
	/* Appends the chart of a row, so many columns of it, or what stands
	 * above them (row NO_ROW). NULL: no column is one of charts. */
	void (*chart)(void *arg, size_t row, int w, struct buf *);
	/* Appends what a row says in place of its columns from instead_from
	 * on; nothing if they tell themselves. Returns its role (draw_before).
	 * May be NULL. */
	enum role (*instead)(void *arg, size_t row, struct buf *);
	size_t instead_from;

	bool fixed;	   /* keeps the order of the source */
	size_t sort;	   /* the initial sort column, unless fixed */
	const char *empty; /* for empty_draw, where there are no rows */
};

struct table;

/* Both are borrowed for as long as the table lives. */
struct table *table_new(const struct table_spec *, void *arg);
void table_free(struct table *);

/* After the source changed: reads, filters and sorts the rows anew. The
 * selection stays on its row, or on its place when the row is gone; on the
 * first place, where rows are sorted by numbers, until somebody leaves it. */
void table_reload(struct table *);

/* The same in steps (ordering_more): for rows of another source, which take the
 * place of those of the table's own before table_take. */
struct ordering;
struct ordering *table_ordering(const struct table *, void *arg);
void table_take(struct table *, struct ordering *);

/* The source row that is selected; false when there is none. */
bool table_selected(const struct table *, size_t *row);
/* Selects the row of that key; false when it is not shown. */
bool table_select(struct table *, const char *key);
/* The selection stays on its row, as if somebody had moved to it; or goes to
 * the first one, as if nobody had. */
void table_keep(struct table *);
void table_rest(struct table *);
/* While it is held the selection stays on its row wherever that goes, and there
 * is none once the row is gone: for a question about it. */
void table_hold(struct table *, bool held);

/* The source row shown at a place from 0, of table_shown rows. */
size_t table_row(const struct table *, size_t place);
size_t table_shown(const struct table *);
/* The place of the first row in view, as of the last layout, and how many
 * there are. */
size_t table_view(const struct table *, size_t *first);

/* Sorts by a column; down puts the largest first. No effect when fixed. */
void table_sort(struct table *, size_t col, bool down);
size_t table_sorted(const struct table *, bool *down); /* the column */
/* Shows only rows that hold every word of the text in some cell, whatever the
 * case; what is in "..." must be a whole cell, and what comes after "!" must
 * be missing. "" shows all. */
void table_filter(struct table *, const char *text);

/* Whether the filter has its line: it is typed, or not empty. */
bool table_filters(const struct table *);
/* The text of the filter; the key of the row that somebody moved to, or "".
 * Both are borrowed. */
const char *table_words(const struct table *);
const char *table_key_chosen(const struct table *);

/* Appends "6", or "2 of 6" while a filter hides some; rows that stand below
 * others are not counted. */
void table_info(const struct table *, struct buf *);
/* Appends "2-20 of 40"; false when all of them are in view. */
bool table_range(const struct table *, struct buf *);
/* Appends the sort column and its direction: "IN/s down". */
void table_order(const struct table *, struct buf *);

/* For the view that holds the table: its actions, the action table in force
 * while a filter is typed (else NULL), and the events to pass on. table_act
 * returns ACT_NONE, or the id when the table has no handler for it. */
extern const struct action table_actions[];
extern const struct action table_sort_actions[]; /* unless fixed; ACT_SORT is
						    for the view itself */
extern const struct action *const table_modes[]; /* all of table_mode */
const struct action *table_mode(const struct table *);
int table_act(struct table *, int id);
void table_key(struct table *, int key);

/* The key that another stands for: where there are no rows, Enter takes the
 * chosen one of the steps that are shown. */
int table_stands_for(const struct table *, int key);

/* A click selects the row there, or sorts by the column whose head is there.
 * True when the row was selected already. */
bool table_click(struct table *, int y, int x);

/* Fits columns and scroll position to an area; table_draw does so itself. */
void table_layout(struct table *, int h, int w);
/* The width each column got, 0 when it was dropped. */
int table_column_width(const struct table *, size_t col);
void table_draw(struct table *, const struct rect *);

/* Draws only the rows that the cursor left and came to since table_draw. False
 * when anything else changed: then all is to be drawn. */
bool table_redraw(struct table *);
/* Has all drawn the next time: the rows have other cells. */
void table_changed(struct table *);
/* Has columns take their widths anew: other rows take the place of these. */
void table_renew(struct table *);

#endif
