/* Services of the console for its screens: navigation, jobs, the clipboard. */
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

/* A navigation step from one tab to another, which Esc takes back. */
struct trail {
	enum tab from, to;
	char *filter, *key; /* of the list of `to` before; NULL: unknown */
};

struct review;

struct app {
	struct host *host;
	struct loop *loop;
	struct ui *ui;
	bool moving;	 /* the cursor moved a moment ago */
	unsigned pace;	 /* seconds from one redraw of rates to the next */
	bool pending;	 /* a commit was, at the last reload */
	time_t changed;	 /* when anything but traffic last did */
	char *asked;	 /* command whose question is open */
	pid_t decides;	 /* guard of the commit in that question */
	struct job *job; /* in the background; NULL: none */
	char *working;	 /* the command that the job runs */
	struct review *review; /* view that waits for the job, or NULL */
	struct trail *trail;   /* back stack, the last step last */
	size_t ntrail;
	struct {
		char *filter; /* NULL: none */
		char *select; /* key of a row; NULL: none */
		enum tab tab;
		bool step; /* from the last step of the trail */
	} wish;		   /* navigation to apply on tab's next draw */
};

/* The app of a view's ui. */
struct app *app_of(const struct ui *);
void app_free(struct app *); /* frees what screens put into it */

/* In force in every list and on the dashboard: commit, undo, discard. */
extern const struct action candidate_actions[];

/* Brings a tab to the front, its list filtered, or with the row selected that
 * has that key, or whose statement has it; NULL leaves either as it is. */
void app_go(struct app *, enum tab, const char *filter, const char *select);
/* The step that led to the tab in front, borrowed; NULL when there is none. */
const struct trail *app_trail(const struct app *);
/* Takes that step back. */
void app_back(struct app *);
/* Selects such a row in the tab in front. */
void app_select(struct app *, const char *key);

/* Notes that the cursor of a view moved. Details of its row may wait until it
 * rests, when everything is redrawn: so scrolling down a list on a slow line
 * writes little more than the cursor. */
void app_moved(struct app *);

/* Appends the unit of rates, and their interval when it is not one second. */
void app_rates(const struct app *, struct buf *);

/* Copies the text to the clipboard of the admin's terminal, and shows it. */
void app_copy(struct app *, const char *text);

/* True when this seki is read-only, after telling the admin. */
bool app_refuses(struct app *);

/* To be called after an edit of the candidate or a commit, with its result:
 * shows the error unless e is NULL, and makes all views read the host again.
 * Returns r. */
int app_edited(struct app *, int r, const struct err *e);
/* Tells how a commit that was pending at the last reload has ended. */
void app_tell_end(struct app *);

/* Starts a background job, one at a time: -1 after telling why not. Its done
 * must call app_worked, which is app_edited for changes made in a child
 * process. */
int app_work(struct app *, const struct job_spec *);
int app_worked(struct app *, int r, const struct err *e);

#endif
