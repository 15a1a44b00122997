/* What a table without rows shows in their place. */
#ifndef SEKI_TUI_EMPTY_H
#define SEKI_TUI_EMPTY_H

#include <stdbool.h>

#include "tui/draw.h"

/* Draws a sentence and, where all of it has room, what follows behind an empty
 * line: what the rows are for, and the next steps. The cursor is at its start.
 */
void empty_draw(const struct rect *, const char *text);

/* Draws that no row has these words. While they are typed, the keys that would
 * bring rows back are text. */
void empty_draw_filtered(const struct rect *, const char *words, bool typing);

#endif
