/* Clients: who has connections through forwards, and how much passes in
 * them. */
#include "config.h"

#include "core/show/list_client.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "core/base/intl.h"
#include "core/base/number.h"
#include "core/lang/statement.h"
#include "core/show/connection.h"
#include "core/show/list.h"
#include "core/show/list_cell.h"
#include "core/show/list_json.h"

#define RUN 1000 /* connections that are summed up at once */

/* A client, found by its address. */
struct client {
	struct client_row row;
	UT_hash_handle hh;
};

struct clients {
	struct connection_reading *reading;
	struct client *all; /* by row.addr */
	size_t done;	    /* connections that are summed up */
	struct client_row *rows;
	size_t n;
};

static struct client *
find(struct clients *c, const struct prefix *addr)
{
	struct client *one;

	HASH_FIND(hh, c->all, addr, sizeof(*addr), one);
	if (one != NULL)
		return one;
	one = xcalloc(1, sizeof(*one));
	one->row.addr = *addr;
	one->row.counted = true;
	one->row.in_rate = one->row.out_rate = -1;
	HASH_ADD(hh, c->all, row.addr, sizeof(one->row.addr), one);
	return one;
}

static void
add_forward(struct client_row *r, const struct statement *st, uint64_t bytes)
{
	size_t i = 0;

	if (st == NULL)
		return;
	while (i < r->nforwards && r->forwards[i].st != st)
		i++;
	if (i == r->nforwards) {
		r->forwards =
		    xgrow(r->forwards, r->nforwards, sizeof(*r->forwards));
		r->forwards[r->nforwards++] = (struct client_forward){ st, 0 };
	}
	r->forwards[i].bytes += bytes;
}

