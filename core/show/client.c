/* Sums of connections by client. */
#include "config.h"

#include "core/show/client.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

/* A client, found by its address. */
struct client {
	struct client_row row;
	size_t place;
	UT_hash_handle hh;
};

struct clients {
	struct client *all;  /* by row.addr, in the order of their places */
	struct client *last; /* the one that was added to */
};

struct clients *
clients_new(void)
{
	return xcalloc(1, sizeof(struct clients));
}

static void
put_first(struct client_parts *p, size_t i)
{
	struct client_part first = p->v[i];

	memmove(p->v + 1, p->v, i * sizeof(first));
	p->v[0] = first;
}

static void
add_part(struct client_parts *p, const void *what, uint64_t bytes)
{
	size_t i = 0;

	if (what == NULL)
		return;
	while (i < p->n && p->v[i].what != what)
		i++;
	if (i == p->n) {
		p->v = xgrow(p->v, p->n, sizeof(*p->v));
		p->v[p->n++] = (struct client_part){ what, 0 };
	}
	p->v[i].bytes += bytes;
	if (p->v[i].bytes > p->v[0].bytes)
		put_first(p, i);
}

static void
add_rate(float *sum, float rate)
{
	if (rate >= 0)
		*sum = rate + (*sum > 0 ? *sum : 0);
}

static void
add_count(struct flow_count *sum, const struct flow_count *c)
{
	sum->packets += c->packets;
	sum->bytes += c->bytes;
}

static void
add_begin(struct client_row *r, int64_t began)
{
	if (began != 0 && (r->began == 0 || began < r->began))
		r->began = began;
}

static void
free_parts(struct client_row *r)
{
	free(r->forwards.v);
	free(r->containers.v);
}

void
client_row_reset(struct client_row *r, const struct prefix *addr)
{
	free_parts(r);
	*r = (struct client_row){
		.addr = *addr, .counted = true, .in_rate = -1, .out_rate = -1
	};
}

void
client_row_add(struct client_row *r, const struct connection_row *from)
{
	const struct flow *f = from->flow;
	uint64_t bytes = f->in.bytes + f->out.bytes;

	/* What ended a moment ago used the line, too. */
	r->connections += !f->over;
	r->ended += f->over;
	r->stale |= from->stale != NULL;
	r->counted &= f->counted;
	add_part(&r->forwards, from->forward, bytes);
	add_part(&r->containers, from->container, bytes);
	if (!f->over)
		add_begin(r, f->began);
	add_count(&r->in, &f->in);
	add_count(&r->out, &f->out);
	add_rate(&r->in_rate, f->in_mean.rate);
	add_rate(&r->out_rate, f->out_mean.rate);
}

static struct client *
find(struct clients *c, const struct prefix *addr)
{
	struct client *one;

	HASH_FIND(hh, c->all, addr, sizeof(*addr), one);
	if (one != NULL)
		return one;
	one = xcalloc(1, sizeof(*one));
	one->place = HASH_COUNT(c->all);
	client_row_reset(&one->row, addr);
	HASH_ADD(hh, c->all, row.addr, sizeof(one->row.addr), one);
	return one;
}

/* Connections are sorted by client where they have a forward in common. */
static struct client *
client_of(struct clients *c, const struct prefix *src)
{
	struct prefix addr;

	if (c->last == NULL || !addr_equal(&c->last->row.addr, src)) {
		addr = prefix_addr(src);
		c->last = find(c, &addr);
	}
	return c->last;
}

size_t
clients_add(struct clients *c, const struct connection_row *from)
{
	struct client *one = client_of(c, &from->flow->original.src);

	client_row_add(&one->row, from);
	return one->place;
}

struct client_row *
clients_take(struct clients *c, size_t *n)
{
	struct client_row *rows =
	    xcalloc(HASH_COUNT(c->all) + 1, sizeof(*rows));
	struct client *one, *next;

	*n = 0;
	HASH_ITER(hh, c->all, one, next)
	{
		rows[(*n)++] = one->row;
		HASH_DEL(c->all, one);
		free(one);
	}
	c->last = NULL;
	return rows;
}

void
clients_free(struct clients *c)
{
	struct client_row *rows;
	size_t n;

	if (c == NULL)
		return;
	rows = clients_take(c, &n);
	client_rows_free(rows, n);
	free(c);
}

void
client_rows_free(void *rows, size_t n)
{
	struct client_row *v = rows;
	size_t i;

	for (i = 0; i < n; i++)
		free_parts(&v[i]);
	free(v);
}
