/* The candidate over the saved config, as lists show both. */
#include "config.h"

#include "core/show/overlay.h"

#include <string.h>

#include "core/lang/config_diff.h"

char
row_mark_char(enum row_mark mark)
{
	return " +-~"[mark];
}

static void
take_change(void *arg, const struct change *c)
{
	struct overlays *o = arg;
	const struct statement *st = change_statement(c);
	enum row_mark mark = c->before == NULL	? MARK_ADDED
			     : c->after == NULL ? MARK_REMOVED
						: MARK_CHANGED;
	size_t i;

	if (st->kind < o->first || st->kind > o->last)
		return;
	for (i = 0; c->after != NULL && i < o->n; i++) {
		if (o->v[i].st == c->after) {
			o->v[i].mark = mark;
			return;
		}
	}
	o->v = xgrow(o->v, o->n, sizeof(*o->v));
	o->v[o->n++] = (struct overlay){ st, mark };
}

/* The candidate's statements of these kinds in order, then those that are only
 * in the saved config. */
void
overlays_read(struct overlays *o, const struct host *h,
    enum statement_kind first, enum statement_kind last)
{
	const struct statement *st;
	size_t i;

	*o = (struct overlays){ .first = first, .last = last };
	for (i = 0; i < h->candidate.n; i++) {
		st = h->candidate.v[i].st;
		if (st == NULL || st->kind < first || st->kind > last)
			continue;
		o->v = xgrow(o->v, o->n, sizeof(*o->v));
		o->v[o->n++] = (struct overlay){ st, MARK_NONE };
	}
	if (h->dirty)
		config_diff(&h->saved, &h->candidate, take_change, o);
}

const struct overlay *
overlays_named(const struct overlays *o, const char *name)
{
	size_t i;

	for (i = 0; i < o->n; i++)
		if (strcmp(o->v[i].st->v[0].text, name) == 0)
			return &o->v[i];
	return NULL;
}