static void
put_most_first(struct client_row *r)
{
	size_t i, most = 0;
	struct client_forward first;

	for (i = 1; i < r->nforwards; i++)
		if (r->forwards[i].bytes > r->forwards[most].bytes)
			most = i;
	if (most == 0)
		return;
	first = r->forwards[most];
	memmove(r->forwards + 1, r->forwards, most * sizeof(first));
	r->forwards[0] = first;
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
add(struct clients *c, const struct connection_row *from)
{
	struct prefix addr = prefix_addr(&from->flow->original.src);
	struct client_row *r = &find(c, &addr)->row;

	/* What ended a moment ago used the line, too. */
	r->connections += !from->flow->over;
	r->stale |= from->stale != NULL;
	r->counted &= from->flow->counted;
	add_forward(
	    r, from->forward, from->flow->in.bytes + from->flow->out.bytes);
	add_count(&r->in, &from->flow->in);
	add_count(&r->out, &from->flow->out);
	add_rate(&r->in_rate, from->flow->in_mean.rate);
	add_rate(&r->out_rate, from->flow->out_mean.rate);
}

/* Moves them to an array. */
static void
finish(struct clients *c)
{
	struct client *one, *next;

	c->rows = xcalloc(HASH_COUNT(c->all) + 1, sizeof(*c->rows));
	HASH_ITER(hh, c->all, one, next)
	{
		put_most_first(&one->row);
		c->rows[c->n++] = one->row;
		HASH_DEL(c->all, one);
		free(one);
	}
}

static void
free_rows(void *rows, size_t n)
{
	struct client_row *v = rows;
	size_t i;

	for (i = 0; i < n; i++)
		free(v[i].forwards);
	free(v);
}

static void *
build(const struct host *h, size_t *n)
{
	struct clients c = { 0 };
	size_t nfrom, i;
	struct connection_row *from =
	    rows_connections(h, true, &h->flows, &nfrom);

	for (i = 0; i < nfrom; i++)
		add(&c, &from[i]);
	finish(&c);
	free(from);
	*n = c.n;
	return c.rows;
}

/* In slices */

static void *
begin(struct host *h, struct err *e)
{
	struct connection_reading *reading =
	    connection_reading_begin(h, true, e);
	struct clients *c;

	if (reading == NULL)
		return NULL;
	c = xcalloc(1, sizeof(*c));
	c->reading = reading;
	return c;
}

static int
more(void *slices, struct err *e)
{
	const struct connection_row *from;
	struct clients *c = slices;
	size_t n, end;
	int r = connection_reading_more(c->reading, e);

	if (r != 0 || c->rows != NULL)
		return r;
	from = connection_reading_rows(c->reading, &n);
	for (end = c->done + RUN; c->done < n && c->done < end; c->done++)
		add(c, &from[c->done]);
	if (c->done < n)
		return 1;
	finish(c);
	return 0;
}

static const void *
rows(const void *slices, size_t *n)
{
	const struct clients *c = slices;

	*n = c->n;
	return c->rows;
}

static void *
take(void *slices, size_t *n)
{
	struct clients *c = slices;
	void *taken = c->rows;
	size_t unused;

	free(connection_reading_take(c->reading, &unused));
	*n = c->n;
	c->rows = NULL;
	c->n = 0;
	return taken;
}

static void
end(void *slices)
{
	struct clients *c = slices;

	if (c->rows == NULL)
		finish(c);
	free_rows(c->rows, c->n);
	connection_reading_end(c->reading);
	free(c);
}

static const struct listing_slices slices = {
	.begin = begin, .more = more, .rows = rows, .take = take, .end = end
};

/* Cells */

static void
client_address(const struct host *h UNUSED, const void *row, struct buf *b)
{
	const struct client_row *r = row;
	char text[ADDR_TEXT_MAX];

	buf_add(b, addr_text(&r->addr, text));
}

/* The key of that with the most bytes, without its first word, and how many
 * there are besides. */
static void
client_forward(const struct host *h UNUSED, const void *row, struct buf *b)
{
	const struct client_row *r = row;
	struct buf key = { 0 };

	if (r->nforwards == 0) {
		buf_add(b, "-");
		return;
	}
	statement_key(r->forwards[0].st, &key);
	buf_add(b, buf_text(&key) + strlen("forward "));
	if (r->nforwards > 1)
		buf_printf(b, " +%zu", r->nforwards - 1);
	buf_free(&key);
}

static void
client_connections(const struct host *h UNUSED, const void *row, struct buf *b)
{
	number_short(b, ((const struct client_row *)row)->connections);
}

static void
client_in_rate(const struct host *h, const void *row, struct buf *b)
{
	cell_flow_rate(h, ((const struct client_row *)row)->in_rate, b);
}

static void
client_out_rate(const struct host *h, const void *row, struct buf *b)
{
	cell_flow_rate(h, ((const struct client_row *)row)->out_rate, b);
}

static void
client_in(const struct host *h UNUSED, const void *row, struct buf *b)
{
	const struct client_row *r = row;

	number_short(b, r->counted ? r->in.bytes : NUMBER_UNKNOWN);
}

static void
client_out(const struct host *h UNUSED, const void *row, struct buf *b)
{
	const struct client_row *r = row;

	number_short(b, r->counted ? r->out.bytes : NUMBER_UNKNOWN);
}

static char
client_mark(const struct host *h UNUSED, const void *row)
{
	return ((const struct client_row *)row)->stale ? '!' : ' ';
}

static const struct listing_column client_columns[] = {
	{ "client", N_("CLIENT"), COLUMN_WIDE, 0, 0, client_address,
	    N_("who began them") },
	{ "forward", N_("FORWARD"), 0, 0, 0, client_forward,
	    N_("a forward that they go through, and how many besides") },
	{ "connections", N_("CONNS"), COLUMN_NUMBER, 0, 0, client_connections,
	    N_("how many are live") },
	{ "in-rate", N_("IN"), COLUMN_NUMBER | COLUMN_LIVE | COLUMN_RATE, 1, 0,
	    client_in_rate, N_("traffic towards containers now") },
	{ "out-rate", N_("OUT"), COLUMN_NUMBER | COLUMN_LIVE | COLUMN_RATE, 1,
	    0, client_out_rate, N_("traffic back now") },
	{ "in", N_("IN"), COLUMN_NUMBER | COLUMN_BYTES, 2, 0, client_in,
	    N_("bytes towards containers") },
	{ "out", N_("OUT"), COLUMN_NUMBER | COLUMN_BYTES, 2, 0, client_out,
	    N_("bytes back") },
};

static json_t *
json_count(const struct client_row *r, const struct flow_count *c)
{
	return !r->counted
		   ? json_null()
		   : json_pack("{s:I,s:I}", "packets", (json_int_t)c->packets,
			 "bytes", (json_int_t)c->bytes);
}

static json_t *
json_client(const struct host *h UNUSED, const void *row)
{
	const struct client_row *r = row;
	json_t *forwards = json_array();
	struct buf key = { 0 };
	size_t i;

	for (i = 0; i < r->nforwards; i++) {
		buf_reset(&key);
		statement_key(r->forwards[i].st, &key);
		json_array_append_new(
		    forwards, json_string(buf_text(&key) + strlen("forward ")));
	}
	buf_free(&key);
	return json_pack("{s:o,s:I,s:o,s:o,s:o,s:b}", "client",
	    list_json_prefix(&r->addr), "connections",
	    (json_int_t)r->connections, "forwards", forwards, "in",
	    json_count(r, &r->in), "out", json_count(r, &r->out), "stale",
	    r->stale);
}

const struct listing listing_clients = {
	.name = N_("clients"),
	.help = N_("who has flows to containers, or had until a moment ago"),
	.columns = client_columns,
	.ncolumns = NITEMS(client_columns),
	.row_size = sizeof(struct client_row),
	.read = host_read_flows,
	.due = host_flows_due,
	.every = host_flows_every,
	.build = build,
	.slices = &slices,
	.free = free_rows,
	.key = client_address,
	.mark = client_mark,
	.json = json_client,
	.shape = "{client, connections, forwards: [...],\n"
		 " in: {packets, bytes}|null, out: {packets, bytes}|null,\n"
		 " stale: true|false}",
};
