/* The action tables in force, for keys, help and manual. */
#ifndef SEKI_TUI_KEYMAP_H
#define SEKI_TUI_KEYMAP_H

#include "tui/view.h"

#define KEYMAP_MAX 16

/* Always in force, before all others. The terminal makes no signals of ^C and
 * ^Z, so that they do nothing in a paste. */
extern const struct action keymap_always[];

/* The tables in force, nearest first and NULL-ended: for a view; with mode,
 * while text is typed in it; for the `:` line when view_ops is NULL. self is an
 * open view; NULL: any, with all actions that it may have. app is the app's own
 * table for every screen. */
void keymap_tables(const struct view_ops *, const void *self,
    const struct action *mode, const struct action *app,
    const struct action *tables[KEYMAP_MAX + 1]);

/* The key that was pressed last, which may be the first of a pair. */
struct pair {
	int first;
	uint64_t at; /* now_ms */
};
/* The pair of it and the key, if that is bound in the tables and came soon
 * behind; else the key. A first key that does nothing by itself waits for the
 * next, whenever that is pressed. */
int keymap_pair(
    struct pair *, const struct action *const *tables, int key, uint64_t now);
/* Appends that the key waits for the second of a pair, which it does while it
 * does nothing by itself; false when none begins with it. */
bool keymap_waits(const struct action *const *tables, int key, struct buf *);

/* Appends the help of an open view, and of the keys of those tables. */
void keymap_help(
    const struct view *, const struct action *const *tables, struct buf *);

#endif
