/* The part of a model that can matter to packets to one port. */
#include "config.h"

#include "core/reach/slice.h"

#include <stdlib.h>

#include "core/base/util.h"
#include "core/plan/buckets.h"

struct slicer {
	const struct model *m;
	struct buckets *forwards, *policies;
	struct model with_forwards, with_policies;
};

struct slicer *
slicer_new(const struct model *m)
{
	struct slicer *s = xcalloc(1, sizeof(*s));
	size_t i;

	s->m = m;
	s->forwards = buckets_new();
	s->policies = buckets_new();
	s->with_forwards = s->with_policies = *m;
	s->with_forwards.forwards = xcalloc(m->nforwards, sizeof(*m->forwards));
	s->with_policies.policies = xcalloc(m->npolicies, sizeof(*m->policies));
	for (i = 0; i < m->nforwards; i++)
		buckets_add(
		    s->forwards, &m->forwards[i].st->v[FORWARD_PORTS], i);
	for (i = 0; i < m->npolicies; i++)
		buckets_add(
		    s->policies, &m->policies[i].st->v[POLICY_PORTS], i);
	return s;
}

void
slicer_free(struct slicer *s)
{
	if (s == NULL)
		return;
	buckets_free(s->forwards);
	buckets_free(s->policies);
	free(s->with_forwards.forwards);
	free(s->with_policies.policies);
	free(s);
}

const struct model *
slicer_forwards(struct slicer *s, uint16_t port)
{
	struct model *part = &s->with_forwards;
	size_t at[2] = { 0 }, place;

	for (part->nforwards = 0; buckets_next(s->forwards, port, at, &place);)
		part->forwards[part->nforwards++] = s->m->forwards[place];
	return part;
}

const struct model *
slicer_policies(struct slicer *s, uint16_t port)
{
	struct model *part = &s->with_policies;
	size_t at[2] = { 0 }, place;

	for (part->npolicies = 0; buckets_next(s->policies, port, at, &place);)
		part->policies[part->npolicies++] = s->m->policies[place];
	return part;
}
