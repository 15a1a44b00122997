/* The model of the saved config, kept while neither config nor snapshot
 * change: most events of a host change nothing that a model is made of. */
#include "config.h"

#include "core/state/standing.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/util.h"
#include "core/plan/ruleset_build.h"

struct standing {
	bool built, wished;
	struct model model;
	int r;	      /* of building it, */
	struct err e; /* and why not */
	struct wish wish;
};

struct standing *
standing_new(void)
{
	return xcalloc(1, sizeof(struct standing));
}

void
standing_free(struct standing *s)
{
	if (s != NULL)
		model_free(&s->model);
	free(s);
}

void
standing_drop(const struct host *h)
{
	if (h->standing == NULL)
		return;
	model_free(&h->standing->model);
	memset(h->standing, 0, sizeof(*h->standing));
}

const struct model *
standing_resolve(const struct host *h, const struct config *c,
    struct model *own, int *r, struct err *e)
{
	struct standing *s = h->standing;

	memset(own, 0, sizeof(*own));
	if (s == NULL || c != &h->saved) {
		*r = model_build_lenient(own, c, &h->snapshot, e);
		return own;
	}
	if (!s->built)
		s->r = model_build_lenient(&s->model, c, &h->snapshot, &s->e);
	s->built = true;
	*r = s->r;
	if (s->r != 0)
		*e = s->e;
	return &s->model;
}

struct wish
wish_of(const struct ruleset *r)
{
	return (struct wish){ .present = r->present,
		.marks = ruleset_marks(r),
		.digest = ruleset_digest(r),
		.counters = r->counters.n,
		.elements = ruleset_element_count(r) };
}

/* A config that was read again is another one with the same text. */
static bool
is_model(const struct standing *s, const struct model *m)
{
	return m == &s->model || (s->built && s->r == 0 && m->text != 0 &&
				     m->text == s->model.text &&
				     m->snapshot == s->model.snapshot);
}

struct wish
standing_build(
    const struct host *h, const struct model *m, struct ruleset *built)
{
	struct standing *s = h->standing;
	bool kept = s != NULL && is_model(s, m);
	struct wish w;

	if (kept && s->wished)
		return s->wish;
	ruleset_build(built, m);
	w = wish_of(built);
	if (kept) {
		s->wish = w;
		s->wished = true;
	}
	return w;
}

struct wish
standing_wish(const struct host *h, const struct model *m)
{
	struct ruleset built = { 0 };
	struct wish w = standing_build(h, m, &built);

	ruleset_free(&built);
	if (!h->brief)
		memory_trim();
	return w;
}
