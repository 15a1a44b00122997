/* Forwards by protocol and public port. */
#include "config.h"

#include "core/plan/port_index.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/util.h"

void
port_index_free(struct port_index *x)
{
	free(x->v);
	memset(x, 0, sizeof(*x));
}

static struct port_claim *
add(struct port_index *x)
{
	x->v = xgrow(x->v, x->n, sizeof(*x->v));
	return &x->v[x->n++];
}

void
port_index_add(
    struct port_index *x, const struct statement *st, const void *owner)
{
	static const struct {
		uint8_t number;
		enum proto other; /* that is not it */
	} protos[] = { { IPPROTO_TCP, PROTO_UDP }, { IPPROTO_UDP, PROTO_TCP } };
	const struct ports *ports = &st->v[FORWARD_PORTS].ports;
	size_t i, k;

	if (statement_takes_rest(st)) {
		*add(x) = (struct port_claim){ .rest = true, .owner = owner };
		x->nrest++;
	}
	for (i = 0; i < NITEMS(protos); i++) {
		if (st->v[FORWARD_PROTO].choice == protos[i].other)
			continue;
		for (k = 0; k < ports->n; k++) {
			*add(x) = (struct port_claim){
				.proto = protos[i].number,
				.ports = ports->v[k],
				.owner = owner,
			};
		}
	}
}

static int
claim_compare(const void *a, const void *b)
{
	const struct port_claim *x = a, *y = b;

	if (x->rest != y->rest)
		return x->rest - y->rest;
	return x->proto != y->proto ? x->proto - y->proto
				    : x->ports.lo - y->ports.lo;
}

/* Lets a downward search stop early. */
void
port_index_sort(struct port_index *x)
{
	struct port_claim *c;

	if (x->n > 0)
		qsort(x->v, x->n, sizeof(*x->v), claim_compare);
	for (c = x->v; c < END_OF(x->v, x->n); c++) {
		c->reach = c->ports.hi;
		if (c > x->v && c[-1].proto == c->proto &&
		    c[-1].reach > c->reach)
			c->reach = c[-1].reach;
	}
}

/* The number of claims that start at or below the port: the last of them is
 * where a downward search starts. */
static size_t
count_below(const struct port_index *x, uint8_t proto, uint16_t port)
{
	const struct port_claim wanted = { .proto = proto,
		.ports = { port, port } };
	size_t lo = 0, hi = x->n, middle;

	while (lo < hi) {
		middle = lo + (hi - lo) / 2;
		if (claim_compare(&x->v[middle], &wanted) <= 0)
			lo = middle + 1;
		else
			hi = middle;
	}
	return lo;
}

/* ICMP is never translated. */
static const struct port_claim *
next_of_rest(const struct port_index *x, uint8_t proto,
    const struct port_claim *previous)
{
	const struct port_claim *c = previous != NULL && previous->rest
					 ? previous + 1
					 : END_OF(x->v, x->n - x->nrest);

	if (proto == IPPROTO_ICMPV6 || proto == IPPROTO_ICMP)
		return NULL;
	return c < END_OF(x->v, x->n) ? c : NULL;
}

const struct port_claim *
port_index_next(const struct port_index *x, uint8_t proto, uint16_t port,
    const struct port_claim *previous)
{
	size_t i = previous != NULL ? (size_t)(previous - x->v)
				    : count_below(x, proto, port);

	if (previous != NULL && previous->rest)
		return next_of_rest(x, proto, previous);
	while (i-- > 0 && x->v[i].proto == proto && x->v[i].reach >= port)
		if (port <= x->v[i].ports.hi)
			return &x->v[i];
	return next_of_rest(x, proto, NULL);
}
