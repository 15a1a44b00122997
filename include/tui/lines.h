/* Text wrapped at blanks and drawn as rows. */
#ifndef SEKI_TUI_LINES_H
#define SEKI_TUI_LINES_H

#include "tui/draw.h"

/* Text in a column of its own, behind two blanks or more, is continued under
 * itself. */

/* The rows that text takes when it is broken to w columns. */
int lines_count(const char *text, int w);

/* Where a byte of it is then; behind its end, the row below the last. */
void lines_place(const char *text, int w, size_t at, int *row, int *col);

/* The byte that a row begins with. */
size_t lines_start(const char *text, int w, int row);

/* Draws as many rows as fit; each line, with its continuation, in its role
 * (role_of_line). A mark at the end means that there is more. */
void lines_draw(const char *text, const struct rect *);

/* Draws a part of a text that scrolls, from row top on; with marks, lines are
 * drawn in their roles. True if there is more below. */
bool lines_draw_part(
    const char *text, const struct rect *, int top, bool marks);

#endif
