/* What a table without rows shows in their place. */
#ifndef SEKI_TUI_EMPTY_H
#define SEKI_TUI_EMPTY_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/util.h"
#include "tui/draw.h"

/* Draws a sentence and, where all of it has room, what follows behind an empty
 * line: what the rows are for, and the next steps, lines of a key and what it
 * does, of which one is chosen. The cursor is at that, or at the start. */
void empty_draw(const struct rect *, const char *text, size_t step);

/* How many steps are in sight there. */
size_t empty_steps(const struct rect *, const char *text);
/* The key of a step, counted from 0; K_NONE if there are not so many. */
int empty_step_key(const char *text, size_t step);

/* Appends that no row has these words, and the steps that bring rows back.
 * While words are typed, those keys are text. */
void empty_filtered(const char *words, bool typing, struct buf *);

#endif
