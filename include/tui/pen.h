/* Shortens what is written to a terminal that speaks ECMA-48, and whose cursor
 * stays in the last column until more is written, with the same result on the
 * screen. */
#ifndef SEKI_TUI_PEN_H
#define SEKI_TUI_PEN_H

#include <stdbool.h>

#include "core/base/util.h"

/* Where and how the terminal writes next. Of one that is all zeros nothing is
 * known, which is always right. */
struct pen {
	int width;  /* of the terminal, in columns */
	int y, x;   /* from 1; 0 when unknown */
	bool blank; /* nothing is on the screen behind it */
	bool known; /* attributes is all that is in force */
	struct buf attributes;
	/* Read and not written yet: moves, and where they lead to; parameters
	 * of SGR, which begin with 0 when they replace what is in force. */
	struct buf moves;
	int to_y, to_x;
	struct buf changes;
};

/* Appends the text, shortened. What it knows of the pen is from the texts
 * before: pen_forget when anything else was written in between. */
void pen_write(struct pen *, struct buf *, const char *text, size_t n);
void pen_forget(struct pen *);
void pen_free(struct pen *);

#endif
