/* Boxes in the middle of the screen. */
#include "config.h"

#include "tui/box.h"

#include "tui/draw.h"
#include "tui/lines.h"

#define BOX_WIDTH 72

static int
box_width(const struct rect *area)
{
	return area->w < BOX_WIDTH ? area->w : BOX_WIDTH;
}

struct rect
box_around(const struct rect *area, const char *title, int rows)
{
	struct rect box = rect_center(area, rows + 2, box_width(area));

	if (area->h < 4) {
		draw_fill(area, ROLE_TEXT);
		return *area;
	}
	draw_box(&box, title);
	return rect_inside(&box);
}

struct rect
box_around_text(
    const struct rect *area, const char *title, const char *text, int more)
{
	int rows = lines_count(text, box_width(area) - 4) + more;
	struct rect in = box_around(area, title, rows);

	in.x++;
	in.w -= 2;
	return in;
}
