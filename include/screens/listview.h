/* The view of every list: a listing of core in the toolkit's table, with
 * details of the selected row. */
#ifndef SEKI_SCREENS_LISTVIEW_H
#define SEKI_SCREENS_LISTVIEW_H

#include "core/show/listing.h"
#include "screens/app.h"
#include "screens/traffic.h"
#include "tui/table.h"

/* Describes the list of a screen. Functions that may be NULL say so. */
struct list_spec {
	const char *listing; /* its name in core/show/listing.h */
	const char *copy;    /* column that y copies; NULL, or an empty cell:
			      * the statement */
	const char *sort;    /* initial sort column; NULL: the first */
	int wide;	     /* least width of the wide column */
	/* Columns that are not shown, ended by NULL; NULL: none. */
	const char *const *hidden;
	const char *empty; /* shown when there are no rows */
	const char *none;  /* the same when read-only, where there is no key
			      * for a new one; NULL: empty */
	enum tab tab;
	/* Handlers of its own actions, and of edits of its statements; self is
	 * the view. May be NULL. */
	const struct act *acts, *edits;
	/* Appends the start of the statement for the key for a new one, as of
	 * the selected row (NULL without rows). NULL: the key asks for the
	 * kind. */
	void (*start)(const void *row, struct buf *);
	/* Appends the caption of those lines; NULL: its statement, or its main
	 * column. */
	void (*title)(const struct host *, const void *row, struct buf *);
	/* Appends lines about a row, the important ones first; they have
	 * roles (role_of_line). May be NULL. */
	void (*detail)(const struct host *, const void *row, struct buf *);
	/* Draws what is no text, at the top of the area for these lines, which
	 * keeps the rest. May be NULL. */
	void (*top)(const struct host *, const void *row, struct rect *area);
	/* The traffic of a row, for the chart below those lines. May be NULL.
	 */
	struct traffic (*traffic)(const void *self, const void *row);
	bool lines_first; /* there is no chart where it takes room of them */
	/* Rows of a smaller group come first, however they are sorted. May be
	 * NULL. */
	long (*group)(const void *row);
	/* What precedes, of two rows that are equal as they are sorted. May be
	 * NULL. */
	int (*tie)(const void *a, const void *b);
	/* Appends what stands above the other rows of its group, if a row is
	 * that, as arrange added it; its first word names them. May be NULL. */
	void (*caption)(const struct host *, const void *row, struct buf *);
	/* Appends a cell without what the caption says. Returns whether it
	 * did, for else the whole cell is shown. May be NULL. */
	bool (*cell)(const struct host *, const void *row, const char *column,
	    struct buf *);
	bool sparks; /* each row ends with a chart of it */
	/* Appends what a row says in place of its columns from `from` on, or
	 * nothing. Returns its role (draw_before). May be NULL. */
	enum role (*instead)(const void *row, struct buf *);
	const char *from;
	/* Appends what stands out among the rows: ", 1 broken". May be NULL. */
	void (*summary)(const void *rows, size_t n, struct buf *);
	/* Takes the rows of the listing and returns those to show, which its
	 * free takes; self is the view. May be NULL. */
	void *(*arrange)(const void *self, void *rows, size_t *n);
	/* The place of the row that a row stands below, or NO_ROW; and when
	 * one that does is shown, as set_folds set it in all of them. self is
	 * the view. All three may be NULL. */
	size_t (*above)(const void *row);
	enum row_fold (*fold)(const void *row);
	void (*set_folds)(const void *self, void *rows, size_t n);
	/* Is told what a filter finds (table_spec). May be NULL. */
	void (*match)(void *row, bool matches);
	/* Whether a row is the caption of those below it. May be NULL. */
	bool (*is_caption)(const void *row);
};

/* The private struct of a list view. */
struct listview {
	struct app *app;
	const struct list_spec *spec;
	const struct listing *listing;
	void *rows; /* borrow from the host until it changes */
	size_t n;
	bool fresh;		   /* rows are up to date */
	bool due;		   /* there are newer ones to read */
	void *slices;		   /* which are being read so, or NULL; */
	struct listview *next;	   /* a source of these, while they */
	struct ordering *ordering; /* are sorted; or NULL */
	unsigned version;	   /* of the host that they borrow from */
	unsigned round;		   /* of counters, when they were sorted */
	bool sorted;		   /* by the current numbers */
	char *failure;		   /* error of reading them, or NULL */
	struct buf detail;	   /* of row `detailed`, while rows are fresh */
	const void *detailed;
	uint64_t scale; /* of the charts of rows */
	struct column columns[COLUMNS_MAX];
	struct buf heads[COLUMNS_MAX]; /* of them */
	bool bits;		       /* what these say */
	struct table_spec table_spec;
	struct table *table;
	uint64_t removed_at; /* a statement was, by a key; now_ms */
};

/* Shows another list in its place. */
void listview_switch(struct listview *, const struct list_spec *);
/* Has the rows built anew, when arrange has another result; or only shown, when
 * set_folds has. */
void listview_rearrange(struct listview *);
void listview_refold(struct listview *);

/* The functions of a list view, whose arg is its spec. A view with more state
 * has a struct of its own, which begins with a listview. */
#define LISTVIEW_OWN(type, opens, closes, changes, draws, tells)               \
	.size = sizeof(type), .open = opens, .close = closes, .draw = draws,   \
	.redraw = listview_redraw, .act = listview_act, .mode = listview_mode, \
	.modes = table_modes, .key = listview_key, .changed = changes,         \
	.click = listview_click, .stands_for = listview_stands_for,            \
	.explain = listview_explain, .status = tells
#define LISTVIEW_STATUS(type, opens, changes, draws, tells)                    \
	LISTVIEW_OWN(type, opens, listview_close, changes, draws, tells)
#define LISTVIEW_OPS(type, opens, changes)                                     \
	LISTVIEW_STATUS(type, opens, changes, listview_draw, listview_status)
#define LISTVIEW_PLAIN                                                         \
	LISTVIEW_OPS(struct listview, listview_open, listview_changed)

int listview_open(void *self, struct ui *, const void *spec, struct err *);
void listview_close(void *self);
void listview_draw(void *self, const struct rect *);
bool listview_redraw(void *self);
int listview_act(void *self, int id);
/* What Esc does, for lists that have more to go back to. */
void listview_back(void *self);
const struct action *listview_mode(const void *self);
void listview_key(void *self, int key);
bool listview_click(void *self, int y, int x);
int listview_stands_for(const void *self, int key);
void listview_changed(void *self);
void listview_explain(void *self, struct buf *);
void listview_status(void *self, struct buf *);
/* Appends how the rows are sorted, and how often they are read. */
void listview_tell_order(const struct listview *, struct buf *);

/* Reads the rows of a listing with slices again, in that many milliseconds. */
void listview_read_again(struct listview *, unsigned ms);

/* The selected row, borrowed until the host changes; NULL when there is none.
 */
const void *listview_selected(struct listview *);
/* The same as it was drawn; NULL when something changed since. */
const void *listview_drawn(const struct listview *);
/* The statement behind a row (which may be NULL), or NULL. */
const struct statement *listview_statement(
    const struct listview *, const void *row);

#endif
