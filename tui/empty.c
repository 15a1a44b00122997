/* What a table without rows shows in their place. */
#include "config.h"

#include "tui/empty.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/base/util.h"
#include "tui/lines.h"

#define INDENT 3
#define WIDE 60 /* columns that have room for an indent */

void
empty_draw(const struct rect *r, const char *text)
{
	const int indent = r->w >= WIDE ? INDENT : 1;
	struct rect area = { r->y, r->x + indent, r->h, r->w - indent - 1 };
	const char *more = strstr(text, "\n\n");
	char *first =
	    xstrndup(text, more != NULL ? (size_t)(more - text) : strlen(text));
	int rows = lines_count(text, area.w);

	if (rows < r->h) {
		area.y++;
		area.h--;
	}
	lines_draw_part(rows <= area.h ? text : first, &area, 0, false);
	draw_cursor(r->y, r->x);
	free(first);
}

void
empty_draw_filtered(const struct rect *r, const char *words, bool typing)
{
	struct buf b = { 0 };

	buf_printf(&b, _("No row matches: %s"), words);
	if (!typing)
		buf_add(&b, _("\n\n\\    shows all of them\n"
			      "/    looks for other words"));
	empty_draw(r, buf_text(&b));
	buf_free(&b);
}
