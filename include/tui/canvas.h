/* What is drawn, kept as spans of rows: of a new frame only those that differ
 * from the last one are given to curses. There is one, as of the terminal. */
#ifndef SEKI_TUI_CANVAS_H
#define SEKI_TUI_CANVAS_H

#include <stddef.h>

#include "tui/theme.h"

/* Begins a frame: what is drawn until canvas_end replaces all of the last one.
 * Without this, it is drawn over that at once. */
void canvas_begin(void);
/* Ends a frame: curses has it afterwards. */
void canvas_end(void);
/* Gives back the memory of both frames, once nothing is drawn any more. */
void canvas_free(void);

/* n bytes of text that take so many columns; it holds no control characters. */
void canvas_text(
    int y, int x, enum role, const char *text, size_t n, int columns);
/* One ASCII character w times. */
void canvas_run(int y, int x, int w, enum role, char c);

#endif
