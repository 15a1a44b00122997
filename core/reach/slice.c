/* Parts of a model, by port: statements stand in buckets of a few ports; those
 * without ports, or with many, are in every part. */
#include "config.h"

#include "core/reach/slice.h"

#include <stdlib.h>

#include "core/base/util.h"

#define BUCKET_PORTS 16
#define BUCKETS (65536 / BUCKET_PORTS)
#define BUCKETS_MAX 16 /* of one statement */

struct places {
	size_t *v; /* in statements of the model, ascending */
	size_t n;
};

struct buckets {
	struct places always, at[BUCKETS];
};

struct slicer {
	const struct model *m;
	struct buckets forwards, policies;
	struct model with_forwards, with_policies;
};

static void
add(struct places *p, size_t place)
{
	if (p->n > 0 && p->v[p->n - 1] == place)
		return;
	p->v = xgrow(p->v, p->n, sizeof(*p->v));
	p->v[p->n++] = place;
}

static size_t
count_buckets(const struct ports *ports)
{
	size_t i, n = 0;

	for (i = 0; i < ports->n; i++)
		n += ports->v[i].hi / BUCKET_PORTS -
		     ports->v[i].lo / BUCKET_PORTS + 1u;
	return n;
}

static void
sort_in(struct buckets *b, const struct value *ports, size_t place)
{
	const struct range *r = ports->ports.v;
	unsigned at;

	if (!ports->set || count_buckets(&ports->ports) > BUCKETS_MAX) {
		add(&b->always, place);
		return;
	}
	for (; r < END_OF(ports->ports.v, ports->ports.n); r++)
		for (at = r->lo / BUCKET_PORTS; at <= r->hi / BUCKET_PORTS;
		     at++)
			add(&b->at[at], place);
}

static void
buckets_free(struct buckets *b)
{
	size_t i;

	free(b->always.v);
	for (i = 0; i < BUCKETS; i++)
		free(b->at[i].v);
}

struct slicer *
slicer_new(const struct model *m)
{
	struct slicer *s = xcalloc(1, sizeof(*s));
	size_t i;

	s->m = m;
	s->with_forwards = s->with_policies = *m;
	s->with_forwards.forwards = xcalloc(m->nforwards, sizeof(*m->forwards));
	s->with_policies.policies = xcalloc(m->npolicies, sizeof(*m->policies));
	for (i = 0; i < m->nforwards; i++)
		sort_in(&s->forwards, &m->forwards[i].st->v[FORWARD_PORTS], i);
	for (i = 0; i < m->npolicies; i++)
		sort_in(&s->policies, &m->policies[i].st->v[POLICY_PORTS], i);
	return s;
}

void
slicer_free(struct slicer *s)
{
	if (s == NULL)
		return;
	buckets_free(&s->forwards);
	buckets_free(&s->policies);
	free(s->with_forwards.forwards);
	free(s->with_policies.policies);
	free(s);
}

/* Goes through both lists in the order of the model. */
static bool
next(const struct buckets *b, uint16_t port, size_t at[2], size_t *place)
{
	const struct places *lists[] = { &b->always,
		&b->at[port / BUCKET_PORTS] };
	bool has[] = { at[0] < lists[0]->n, at[1] < lists[1]->n };
	size_t from;

	if (!has[0] && !has[1])
		return false;
	from = !has[0] || (has[1] && lists[1]->v[at[1]] < lists[0]->v[at[0]]);
	*place = lists[from]->v[at[from]++];
	return true;
}

const struct model *
slicer_forwards(struct slicer *s, uint16_t port)
{
	struct model *part = &s->with_forwards;
	size_t at[2] = { 0 }, place;

	for (part->nforwards = 0; next(&s->forwards, port, at, &place);)
		part->forwards[part->nforwards++] = s->m->forwards[place];
	return part;
}

const struct model *
slicer_policies(struct slicer *s, uint16_t port)
{
	struct model *part = &s->with_policies;
	size_t at[2] = { 0 }, place;

	for (part->npolicies = 0; next(&s->policies, port, at, &place);)
		part->policies[part->npolicies++] = s->m->policies[place];
	return part;
}
