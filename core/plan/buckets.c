/* Statements by port. */
#include "config.h"

#include "core/plan/buckets.h"

#include <stdlib.h>

#include "core/base/util.h"

#define BUCKET_PORTS 16
#define BUCKETS (65536 / BUCKET_PORTS)
#define BUCKETS_MAX 16 /* of one statement */

struct places {
	size_t *v; /* ascending */
	size_t n;
};

struct buckets {
	struct places always, at[BUCKETS];
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

void
buckets_add(struct buckets *b, const struct value *ports, size_t place)
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

struct buckets *
buckets_new(void)
{
	return xcalloc(1, sizeof(struct buckets));
}

void
buckets_free(struct buckets *b)
{
	size_t i;

	if (b == NULL)
		return;
	free(b->always.v);
	for (i = 0; i < BUCKETS; i++)
		free(b->at[i].v);
	free(b);
}

bool
buckets_next(
    const struct buckets *b, uint16_t port, size_t at[2], size_t *place)
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
