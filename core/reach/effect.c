/* Warnings and refusals of a future commit. */
#include "config.h"

#include "core/reach/effect.h"

#include <stdlib.h>

#include "core/base/intl.h"
#include "core/reach/safety.h"

void
effect_of(const struct model *m, const struct snapshot *s, const struct ssh *v,
    size_t n, struct buf *lines)
{
	struct err e;
	size_t i;

	for (i = 0; i < m->nwarnings; i++)
		buf_printf(lines, "%s\n", m->warnings[i]);
	for (i = 0; i < n && safety_check(m, s, &v[i], &e) == 0;)
		i++;
	if (i < n)
		buf_printf(lines, _("a commit refuses this: %s (%s)\n"), e.text,
		    e.hint);
}

void
effect_of_config(const struct config *c, const struct snapshot *s,
    const struct ssh *v, size_t n, struct buf *lines)
{
	struct model m;
	struct err ignored;

	if (model_build(&m, c, s, &ignored) == 0)
		effect_of(&m, s, v, n, lines);
	model_free(&m);
}

void
effect_news(
    const char *before, const char *after, const char *fmt, struct buf *b)
{
	char *copy = xstrdup(after), *rest = copy, *line;

	while ((line = next_line(&rest)) != NULL)
		if (!has_line(before, line))
			buf_printf(b, fmt, line);
	free(copy);
}
