/* The console's main loop: input to views, one redraw a turn. Joins terminal,
 * loop, views, prompt and frame; the app describes itself in a ui_spec. */
#ifndef SEKI_TUI_UI_H
#define SEKI_TUI_UI_H

#include "core/base/err.h"
#include "core/base/loop.h"
#include "tui/frame.h"
#include "tui/prompt.h"
#include "tui/view.h"

struct ui_spec {
	const struct view_ops *const *tabs; /* NULL-ended, at most
					     VIEW_TABS_MAX */
	const struct action *actions;	    /* in force in every view */
	/* As that of struct action_namer. */
	const char *(*label)(void *arg, const struct action *);
	/* Handles an action that no view handled. Returns the id for the
	 * toolkit's own (quit, help, back, prompt, tabs), else ACT_NONE. */
	int (*act)(void *arg, int id);
	/* Fills the title line, of w columns, after the rest was drawn. */
	void (*title)(void *arg, int w, struct title *);
	/* Writes a mark for each tab that has one; the others are ' '. NULL:
	 * none has. */
	void (*mark_tabs)(void *arg, char *marks);
	const struct prompt_spec *prompt; /* NULL for no `:` line */
	void *arg;
};

/* To be called after term_start. The spec is borrowed. Takes the loop's idle
 * function, standard input, and the signals of the terminal and of termination.
 * Opens the first tab; NULL when it cannot be opened. */
struct ui *ui_new(struct loop *, const struct ui_spec *, struct err *);
void ui_free(struct ui *);

/* The arg of the spec: how a view reaches its app. */
void *ui_arg(const struct ui *);

/* Requests a redraw at the end of the turn; every key does. */
void ui_dirty(struct ui *);
/* The data changed: views read it again and are redrawn. */
void ui_changed(struct ui *);
/* The data moved, with equal values: views drop the pointers they borrowed from
 * it, without a redraw. */
void ui_stale(struct ui *);

/* Shows a message in the message line, until the next key. Translates the
 * format. */
void ui_message(struct ui *, enum role, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* What a key that does nothing has taken away. */
void ui_tell_again(struct ui *);
/* Shows an error: in the message line, or in a box when it has a source or a
 * hint to show. */
void ui_error(struct ui *, const struct err *);

/* Closes the box on top, if there is one: somebody asks for something else. */
void ui_dismiss(struct ui *);

/* Pushes a view. -1 after showing the admin why it could not be opened. */
int ui_push(struct ui *, const struct view_ops *, const void *arg);
/* The same for a view that is open once at most: where it is open already, the
 * views on top of it are closed instead. */
int ui_raise(struct ui *, const struct view_ops *);
/* Closes a view that was pushed, once its current call returns. */
void ui_close(struct ui *, const void *self);

/* Brings a tab to the front, counted from 0. */
void ui_show(struct ui *, size_t tab);
size_t ui_shown(const struct ui *);

/* Does what the key of that action does. */
void ui_act(struct ui *, int id);

/* Ends the loop with that status. */
void ui_stop(struct ui *, int status);

#endif
