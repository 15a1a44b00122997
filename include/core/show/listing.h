/* The lists of seki show, of its JSON and of the screens as tables: each is
 * columns, and a function that builds rows. */
#ifndef SEKI_CORE_SHOW_LISTING_H
#define SEKI_CORE_SHOW_LISTING_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/util.h"
#include "core/state/host.h"

enum column_flags {
	COLUMN_RIGHT = 1,		  /* aligned to the right */
	COLUMN_LIVE = 2,		  /* a rate: where these are read */
	COLUMN_WIDE = 4,		  /* takes the room that is left */
	COLUMN_NUMBER = 8 | COLUMN_RIGHT, /* sorts by what the text counts */
	/* Its head gets the unit: */
	COLUMN_RATE = 16,    /* b/s or B/s, as the host says; */
	COLUMN_BYTES = 32,   /* B; */
	COLUMN_EACH = 64,    /* /s */
	COLUMN_CUT = 128,    /* may be cut */
	COLUMN_SCREEN = 256, /* on screens only */
	COLUMN_ENDS = 512,   /* where it is cut, both of its ends stay */
};

#define ROW_COUNTERS 3

struct json_t; /* of jansson */

struct listing_column {
	const char *name; /* for sorting, and in help */
	const char *head; /* this and all help: marked by N_() */
	unsigned flags;
	unsigned rank; /* 0 always stays; the highest goes first when narrow */
	size_t offset; /* of the member that print takes; 0: the row itself */
	/* Displayable text: foreign bytes are escaped. */
	void (*print)(const struct host *, const void *member, struct buf *);
	const char *help;
};

/* The rows of a list that may be very long, in slices between which there is
 * time for something else, in place of read and build. */
struct listing_slices {
	void *(*begin)(struct host *, struct err *); /* NULL on error */
	/* 1 while there is more to do, 0 when all is done, -1 on error. */
	int (*more)(void *slices, struct err *);
	/* What has to be readable before there is more; -1 or NULL: nothing. */
	int (*fd)(const void *slices);
	/* When all is done, the rows: still of the slices; or owned by the
	 * caller, as build has them, while those of before are not valid any
	 * more. */
	const void *(*rows)(const void *slices, size_t *n);
	void *(*take)(void *slices, size_t *n);
	/* At last, and before the host changes. */
	void (*end)(void *slices);
};

struct listing {
	const char *name; /* "forwards"; marked by N_() */
	const char *help;
	const struct listing_column *columns;
	size_t ncolumns;
	size_t row_size;
	bool ordered; /* the order of rows is their meaning: never sorted */
	/* Reads what only this list needs; NULL for nothing. Called before
	 * build. */
	int (*read)(struct host *, struct err *);
	/* Whether what it read is old, and how many seconds it lasts; NULL:
	 * always, and none. */
	bool (*due)(const struct host *);
	unsigned (*every)(const struct host *);
	void *(*build)(const struct host *, size_t *n);
	const struct listing_slices *slices; /* or NULL */
	void (*free)(void *rows, size_t n);
	/* A name of the row that is stable while rows come and go; NULL where
	 * no screen shows the list. */
	void (*key)(const struct host *, const void *row, struct buf *);
	/* ' ' * o - + ~ ! ? =; NULL: no marks. */
	char (*mark)(const struct host *, const void *row);
	/* The statement of the row, or NULL; NULL if rows have none. */
	const struct statement *(*statement)(const void *row);
	/* Sets the counters of the row, NULL for none; NULL if rows have
	 * none. */
	void (*counters)(
	    const void *row, const struct counter *v[ROW_COUNTERS]);
	struct json_t *(*json)(const struct host *, const void *row);
	const char *shape; /* of that, for people */
};

/* All of them, ended by NULL. */
extern const struct listing *const listings[];
const struct listing *listing_find(const char *name);

/* The place of the column of that name; 0 if there is none, and for NULL. */
size_t listing_column(const struct listing *, const char *name);
/* The first column that is never dropped: it identifies the row. */
const struct listing_column *listing_main(const struct listing *);

/* Appends the head of a column, with its unit; host NULL: that of a new one. */
void listing_print_head(
    const struct listing_column *, const struct host *, struct buf *);
/* Appends a cell of a row as displayable text. */
void listing_print(const struct listing_column *, const struct host *,
    const void *row, struct buf *);

/* Row i of what build returned. */
const void *listing_row(const struct listing *, const void *rows, size_t i);

#endif
