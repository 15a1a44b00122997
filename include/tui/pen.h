/* The place and the attributes of a terminal that speaks ECMA-48, and the
 * shortest way to others. */
#ifndef SEKI_TUI_PEN_H
#define SEKI_TUI_PEN_H

#include <stdbool.h>

#include "core/base/util.h"

/* How text looks, if that is known: flags by the numbers of SGR, and colours, 0
 * for the terminal's own. */
#define STYLE_FLAG(n) (1u << (n))

struct style {
	bool known;
	unsigned flags;
	int ink, paper;
};

/* Whether blanks in it look like those in none. */
bool style_hides(const struct style *);
/* False unless both are known. */
bool style_same(const struct style *, const struct style *);

/* Where and how the terminal writes next. Of one that is all zeros nothing is
 * known, which is always right. */
struct pen {
	int y, x;   /* from 1; 0 when unknown */
	bool blank; /* nothing is on the screen behind it */
	struct style style;
};

/* To another place, which is known, and to a known look. The lengths are those
 * of what the others append. */
size_t pen_move_length(const struct pen *, int y, int x);
void pen_move(struct pen *, int y, int x, struct buf *);
size_t pen_change_length(const struct pen *, const struct style *);
void pen_change(struct pen *, const struct style *, struct buf *);

/* As pen_move and pen_change, but writes nothing. */
void pen_put(struct pen *, int y, int x);

#endif
