/* Drawing: the only place that puts text on the screen. All text is clipped to
 * its width and made safe here, so callers hand over names as they came. */
#ifndef SEKI_TUI_DRAW_H
#define SEKI_TUI_DRAW_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/util.h"
#include "tui/theme.h"

struct rect {
	int y, x, h, w; /* from 0, in rows and columns */
};

/* The first n rows cut off and returned; *r keeps the rest. Fewer when there
 * are fewer. */
struct rect rect_top(struct rect *r, int n);
/* The same from below. */
struct rect rect_bottom(struct rect *r, int n);
/* What is left inside a box around it. */
struct rect rect_inside(const struct rect *);
/* A rect of that size, or less, in the middle of another. */
struct rect rect_center(const struct rect *, int h, int w);

/* Appends as much of the text as w columns hold, escaped (buf_escape); with
 * ascii, "?" for each column of what is not ASCII. The columns it takes. */
size_t text_clip(struct buf *, const char *text, size_t w, bool ascii);

/* The length in bytes of the next line of text when it is broken at blanks,
 * and beside wide characters, to fit w columns; a newline ends a line too.
 * *skip is how far the line after begins. */
size_t text_wrap(const char *text, size_t w, size_t *skip);

/* The byte to show text from, so that the cursor on byte `at` is among w
 * columns. */
size_t text_first(const char *text, size_t at, size_t w);

/* Blanks the screen, to be drawn anew. */
void draw_clear(void);

/* Text from column x on, at most w columns. The columns it takes. */
int draw_text(int y, int x, int w, enum role, const char *text);
/* The same, but what does not fit is left out from where several blanks set it
 * off, or else from a blank on, with "..." in its place. */
void draw_short(int y, int x, int w, enum role, const char *text);
/* The same, and blanks up to w. */
void draw_pad(int y, int x, int w, enum role, const char *text);
/* Blanks, then text that ends at column x + w. */
void draw_right(int y, int x, int w, enum role, const char *text);
void draw_fill(const struct rect *, enum role);
/* A line of dashes with a caption near its start, which may be "". */
void draw_rule(int y, int x, int w, const char *caption);
/* A frame, blank inside, with its caption in the upper edge. */
void draw_box(const struct rect *, const char *caption);

/* Where the cursor is left: on the selected row, or where text is typed, so
 * that a screen reader or a magnifier follows. The last call of a turn wins. */
void draw_cursor(int y, int x);

#endif
