/* What the roles of text look like, with colours and without. */
#ifndef SEKI_TUI_THEME_H
#define SEKI_TUI_THEME_H

#include <stdbool.h>

/* The role of a piece of text. Colour only repeats what a word or a mark says.
 */
enum role {
	ROLE_TEXT,
	ROLE_TITLE,
	ROLE_ALERT,  /* what must be seen: a commit is pending, */
	ROLE_PROVED, /* and a login has proved it */
	ROLE_TAB,
	ROLE_TAB_ACTIVE,
	ROLE_HEADER,
	ROLE_RULE,
	ROLE_SELECTED,
	ROLE_OK, /* marks, */
	ROLE_WARN,
	ROLE_FAIL,
	ROLE_ADDED,
	ROLE_REMOVED,
	ROLE_CHANGED, /* to here */
	ROLE_DIM,
	ROLE_KEY,   /* a key in the key bar */
	ROLE_LABEL, /* what it does, or the label of a field */
	ROLE_FIELD, /* what may be edited */
	ROLE_FOCUS, /* what is being edited */
	ROLE_STATEMENT,
	ROLE_CAPTION, /* of a part of a screen */
	ROLE_IN,      /* traffic to us, */
	ROLE_OUT,     /* and back to the Internet */
	ROLE_COUNT
};

/* The role of a line of a diff or a report, by its prefix: "+", "-", "~", "ok",
 * "WARN", "FAIL". */
enum role role_of_line(const char *);

/* Whether a role is that of a mark or a word, never of all it is about. */
bool role_is_mark(enum role);

/* To be called after newterm. Returns whether colours are used; they are not
 * where the terminal cannot keep its own foreground and background. */
bool theme_start(bool color);

/* The number of the colour of a pair. */
int theme_color(short pair);

/* The curses attribute of a role. */
unsigned long theme_attr(enum role, bool color);

#endif
