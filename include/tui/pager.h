/* A text that scrolls, on the whole screen or in a box. */
#ifndef SEKI_TUI_PAGER_H
#define SEKI_TUI_PAGER_H

#include "tui/view.h"

/* The arg of these views; the texts are copied. */
struct pager_arg {
	const char *title;
	const char *text;
	bool marks; /* lines of a diff or a report have their roles
		       (role_of_line) */
};

extern const struct view_ops pager_view, pager_box;
/* The same as the first, for the help: keys of the screen below do nothing. */
extern const struct view_ops pager_help;

/* For views that have more keys: their struct begins with this one, and their
 * ops have these functions, or functions that call them. */
struct pager {
	char *title;
	char *text;
	bool marks;
	int top;
	int h, rows; /* of the last draw */
};
extern const struct action pager_actions[]; /* that scroll */
int pager_open(void *self, struct ui *, const void *arg, struct err *);
void pager_close(void *self);
void pager_draw(void *self, const struct rect *);
int pager_act(void *self, int id);
void pager_status(void *self, struct buf *);
/* Shows another text from its start; title and text are copied. */
void pager_show(struct pager *, const char *title, const char *text);

#endif
