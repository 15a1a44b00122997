/* Reading back what was committed. */
#include "config.h"

#include "core/commit/readback.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/util.h"
#include "core/plan/plan_file.h"
#include "core/state/pending.h"

/* Whether the commit dealt with that container, and none of its steps
 * failed. */
static bool
concerns(const struct plan *done, const struct step *left)
{
	const struct step *s;
	bool served = false;

	if (left->container == NULL)
		return true;
	for (s = done->v; s < END_OF(done->v, done->n); s++) {
		if (s->container == NULL || strcmp(s->name, left->name) != 0)
			continue;
		if (s->failed)
			return false;
		served = true;
	}
	return served;
}

/* A step without words accompanies one that has some. */
static void
name_step(const struct step *s, struct buf *b)
{
	if (step_kinds[s->kind].print == NULL)
		return;
	buf_add(b, b->len > 0 ? ", " : "");
	step_kinds[s->kind].print(s, b);
}

int
readback_judge(const struct plan *done, const struct plan *left, struct err *e)
{
	struct buf missing = { 0 };
	size_t i, n = 0;

	for (i = 0; i < left->n; i++) {
		if (!concerns(done, &left->v[i]))
			continue;
		name_step(&left->v[i], &missing);
		n++;
	}
	if (n > 0)
		err_set(e, ERR_FAIL,
		    "the kernel does not have what was committed; missing: %s",
		    buf_text(&missing));
	buf_free(&missing);
	return n > 0 ? -1 : 0;
}

/* Rules that were planned from a listing are compared with another. */
static bool
knew_rules(const struct plan *done)
{
	const struct step *s;

	for (s = done->v; s < END_OF(done->v, done->n); s++)
		if (s->kind == STEP_RULESET && (!step_is_known(s) || !s->done))
			return false;
	return true;
}

static bool
has_ruleset(struct net *net, const struct wish *want)
{
	struct rules now;
	struct err ignored;
	size_t n = 0;

	return net_rules(net, NET_TABLE, &now, &ignored) == 0 &&
	       now.flags == 0 && now.present == want->present &&
	       now.marks == want->marks &&
	       net_element_count(net, NET_TABLE, &n, &ignored) == 0 &&
	       n == want->elements;
}

bool
readback_has_rules(struct net *net, const struct plan *done,
    const struct wish *want, uint32_t generation)
{
	struct err ignored;
	uint32_t now;

	return knew_rules(done) && net_generation(net, &now, &ignored) == 0 &&
	       now == drift_generation(generation, done) &&
	       has_ruleset(net, want);
}

int
readback_check(struct host *h, const struct config *committed,
    struct drift_seen *seen, struct err *e)
{
	char *undo = pending_path(h->run_path, "undo");
	struct plan done = { 0 }, left = { 0 };
	int r = host_refresh(h, e);

	if (r == 0)
		r = plan_read(&done, undo, &h->snapshot, NULL, e);
	if (r == 0)
		r = drift_find(h, committed, seen, NULL, &left, e);
	if (r == 0)
		r = readback_judge(&done, &left, e);
	plan_free(&done);
	plan_free(&left);
	free(undo);
	return r;
}
