/* A text that scrolls, on the whole screen or in a box. */
#ifndef SEKI_TUI_PAGER_H
#define SEKI_TUI_PAGER_H

#include "tui/view.h"

/* The arg of both views; the texts are copied. */
struct pager_arg {
	const char *title;
	const char *text;
	bool marks; /* lines of a diff or a report have their roles
		       (role_of_line) */
};

extern const struct view_ops pager_view, pager_box;

#endif
