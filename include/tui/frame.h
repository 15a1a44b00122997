/* The fixed parts of the screen around a view: title, tabs, message, keys. */
#ifndef SEKI_TUI_FRAME_H
#define SEKI_TUI_FRAME_H

#include <stdbool.h>
#include <stddef.h>

#include "tui/view.h"

/* Where the parts are; one that has no room has no rows. */
struct frame {
	struct rect title, tabs, body, message, keys;
};

/* The parts of a screen of h rows and w columns. Without rows for both,
 * message and keys share a line, and the message goes first. False when even
 * that is too small (below 20x4). */
bool frame_fit(struct frame *, int h, int w);

/* The line of tabs as text, the one in front in brackets: all names, or only
 * its name among numbers, or only it, as w allows. *at and *len say where the
 * one in front is, brackets included. */
void frame_tabs_text(struct buf *, const struct views *, size_t w, size_t *at,
    size_t *len);

void frame_draw_title(const struct rect *, enum role, const char *left,
    const char *right);
void frame_draw_tabs(const struct rect *, const struct views *);
void frame_draw_keys(const struct rect *, const struct action *const *tables);

#endif
