/* Views: numbered tabs, and views pushed on top of them. */
#ifndef SEKI_TUI_VIEW_H
#define SEKI_TUI_VIEW_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/err.h"
#include "tui/action.h"
#include "tui/draw.h"

#define VIEW_TABS_MAX 9 /* one for each digit */

struct ui;

/* A view is one const struct. self is the private struct of an open one.
 * Functions other than draw may be NULL. */
struct view_ops {
	const char *name;   /* in the tab line, and above its help */
	const char *word;   /* its name at the `:` line */
	const char *help;   /* some sentences above the keys; may be NULL */
	size_t size;	    /* of the private struct, zeroed before open */
	bool modal;	    /* a dialog: the view below stays in sight */
	const char *banner; /* a word before its keys, as of a mode; or NULL */
	const char *typing; /* the same in a mode; NULL: that of a filter */
	/* What is said of a key that is not bound, unmarked by _(). Not NULL:
	 * keys of the app and of the tabs are not in force. */
	const char *(*unbound)(const void *self);
	const struct action *const *actions; /* NULL-ended, nearest first */
	/* Those that are in force as it is now, some of these; NULL: all. */
	const struct action *const *(*actions_now)(const void *self);
	const struct action *const *modes; /* all that mode may return; or
					      NULL */

	/* arg is that of ui_push; when it is NULL, the one below. On -1 the
	 * view is gone and close is not called. */
	int (*open)(void *self, struct ui *, const void *arg, struct err *);
	const void *arg;
	void (*close)(void *self); /* frees its members, not the struct */
	void (*draw)(void *self, const struct rect *);
	/* Draws only what a move of its cursor changed since it was drawn.
	 * False when more changed, and all is to be drawn. */
	bool (*redraw)(void *self);
	/* Handles an action of any table in force. Returns ACT_NONE, or the id
	 * when it is not for this view. */
	int (*act)(void *self, int id);
	/* The key that another stands for at this moment. */
	int (*stands_for)(const void *self, int key);
	/* Not NULL while text is typed: then only this table is in force, and
	 * keys it does not bind go to key. */
	const struct action *(*mode)(const void *self);
	void (*key)(void *self, int key);
	/* A click at a row and column of the screen; true when it was on what
	 * was selected before, which opens it as Enter does. */
	bool (*click)(void *self, int y, int x);
	void (*changed)(void *self); /* drop borrowed pointers */
	/* Appends to its help: a legend of what it shows. */
	void (*explain)(void *self, struct buf *);
	/* Appends the text of the message line while there is no message. */
	void (*status)(void *self, struct buf *);
};

struct view {
	const struct view_ops *ops;
	void *self; /* NULL while it is not open */
	bool drawn; /* at least once, and so it knows its size */
	bool closing;
};

struct views {
	struct ui *ui;
	struct view *tabs;
	size_t ntabs;
	size_t tab;		   /* the one in front */
	char marks[VIEW_TABS_MAX]; /* of the tabs, as they are drawn; '\0' and
				      ' ' are none */
	struct view *over;	   /* pushed, the topmost last */
	size_t nover;
};

/* tabs ends with NULL and is borrowed. */
void views_init(struct views *, struct ui *, const struct view_ops *const *);
void views_free(struct views *);

/* Brings a tab to the front, opened on its first use, and closes the views
 * pushed on the one before. */
int views_show(struct views *, size_t tab, struct err *);
int views_push(
    struct views *, const struct view_ops *, const void *arg, struct err *);
/* Marks the views on top of one of that kind as closing. False when none is
 * open. */
bool views_raise(struct views *, const struct view_ops *);
/* Marks a pushed view as closing: it may be in the middle of a call. */
void views_close(struct views *, const void *self);
/* Closes the marked views. True when there were any. */
bool views_reap(struct views *);

/* The view that receives the keys. */
struct view *views_top(const struct views *);
const struct action *view_mode(const struct view *);
/* What is said of a key that is not bound; NULL: as everywhere. */
const char *view_unbound(const struct view *);
/* The word in front of its keys, translated; NULL for none. */
const char *view_banner(const struct view *);

void views_changed(struct views *);
void views_draw(struct views *, const struct rect *);

#endif
