/* Brings the screen of curses to a terminal that speaks ECMA-48, and whose
 * cursor stays in the last column until more is written, in few bytes. */
#ifndef SEKI_TUI_PAINTING_H
#define SEKI_TUI_PAINTING_H

#include "core/base/util.h"

struct painting;

struct painting *painting_new(void);
void painting_free(struct painting *);

/* The terminal was cleared: its cursor is at the first place, its attributes
 * are plain. To be called before the first drawing, too, and after each change
 * of the size. */
void painting_cleared(struct painting *);

/* Says where something was drawn in a row, so that no more of it is looked at;
 * not to be said is as good, but then of all that was drawn in the row. */
void painting_drew(struct painting *, int y, int x, int w);

/* Appends what changes the terminal to what curses has in stdscr, and moves its
 * cursor to that place, from 0. The cursor of stdscr is anywhere then. */
void painting_draw(struct painting *, int y, int x, struct buf *);

/* Appends what is missing to plain attributes, for what others write. */
void painting_rest(struct painting *, struct buf *);

#endif
