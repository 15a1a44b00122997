/* A text drawn as rows, broken at blanks. */
#ifndef SEKI_TUI_LINES_H
#define SEKI_TUI_LINES_H

#include "tui/draw.h"

/* What stands in a column of its own, behind two blanks or more, is continued
 * under itself. */

/* The rows that text takes when it is broken to w columns. */
int lines_count(const char *text, int w);

/* Draws as many as fit; each line has its role (role_of_line), and what was
 * broken off keeps it. Dots at the end tell that there is more. */
void lines_draw(const char *text, const struct rect *);

/* Draws a part of a text that scrolls, from its row number top on; with marks,
 * lines have their roles. */
void lines_draw_part(
    const char *text, const struct rect *, int top, bool marks);

#endif
