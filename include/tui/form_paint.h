/* How a form is painted. Only for form.c: others use tui/form.h. */
#ifndef SEKI_TUI_FORM_PAINT_H
#define SEKI_TUI_FORM_PAINT_H

#include "tui/edit.h"
#include "tui/form.h"

struct form {
	struct ui *ui;
	struct form_spec spec;
	struct edit *values;
	struct buf *why; /* what is wrong with each */
	bool *touched;	 /* what was never typed in is not blamed yet */
	size_t focus;	 /* a field, or a button behind the fields */
	int top;	 /* the first line in view */
	bool hinted;	 /* what the field is for was told under the form */
	struct buf preview;
	struct buf error; /* of the last submit */
};

/* The label of button number n, or NULL. */
const char *form_button(const struct form *, size_t n);

/* Appends what the field in focus is for, and what its value means. */
void form_hint(const struct form *, struct buf *);

/* Draws struct form *self, scrolled so that the focus is in view. */
void form_paint(void *self, const struct rect *);

#endif
