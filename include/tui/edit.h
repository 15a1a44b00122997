/* A line editor, for form fields, filters and dialogs. */
#ifndef SEKI_TUI_EDIT_H
#define SEKI_TUI_EDIT_H

#include <stdbool.h>

#include "core/base/util.h"
#include "tui/theme.h"

/* All zero is empty. */
struct edit {
	struct buf text; /* UTF-8 */
	size_t at;	 /* the byte the cursor is on */
};

/* Replaces the text and puts the cursor behind it. */
void edit_set(struct edit *, const char *text);
/* What was typed; borrowed until it changes. */
const char *edit_text(const struct edit *);
void edit_free(struct edit *);

/* Applies a key that types, deletes or moves; false for any other. */
bool edit_key(struct edit *, int key);

/* Draws it on w columns, the cursor in view; with focus the cursor stays
 * there. */
void edit_draw(const struct edit *, int y, int x, int w, enum role, bool focus);

#endif
