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

/* The blank line before the last of several paragraphs. */
static char *
last_paragraph(char *text)
{
	char *last = NULL, *next = text;

	while ((next = strstr(next, "\n\n")) != NULL)
		last = next++;
	return last;
}

/* The first paragraphs, but at least one. */
static char *
what_fits(const char *text, const struct rect *r)
{
	char *shown = xstrdup(text), *last;

	while (lines_count(shown, r->w) > r->h &&
	       (last = last_paragraph(shown)) != NULL)
		*last = '\0';
	return shown;
}

void
empty_draw(const struct rect *r, const char *text)
{
	const int indent = r->w >= WIDE ? INDENT : 1;
	struct rect area = { r->y, r->x + indent, r->h, r->w - indent - 1 };
	char *shown = what_fits(text, &area);

	if (lines_count(shown, area.w) < r->h) {
		area.y++;
		area.h--;
	}
	lines_draw_part(shown, &area, 0, false);
	draw_cursor(r->y, r->x);
	free(shown);
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
