/* What a table without rows shows in their place. */
#include "config.h"

#include "tui/empty.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "tui/key.h"
#include "tui/lines.h"

#define INDENT 3
#define WIDE 60	   /* columns that have room for an indent */
#define OFF "    " /* sets off what a key does */

/* Finds the start of a step, counted from 0; NULL if there are not so many. */
static const char *
find_step(const char *text, size_t step)
{
	while (text != NULL && text[0] != '\0') {
		if (text[0] > ' ' && has_prefix(text + 1, OFF) && step-- == 0)
			return text;
		text = strchr(text, '\n');
		if (text != NULL)
			text++;
	}
	return NULL;
}

static size_t
count_steps(const char *text)
{
	size_t n = 0;

	while (find_step(text, n) != NULL)
		n++;
	return n;
}

int
empty_step_key(const char *text, size_t step)
{
	const char *line = find_step(text, step);

	return line != NULL ? line[0] : K_NONE;
}

static void
draw_chosen(const struct rect *r, const struct rect *area, const char *text,
    size_t step)
{
	const char *line = find_step(text, step);
	char *before = xstrndup(text, (size_t)(line - text));
	int y = area->y + lines_count(before, area->w);

	draw_pad(y, r->x, area->x - r->x, ROLE_SELECTED, ">");
	draw_pad(y, area->x, 1, ROLE_SELECTED, (char[]){ line[0], '\0' });
	draw_cursor(y, r->x);
	free(before);
}

/* The blank line before the last of several paragraphs. */
static char *
last_paragraph(char *text)
{
	char *last = NULL, *next = text;

	while ((next = strstr(next, "\n\n")) != NULL)
		last = next++;
	return last;
}

/* The first paragraphs, but at least one, and the area that they are drawn
 * in. */
static char *
what_fits(const char *text, const struct rect *r, struct rect *area)
{
	const int indent = r->w >= WIDE ? INDENT : 1;
	char *shown = xstrdup(text), *last;

	*area = (struct rect){ r->y, r->x + indent, r->h, r->w - indent - 1 };
	while (lines_count(shown, area->w) > r->h &&
	       (last = last_paragraph(shown)) != NULL)
		*last = '\0';
	if (lines_count(shown, area->w) < r->h) {
		area->y++;
		area->h--;
	}
	return shown;
}

size_t
empty_steps(const struct rect *r, const char *text)
{
	struct rect area;
	char *shown = what_fits(text, r, &area);
	size_t n = count_steps(shown);

	free(shown);
	return n;
}

void
empty_draw(const struct rect *r, const char *text, size_t step)
{
	struct rect area;
	char *shown = what_fits(text, r, &area);
	size_t steps = count_steps(shown);

	lines_draw_part(shown, &area, 0, false);
	draw_cursor(r->y, r->x);
	if (steps > 0)
		draw_chosen(r, &area, shown, step < steps ? step : steps - 1);
	free(shown);
}

void
empty_filtered(const char *words, bool typing, struct buf *b)
{
	buf_printf(b, _("No row matches: %s"), words);
	if (!typing)
		buf_add(b, _("\n\n\\    shows all of them\n"
			     "/    looks for other words"));
}
