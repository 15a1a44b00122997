/* Shortens what curses writes to a terminal that speaks ECMA-48, and whose
 * cursor stays in the last column until more is written, with the same result
 * on the screen. */
#ifndef SEKI_TUI_PAINTING_H
#define SEKI_TUI_PAINTING_H

#include "tui/pen.h"

struct stroke;

/* Of one that is all zeros nothing is known, which is always right. */
struct painting {
	int width;	/* of the terminal, in columns */
	struct pen pen; /* of the terminal */
	/* As curses has it: where it writes next, and how; with the moves and
	 * the parameters of SGR that led there, from the style before. */
	int y, x;
	struct style style, before;
	struct buf moves, attributes;
	struct stroke *strokes; /* not written yet */
	size_t n;
	int erased; /* the last row of which they erase the rest */
};

/* Appends the text, shortened. It knows of the terminal what the texts before
 * have done to it: painting_forget when anything else was written in between.
 * The attributes that the text ends with may be those of later text only. */
void painting_write(struct painting *, struct buf *, const char *, size_t n);
/* Appends the attributes that are missing, for what others write. */
void painting_end(struct painting *, struct buf *);
void painting_forget(struct painting *);
/* Afterwards nothing is known. */
void painting_free(struct painting *);

#endif
