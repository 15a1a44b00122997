/* Actions and their key bindings. */
#ifndef SEKI_TUI_ACTION_H
#define SEKI_TUI_ACTION_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/util.h"
#include "tui/key.h"

/* An action and the keys that run it. Tables end with a row whose id is
 * ACT_NONE. Key dispatch, key bar and help all read these rows. */
struct action {
	int id;
	int key[4];
	const char *name;  /* a word, as in the manual: "delete" */
	const char *label; /* in the key bar; NULL keeps it out */
	const char *help;  /* in the help; NULL keeps it out */
};

/* Actions of the toolkit itself. Screens number theirs from ACT_APP, and those
 * that a read-only console refuses from ACT_EDITS. */
enum {
	ACT_NONE = 0,
	ACT_HELP,
	ACT_QUIT,
	ACT_BACK,
	ACT_PROMPT,
	ACT_REPAINT,
	ACT_SUSPEND,
	ACT_INTERRUPT,
	ACT_MOUSE,
	ACT_TAB_1, /* the others follow */
	ACT_TAB_9 = ACT_TAB_1 + 8,
	ACT_TAB_BEFORE,
	ACT_TAB_AFTER,
	ACT_UP,
	ACT_DOWN,
	ACT_LEFT,
	ACT_RIGHT,
	ACT_PAGE_UP,
	ACT_PAGE_DOWN,
	ACT_HOME,
	ACT_END,
	ACT_ENTER,
	ACT_NEXT,
	ACT_PREVIOUS,
	ACT_TOGGLE,
	ACT_CANCEL,
	ACT_FILTER,
	ACT_FILTER_KEEP,
	ACT_FILTER_CLEAR,
	ACT_FILTER_SWITCH,
	ACT_SEARCH,
	ACT_SORT,
	ACT_SORT_LEFT,
	ACT_SORT_RIGHT,
	ACT_SORT_REVERSE,
	ACT_YES,
	ACT_NO,
	ACT_APP = 256,
	ACT_EDITS = 512
};

/* The handler of an action. Tables end with a row whose id is ACT_NONE. */
struct act {
	int id;
	void (*fn)(void *self);
};

/* Runs the handler of id. Returns ACT_NONE, or id when no row has it. */
int act_run(const struct act *, int id, void *self);

/* The row that binds the key, looked up in a NULL-ended list of tables, nearest
 * first; NULL when none does. A pair is bound only where its first key alone
 * does nothing, or moves about. */
const struct action *action_find(const struct action *const *tables, int key);
/* The first pair that is bound and begins with the key; K_NONE when none does.
 */
int action_begun(const struct action *const *tables, int key);

#define ACTION_BAR_MAX 32

/* Tells what a key bar calls an action at this moment, as yet untranslated;
 * NULL leaves out what would do nothing. */
struct action_namer {
	const char *(*label)(void *arg, const struct action *); /* NULL: its
								  own */
	void *arg;
};

/* That word, translated; NULL leaves the action out. */
const char *action_label(const struct action_namer *, const struct action *);

/* Fills rows with as many entries of the key bar as fit w columns, at most max,
 * with help always the last, and quit before it where there is room for more
 * than a few, unless it takes that of an edit; returns how many. Rows are
 * borrowed from the tables. Left out are rows whose key an earlier table binds,
 * and those without a label. Neighbours with the same label are one entry. */
size_t action_bar(const struct action *const *tables,
    const struct action_namer *, size_t w, const struct action **rows,
    size_t max);

/* The entry of that bar at a column; NULL when there is none. */
const struct action *action_at(const struct action *const *tables,
    const struct action_namer *, size_t w, size_t x);

/* Appends the keys of an entry of the key bar: "c", or "K/J" for neighbours. */
void action_keys(struct buf *, const struct action *);

/* Appends the keys of a row, except those that are bound to another one: "c v";
 * false when none is left. */
bool action_own_keys(
    const struct action *const *tables, const struct action *, struct buf *);

/* Appends lines of help: the keys and what they do. */
void action_help(const struct action *const *tables, struct buf *);

#endif
