/* One screen for every list: a listing of core in the table of tui, with
 * details of the selected row below it. */
#ifndef SEKI_SCREENS_LISTVIEW_H
#define SEKI_SCREENS_LISTVIEW_H

#include "core/show/listing.h"
#include "screens/app.h"
#include "screens/traffic.h"
#include "tui/table.h"

/* What a screen says about its list. Functions that may be NULL say so. */
struct list_spec {
	const char *listing; /* its name in core/show/listing.h */
	const char *copy;    /* the column that y copies, before the
				statement; NULL: that */
	const char *sort;    /* the column sorted by at first; NULL: the
				first */
	int wide;	     /* least width of the column that is wide */
	const char *empty;   /* instead of rows */
	const char *none;    /* the same without the key for a new one, which
				is refused when read-only; NULL: empty */
	enum tab tab;
	/* Of its own, and to its statements, with the view; may be NULL. */
	const struct act *acts, *edits;
	/* The start of the statement that the key for a new one asks for, as
	 * of the selected row (NULL without rows). NULL: it asks of which
	 * kind. */
	void (*start)(const void *row, struct buf *);
	/* Appends lines about a row, the important ones first; they have
	 * roles (role_of_line). May be NULL. */
	void (*detail)(const struct host *, const void *row, struct buf *);
	/* What passes, for the chart below those lines. May be NULL. */
	struct traffic (*traffic)(const void *row);
	/* Appends what stands out of all rows: ", 1 broken". May be NULL. */
	void (*summary)(const void *rows, size_t n, struct buf *);
};

/* The private struct of such a view. */
struct listview {
	struct app *app;
	const struct list_spec *spec;
	const struct listing *listing;
	void *rows; /* borrow from the host: gone once it changes */
	size_t n;
	bool fresh;	   /* whether they are there */
	unsigned version;  /* of the host they borrow from */
	bool sorted;	   /* by the numbers of now */
	char *failure;	   /* why they could not be read; NULL: they could */
	struct buf detail; /* of the row below, as long as rows are fresh */
	const void *detailed;
	struct column columns[COLUMNS_MAX];
	struct table_spec table_spec;
	struct table *table;
};

/* Of every row. */
extern const struct action copy_actions[];

/* The functions of such a view, whose arg is its spec. A view that is more
 * than that has a struct of its own, which begins with a listview. */
#define LISTVIEW_OPS(type, opens, changes)                                     \
	.size = sizeof(type), .open = opens, .close = listview_close,          \
	.draw = listview_draw, .act = listview_act, .mode = listview_mode,     \
	.modes = table_modes, .key = listview_key, .changed = changes,         \
	.click = listview_click, .explain = listview_explain,                  \
	.status = listview_status
#define LISTVIEW_PLAIN                                                         \
	LISTVIEW_OPS(struct listview, listview_open, listview_changed)

int listview_open(void *self, struct ui *, const void *spec, struct err *);
void listview_close(void *self);
void listview_draw(void *self, const struct rect *);
int listview_act(void *self, int id);
const struct action *listview_mode(const void *self);
void listview_key(void *self, int key);
bool listview_click(void *self, int y, int x);
void listview_changed(void *self);
void listview_explain(void *self, struct buf *);
void listview_status(void *self, struct buf *);

/* The row that is selected, borrowed until the host changes; NULL when there
 * is none. */
const void *listview_selected(struct listview *);
/* The statement behind a row (which may be NULL), or NULL. */
const struct statement *listview_statement(
    const struct listview *, const void *row);

#endif
