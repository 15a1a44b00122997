/* What things look like: a role to an attribute, with colours and without. */
#ifndef SEKI_TUI_THEME_H
#define SEKI_TUI_THEME_H

#include <stdbool.h>

/* What a piece of text is. Colour only repeats what a word or a mark says. */
enum role {
	ROLE_TEXT,
	ROLE_TITLE,
	ROLE_ALERT, /* a title that must be seen: a commit is pending */
	ROLE_TAB,
	ROLE_TAB_ACTIVE,
	ROLE_HEADER,
	ROLE_RULE,
	ROLE_SELECTED,
	ROLE_OK,
	ROLE_WARN,
	ROLE_FAIL,
	ROLE_ADDED,
	ROLE_REMOVED,
	ROLE_CHANGED,
	ROLE_DIM,
	ROLE_KEY,   /* a key in the key bar */
	ROLE_LABEL, /* what it does, or the label of a field */
	ROLE_FIELD, /* what may be edited */
	ROLE_FOCUS, /* what is being edited */
	ROLE_STATEMENT,
	ROLE_COUNT
};

/* The role a line of a diff or of a report has by what it begins with: "+",
 * "-", "~", "ok", "note", "WARN", "FAIL". */
enum role role_of_line(const char *);

/* After the terminal was taken. Whether colours are used: no, also when the
 * terminal can not keep its own foreground and background. */
bool theme_start(bool color);

/* The attribute of a role as the drawing library has it. */
unsigned long theme_attr(enum role, bool color);

#endif
