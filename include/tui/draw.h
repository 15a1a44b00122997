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

/* Cuts off the first n rows and returns them; *r keeps the rest. Fewer when
 * there are fewer. */
struct rect rect_top(struct rect *r, int n);
/* The same for the last n rows. */
struct rect rect_bottom(struct rect *r, int n);
/* The inside of a box that fills the rect. */
struct rect rect_inside(const struct rect *);
/* A rect of that size, or less, centred in another. */
struct rect rect_center(const struct rect *, int h, int w);

/* Appends as much of the text as w columns hold, escaped (buf_escape); with
 * ascii, "?" for each column of what is not ASCII. Returns the columns it
 * takes. */
size_t text_clip(struct buf *, const char *text, size_t w, bool ascii);

/* The length in bytes of the next line of text, wrapped at blanks, and beside
 * wide characters, to w columns; a newline ends a line too. *skip is the offset
 * of the line after it. */
size_t text_wrap(const char *text, size_t w, size_t *skip);

/* The byte to draw text from, so that the cursor at byte `at` is within w
 * columns. */
size_t text_first(const char *text, size_t at, size_t w);

/* Begins a frame, blank at first. Until it ends, nothing of it is on the
 * screen; what is drawn outside a frame is there at once. */
void draw_begin(void);
void draw_end(void);

/* The mark of what is cut, a column wide. */
const char *draw_more(void);
/* Appends both ends of a text that is wider than w columns. */
void draw_ends(const char *text, int w, struct buf *);
/* Draws text from column x on, at most w columns; what is cut ends with a mark.
 * Returns the columns it takes. */
int draw_text(int y, int x, int w, enum role, const char *text);
/* Draws text, shortened when it is wider than w: cut at its last gap of two
 * blanks, else at a blank, with a mark in place of the rest. */
void draw_short(int y, int x, int w, enum role, const char *text);
/* Draws the first word of a line over it, in its role. All else of the line can
 * be read in every palette (test/contrast). */
void draw_first(int y, int x, int w, enum role, const char *text);
/* Draws text up to column `right`, shortened, from x on, or as far before it as
 * the text needs, but not before `least`; of a line that begins with a mark
 * (role_of_line) only that is in the role, unless it is selected. */
void draw_before(
    int y, int least, int x, int right, enum role, const char *text);
/* Draws the part of a text that w columns hold, padded with blanks to them. */
void draw_pad(int y, int x, int w, enum role, const char *text);
/* Draws text right-aligned in w columns, padded with blanks. */
void draw_right(int y, int x, int w, enum role, const char *text);
void draw_fill(const struct rect *, enum role);
/* The caption of a part of the screen, on a row of its own. */
void draw_caption(int y, int x, int w, enum role, const char *caption);
/* A line of dashes with a caption near its start, which may be "": the edge of
 * what lies upon a screen. */
void draw_rule(int y, int x, int w, const char *caption);
/* A frame, blank inside, with its caption in the upper edge. */
void draw_box(const struct rect *, const char *caption);

/* Sets where the cursor is left: on the selected row, or where text is typed,
 * so that a screen reader or a magnifier follows. The last call of a turn wins.
 */
void draw_cursor(int y, int x);

#endif
