/* A text that scrolls, on the whole screen or in a box. */
#ifndef SEKI_TUI_PAGER_H
#define SEKI_TUI_PAGER_H

#include "tui/edit.h"
#include "tui/view.h"

/* The arg of these views; the texts are copied. */
struct pager_arg {
	const char *title;
	const char *text;
	bool marks; /* lines of a diff or a report have their roles
		       (role_of_line) */
	/* As in view_ops: not NULL, and keys of the screen below do nothing,
	 * as in its help. Borrowed. */
	const char *unbound;
};

extern const struct view_ops pager_view, pager_box;

/* For views that have more keys: their struct begins with this one, and their
 * ops have these functions, or functions that call them. */
struct pager {
	char *title;
	char *text;
	bool marks;
	const char *unbound;
	int top;
	int w, h, rows; /* of the last draw */

	struct edit word; /* that is searched for */
	bool typing;	  /* it is typed now: */
	int from;	  /* the top before, */
	size_t at;	  /* and the byte there */
	size_t found;	  /* one more than the byte where it is; 0: nowhere */
};
extern const struct action pager_actions[]; /* that scroll, and search */
extern const struct action *const pager_modes[];
int pager_open(void *self, struct ui *, const void *arg, struct err *);
void pager_close(void *self);
void pager_draw(void *self, const struct rect *);
int pager_act(void *self, int id);
const struct action *pager_mode(const void *self);
void pager_key(void *self, int key);
void pager_status(void *self, struct buf *);
/* Shows another text from its start; title and text are copied. */
void pager_show(struct pager *, const char *title, const char *text);

#endif
