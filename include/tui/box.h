/* Boxes in the middle of the screen. */
#ifndef SEKI_TUI_BOX_H
#define SEKI_TUI_BOX_H

#include "tui/draw.h"

/* Draws a centred box for so many rows, or takes all of the area when it is too
 * low for a frame. Returns the inside. */
struct rect box_around(const struct rect *area, const char *title, int rows);

/* The same for a text, with a blank at both sides and more rows below it. */
struct rect box_around_text(
    const struct rect *area, const char *title, const char *text, int more);

#endif
