/* A text drawn as lines that have their roles. */
#include "config.h"

#include "screens/lines.h"

#include <stdlib.h>

static size_t
cut(const char *text, int w, size_t *skip)
{
	return text_wrap(text, w > 0 ? (size_t)w : 1, skip);
}

int
lines_count(const char *text, int w)
{
	size_t skip;
	int n = 0;

	for (; *text != '\0'; text += skip, n++)
		cut(text, w, &skip);
	return n;
}

void
lines_draw(const char *text, const struct rect *r)
{
	enum role role = ROLE_TEXT;
	const char *at = text;
	size_t n, skip;
	char *line;
	int row;

	for (row = 0; *at != '\0' && row < r->h; at += skip, row++) {
		n = cut(at, r->w, &skip);
		line = xstrndup(at, n);
		if (at == text || at[-1] == '\n')
			role = role_of_line(line);
		draw_text(r->y + row, r->x, r->w, role, line);
		free(line);
	}
}
