/* Statements by port. */
#include "config.h"

#include "core/plan/buckets.h"

#include <stdlib.h>

#include "core/base/util.h"

#define BUCKET_PORTS 16
#define SHELF_BUCKETS 16
#define SHELF_PORTS (SHELF_BUCKETS * BUCKET_PORTS)
#define SHELVES (65536 / SHELF_PORTS)
#define BUCKETS_MAX 16 /* of one statement */

struct places {
	size_t *v; /* ascending */
	size_t n;
};

/* Most configs need few of them, and none as much memory as all. */
struct buckets {
	struct places always;
	struct places *shelves[SHELVES]; /* each of SHELF_BUCKETS; or NULL */
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

static struct places *
bucket_of(struct buckets *b, unsigned at)
{
	struct places **shelf = &b->shelves[at / SHELF_BUCKETS];

	if (*shelf == NULL)
		*shelf = xcalloc(SHELF_BUCKETS, sizeof(**shelf));
	return &(*shelf)[at % SHELF_BUCKETS];
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
			add(bucket_of(b, at), place);
}

struct buckets *
buckets_new(void)
{
	return xcalloc(1, sizeof(struct buckets));
}

void
buckets_free(struct buckets *b)
{
	size_t i, k;

	if (b == NULL)
		return;
	free(b->always.v);
	for (i = 0; i < SHELVES; i++) {
		for (k = 0; k < SHELF_BUCKETS && b->shelves[i] != NULL; k++)
			free(b->shelves[i][k].v);
		free(b->shelves[i]);
	}
	free(b);
}

bool
buckets_next(
    const struct buckets *b, uint16_t port, size_t at[2], size_t *place)
{
	static const struct places none;
	const struct places *shelf = b->shelves[port / SHELF_PORTS];
	const struct places *lists[] = { &b->always,
		shelf != NULL ? &shelf[port / BUCKET_PORTS % SHELF_BUCKETS]
			      : &none };
	bool has[] = { at[0] < lists[0]->n, at[1] < lists[1]->n };
	size_t from;

	if (!has[0] && !has[1])
		return false;
	from = !has[0] || (has[1] && lists[1]->v[at[1]] < lists[0]->v[at[0]]);
	*place = lists[from]->v[at[from]++];
	return true;
}
