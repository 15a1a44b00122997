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

static void
make_wish(const struct model *m, struct wish *w)
{
	struct ruleset want;

	ruleset_build(&want, m);
	*w = (struct wish){ .present = want.present,
		.marks = ruleset_marks(&want),
		.digest = ruleset_digest(&want),
		.counters = want.counters.n };
	ruleset_free(&want);
}

void
standing_wish(const struct host *h, const struct model *m, struct wish *w)
{
	struct standing *s = h->standing;

	if (s == NULL || m != &s->model) {
		make_wish(m, w);
		return;
	}
	if (!s->wished)
		make_wish(m, &s->wish);
	s->wished = true;
	*w = s->wish;
}
