/* The fixed parts of the screen around a view: title, tabs, message, keys. */
#ifndef SEKI_TUI_FRAME_H
#define SEKI_TUI_FRAME_H

#include <stdbool.h>
#include <stddef.h>

#include "tui/view.h"

/* The areas of these parts; one without room has no rows. */
struct frame {
	struct rect title, tabs, body, message, keys;
};

/* The parts of a screen of h rows and w columns. Without rows for both,
 * message and keys share a line, and the message goes first. False when even
 * that is too small (below 20x4). */
bool frame_fit(struct frame *, int h, int w);

/* The title line: what it says, from the left to the right. */
struct title {
	struct buf name; /* of the host */
	struct buf state;
	enum role state_role;
	struct buf words; /* that must be seen */
	struct buf right; /* the first to be cut */
	enum role right_role;
	/* Of a row that is a bar, the part that is filled; 0: none. */
	double part;
	enum role bar;
};

void title_free(struct title *); /* what it holds */

/* The tab line, and the byte at which each tab starts. The last start is the
 * end, where a bracket may follow. */
struct tabs_line {
	struct buf text;
	size_t start[VIEW_TABS_MAX + 1];
};

/* Builds the tab line for w columns, the tab in front in brackets: all names,
 * else its name among numbers, else numbers alone. The marks of the views stand
 * behind them. */
void frame_tabs_text(struct tabs_line *, const struct views *, size_t w);
/* The tab at a column of that line; false when there is none. */
bool frame_tab_at(const struct views *, size_t w, size_t x, size_t *tab);

void frame_draw_title(const struct rect *, const struct title *);
void frame_draw_tabs(const struct rect *, const struct views *);
/* What went wrong has a mark. */
void frame_draw_message(const struct rect *, enum role, const char *text);
/* The columns of a banner in front of the keys, which may be NULL. */
int frame_banner_width(const struct rect *, const char *banner);
void frame_draw_keys(const struct rect *, const char *banner,
    const struct action *const *tables, const struct action_namer *);

#endif
