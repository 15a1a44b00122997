/* Services of the console for its screens: edits, jobs, the clipboard. */
#ifndef SEKI_SCREENS_APP_H
#define SEKI_SCREENS_APP_H

#include <stdbool.h>
#include <stdint.h>

#include "core/commit/job.h"
#include "core/state/host.h"
#include "tui/ui.h"

enum tab {
	TAB_DASHBOARD,
	TAB_LINKS,
	TAB_CONTAINERS,
	TAB_FORWARDS,
	TAB_POLICIES,
	TAB_CONNECTIONS,
	TAB_CHANGES,
	TAB_DOCTOR,
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
	ACT_LOG,
	ACT_STATEMENTS,
	ACT_TRY,
	ACT_FORWARDS,
	ACT_CONTAINER,
	ACT_FOLD,
	ACT_FOLD_ALL,
	ACT_WHY,
	ACT_OBJECT,
	ACT_SETUP,
	ACT_TICK,
	ACT_OTHER,
	ACT_SORT_BY,

	ACT_NEW = ACT_EDITS,
	ACT_EDIT,
	ACT_DELETE,
	ACT_OFF,
	ACT_FORWARD,
	ACT_MOVE_UP,
	ACT_MOVE_DOWN,
	ACT_COMMIT,
	ACT_COMMIT_QUIT,
	ACT_UNDO,
	ACT_REDO,
	ACT_DISCARD,
	ACT_MENU,
	ACT_TERMINATE,
	ACT_ACCOUNTING
};

/* How the host is: how many troubles it has, and of which tabs they are. */
struct diagnosis {
	bool known;
	unsigned fails, warns;
	bool tabs[TAB_COUNT];
};

/* What screens share. Those with a module of their own are opaque. */
struct app {
	const struct host *host;
	struct host *writable; /* the same, for edits, commits and reads */
	struct loop *loop;
	struct ui *ui;
	const char *word; /* what the line says of the action it runs */
	/* Not NULL: the action only adds the words that may be said so. */
	struct candidates *words;
	bool moving;   /* the cursor moved a moment ago */
	unsigned pace; /* seconds from one redraw of rates to the next */
	bool set_up;   /* by the commit that is pending, if one is */
	bool bare;   /* a list without rows is shown: most keys of its bar would
		      do nothing */
	bool leaves; /* the console ends once a commit is confirmed */
	struct pending pending; /* when its end was last looked for */
	struct diagnosis diagnosis;
	unsigned judged;       /* the version of the host that it is about, */
	uint64_t judged_at;    /* and when, as now_ms */
	struct job *job;       /* in the background; NULL: none */
	struct answer *answer; /* of a job, until its done was called */
	bool committing;       /* by the job, or read since */
	bool refreshing;       /* the kernel is being read */
	/* Called at the end of app_refresh, with its result. */
	void (*refreshed)(struct app *, int r, const struct err *);
	struct review *review;	  /* view that waits for the job, or NULL */
	struct tried_view *tried; /* that shows a packet, or NULL */
	struct waiting *waiting;
	struct trail *trail;
	struct cmdrun *lines;
};

/* The app of a view's ui. */
struct app *app_of(const struct ui *);

/* In force in every list and on the dashboard: commit, undo, discard. */
extern const struct action candidate_actions[];

/* Notes that the cursor of a view moved. Details of its row may wait until it
 * rests, when everything is redrawn: so scrolling down a list on a slow line
 * writes little more than the cursor. */
void app_moved(struct app *);

/* Appends the unit of rates, and their interval when it is not one second. */
void app_rates(const struct app *, struct buf *);
/* Appends ", ranked every 15 s" where there are too many counters to rank rows
 * anew each second. */
void app_ranks(const struct app *, struct buf *);

/* Copies the text to the clipboard of the admin's terminal, and shows it. */
void app_copy(struct app *, const char *text);

/* True when this seki is read-only, after telling the admin. */
bool app_refuses(struct app *);

/* To be called after an edit of the candidate or a commit, with its result:
 * shows the error unless e is NULL, and makes all views read the host again.
 * Returns r. */
int app_edited(struct app *, int r, const struct err *e);
/* The same after the host was read, which may find that nothing changed. */
void app_read(struct app *);
/* Tells how a commit that was pending at the last reload has ended. */
void app_tell_end(struct app *);

/* Starts a background job, one at a time: -1 after telling why not. One that
 * changes the host has its done called when the host has been read again. */
int app_work(struct app *, const struct job_spec *, bool changes);
/* Abandons the job and its answer. */
void app_forget_work(struct app *);

/* Reads the kernel again, bit by bit, so that keys are answered meanwhile. */
void app_refresh(struct app *);
/* Reads at once what is left to read of that, if anything is. */
void app_refresh_now(struct app *);

#endif
