/* A text drawn as lines that have their roles. */
#ifndef SEKI_SCREENS_LINES_H
#define SEKI_SCREENS_LINES_H

#include "tui/draw.h"

/* The rows that text takes when it is broken to w columns. */
int lines_count(const char *text, int w);
/* Draws as many as fit; each line has its role (role_of_line), and what was
 * broken off keeps it. */
void lines_draw(const char *text, const struct rect *);

#endif
