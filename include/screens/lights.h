/* The lights of a forward, as its pane shows them. */
#ifndef SEKI_SCREENS_LIGHTS_H
#define SEKI_SCREENS_LIGHTS_H

#include "core/show/list_forward.h"
#include "tui/draw.h"

/* Draws a row for each family at the top of the area, which keeps the rest,
 * where one of them is red: what is green needs no more than a line. Names
 * stand above them where there is room. */
void lights_draw(
    const struct host *, const struct forward_row *, struct rect *);

/* Appends a line for each light that is red, or cannot be told; and one for
 * all others, with the minute of the last answer where none is red. Nothing,
 * and false, where nobody looked. */
bool lights_tell(const struct host *, const struct forward_row *, struct buf *);

#endif
