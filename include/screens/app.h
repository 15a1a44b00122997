/* What the console does for its screens. */
#ifndef SEKI_SCREENS_APP_H
#define SEKI_SCREENS_APP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "core/commit/job.h"
#include "core/state/host.h"
#include "tui/ui.h"

enum tab {
	TAB_DASHBOARD,
	TAB_BRIDGES,
	TAB_CONTAINERS,
	TAB_FORWARDS,
	TAB_POLICIES,
	TAB_CONNECTIONS,
	TAB_CHANGES,
	TAB_COUNT
};

enum {
	ACT_COPY = ACT_APP,
	ACT_PAUSE,
	ACT_BITS,
	ACT_FASTER,
	ACT_SLOWER,
	ACT_REFRESH,
	ACT_HISTORY,
	ACT_STATEMENTS,
	ACT_CONNECTIONS,
	ACT_CONTAINER,

	ACT_NEW = ACT_EDITS,
	ACT_EDIT,
	ACT_DELETE,
	ACT_OFF,
	ACT_FORWARD,
	ACT_MOVE_UP,
	ACT_MOVE_DOWN,
	ACT_COMMIT,
	ACT_UNDO,
	ACT_REDO,
	ACT_DISCARD,
	ACT_MENU,
	ACT_TERMINATE
};

/* A step from one tab to another: Esc takes it back. */
struct trail {
	enum tab from, to;
	char *filter, *key; /* of the list it led to, before; NULL: unknown */
};

struct review;

struct app {
	struct host *host;
	struct loop *loop;
	struct ui *ui;
	bool moving;	 /* the cursor, a moment ago */
	unsigned pace;	 /* seconds from one painting of rates to the next */
	bool pending;	 /* a commit was, at the last look */
	time_t changed;	 /* when something other than traffic did last */
	char *asked;	 /* the command that waits for its answer */
	pid_t decides;	 /* the guard of the commit that a question is about */
	struct job *job; /* what goes on beside; NULL: nothing */
	char *working;	 /* the command that does */
	struct review *review; /* the view that waits for it; or NULL */
	struct trail *trail;   /* the last step last */
	size_t ntrail;
	struct {
		char *filter; /* NULL: none */
		char *select; /* a row; NULL: none */
		enum tab tab;
		bool step; /* the last one of the trail leads here */
	} wish;		   /* of a tab, which it takes when it is drawn next */
};

/* What is behind the ui of a view. */
struct app *app_of(const struct ui *);
void app_free(struct app *); /* what screens have put into it */

/* In force in every list and on the dashboard: commit, undo, discard. */
extern const struct action candidate_actions[];

/* Puts a tab in front, its list filtered, or with a row selected that has that
 * key, or whose statement has; NULL for as it is. */
void app_go(struct app *, enum tab, const char *filter, const char *select);
/* The step that led to the tab in front, borrowed; NULL when none did. */
const struct trail *app_trail(const struct app *);
/* Takes it back. */
void app_back(struct app *);
/* Selects such a row in the tab that is in front. */
void app_select(struct app *, const char *key);

/* The cursor of a view moved. What is shown about the row it is on may wait
 * until it rests, when all is drawn again: so that running down a list on a
 * slow line writes little more than the cursor. */
void app_moved(struct app *);

/* Appends how rates are shown: their unit, and how often when that is not each
 * second. */
void app_rates(const struct app *, struct buf *);

/* Offers the text to the clipboard of the admin's terminal, and shows it. */
void app_copy(struct app *, const char *text);

/* Whether this seki only looks: the admin was told so then. */
bool app_refuses(struct app *);

/* After an edit of the candidate or a commit, with how it ended: shows an error
 * unless e is NULL, and all views read the host again. Returns r. */
int app_edited(struct app *, int r, const struct err *e);
/* Tells how a commit that was pending at the last look has ended. */
void app_tell_end(struct app *);

/* Starts what takes a while, one at a time: -1 after telling why not. Its done
 * calls app_worked, which is app_edited for what a child did. */
int app_work(struct app *, const struct job_spec *);
int app_worked(struct app *, int r, const struct err *e);

#endif
