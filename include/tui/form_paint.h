/* How a form is drawn: for tui/form*.c only. */
#ifndef SEKI_TUI_FORM_PAINT_H
#define SEKI_TUI_FORM_PAINT_H

#include "tui/edit.h"
#include "tui/form.h"

struct form_button {
	const char *label; /* marked by N_() */
	bool more;	   /* only of a form with spec.more */
	void (*press)(void *form);
};
#define FORM_BUTTONS_MAX 3

struct form {
	struct ui *ui;
	struct form_spec spec;
	const struct form_button *buttons[FORM_BUTTONS_MAX];
	size_t nbuttons;
	struct edit *values;
	struct buf *why; /* the error of each field */
	bool *touched;	 /* edited; only then its error is shown */
	size_t focus;	 /* a field; behind the fields, a button */
	int top;	 /* the first line in view */
	bool leaving;	 /* Esc was pressed, and another one closes it */
	size_t taken; /* where an arrow has chosen what a space would; nfields:
			    nowhere */
	int w;	      /* of the last paint */
	bool hinted;  /* the hint had room under the form */
	struct buf preview;
	struct buf error; /* of the last submit */
};

/* Appends the help of the field in focus, and of its value, unless it had room
 * under the form. */
void form_hint(const struct form *, struct buf *);

/* Draws struct form *self, scrolled so that the focus is in view. */
void form_paint(void *self, const struct rect *);

#endif
