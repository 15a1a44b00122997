/* The console's machine: keys in, views drawn once a turn. Joins terminal,
 * loop, views, prompt and frame; an app says what it is made of. */
#ifndef SEKI_TUI_UI_H
#define SEKI_TUI_UI_H

#include "core/base/err.h"
#include "core/base/loop.h"
#include "tui/prompt.h"
#include "tui/view.h"

struct ui_spec {
	const struct view_ops *const *tabs; /* NULL-ended, at most
					     VIEW_TABS_MAX */
	const struct action *actions;	    /* in force in every view */
	bool read_only;			    /* the key bar offers no edits */
	/* An action no view wanted; the id back for what the toolkit does
	 * itself (quit, help, back, prompt, tabs), else ACT_NONE. */
	int (*act)(void *arg, int id);
	/* Appends the two halves of the title line; the role of the right. */
	enum role (*title)(void *arg, struct buf *left, struct buf *right);
	const struct prompt_spec *prompt; /* NULL for no `:` line */
	void *arg;
};

/* The terminal was taken (term_start). The spec is borrowed, and the loop's
 * idle function, standard input and the signals of a terminal and of its end
 * are taken. Opens the first tab; NULL when it can not be opened. */
struct ui *ui_new(struct loop *, const struct ui_spec *, struct err *);
void ui_free(struct ui *);

/* The arg of the spec: how a view reaches its app. */
void *ui_arg(const struct ui *);

/* Draw at the end of the turn; every key implies it. */
void ui_dirty(struct ui *);
/* The data changed: views read it again, and are drawn. */
void ui_changed(struct ui *);
/* The data moved, and says what it said: views let go of what they borrowed
 * from it, and nothing is drawn for that. */
void ui_stale(struct ui *);

/* News in the message line, until the next key. Translates the format. */
void ui_message(struct ui *, enum role, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* An error: in the message line, or in a box when it has a source or a hint
 * to show. */
void ui_error(struct ui *, const struct err *);

/* Puts a view on top. -1 after telling the admin why not. */
int ui_push(struct ui *, const struct view_ops *, const void *arg);
/* The same for a view of which one is enough: what lies on one that is open
 * already is closed instead. */
int ui_raise(struct ui *, const struct view_ops *);
/* Closes one that was pushed, once it returns. */
void ui_close(struct ui *, const void *self);

/* Puts a tab in front, counted from 0. */
void ui_show(struct ui *, size_t tab);
size_t ui_shown(const struct ui *);

/* Opens the `:` line with text in it. */
void ui_prompt(struct ui *, const char *text);

/* What a key, or the action of a key, does: for tests and menus. */
void ui_key(struct ui *, int key);
void ui_act(struct ui *, int id);

/* Ends the loop with that status. */
void ui_stop(struct ui *, int status);

#endif
