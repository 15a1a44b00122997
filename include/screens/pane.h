/* The pane of a list: what there is to tell about one of its rows. */
#ifndef SEKI_SCREENS_PANE_H
#define SEKI_SCREENS_PANE_H

#include "screens/traffic.h"
#include "tui/draw.h"

struct pane {
	const char *caption;
	enum role role; /* of the caption */
	/* Draws above the lines, in the area that keeps the rest; or NULL. */
	void (*top)(const struct host *, const void *row, struct rect *area);
	const void *row;
	const char *lines;	       /* as of lines_draw */
	const struct traffic *traffic; /* for a chart; NULL: none */
	bool lines_first; /* there is none where it takes room of them */
};

/* Cuts its area off that of the screen: beside the list on a wide terminal,
 * else below it and a blank row, a third of the rows and those that a list of
 * so many does not need. It has no rows where there is no room. */
struct rect pane_cut(struct rect *screen, size_t rows);

void pane_draw(const struct host *, const struct pane *, struct rect);

#endif
