/* Navigation from one list to another: the way to a tab and to a row in it, and
 * the steps that Esc takes back. */
#ifndef SEKI_SCREENS_TRAIL_H
#define SEKI_SCREENS_TRAIL_H

#include <stdbool.h>

#include "screens/app.h"

struct trail_step {
	enum tab from, to;
	char *filter, *key; /* of the list of `to` before; NULL: unknown */
	char *led;	    /* the filter that it led to; NULL: none */
};

/* What a list is to show next. */
struct trail_wish {
	char *filter; /* NULL: as it is */
	char *select; /* key of a row; NULL: none */
	bool step;    /* a step led here: trail_note what the list had */
};

struct trail *trail_new(void);
void trail_free(struct trail *);

/* Brings a tab to the front, its list filtered, or with the row selected that
 * has that key, or whose statement has it; NULL leaves either as it is. */
void trail_go(struct app *, enum tab, const char *filter, const char *select);
/* Selects such a row in a tab, which stays where it is; or else in that of
 * changes, if it is in front. */
void trail_select(struct app *, enum tab, const char *key);
/* The tab that shows statements of that kind; TAB_DASHBOARD: none does. */
enum tab trail_tab(const struct statement *);
/* The step that led to the tab in front, borrowed; NULL when there is none. */
const struct trail_step *trail_last(const struct app *);
/* Takes that step back. */
void trail_back(struct app *);

/* For the list of that tab, as it draws: what it is to show, once; owned by the
 * caller. */
struct trail_wish trail_take(struct app *, enum tab);
void trail_wish_free(struct trail_wish *);
/* Whether there is something that it is to show. */
bool trail_waits(const struct app *, enum tab);
/* Notes in the last step what Esc restores. */
void trail_note(struct app *, const char *filter, const char *key);

#endif
