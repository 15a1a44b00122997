/* The list of clients. */
#include "config.h"

#include "core/show/list_client.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/base/number.h"
#include "core/lang/statement.h"
#include "core/show/client.h"
#include "core/show/list.h"
#include "core/show/list_cell.h"
#include "core/show/list_json.h"

static void *
build(const struct host *h, size_t *n)
{
	struct clients *c = clients_new();
	struct client_row *rows;
	size_t nfrom, i;
	struct connection_row *from =
	    rows_connections(h, true, &h->flows, &nfrom);

	for (i = 0; i < nfrom; i++)
		clients_add(c, &from[i]);
	rows = clients_take(c, n);
	clients_free(c);
	free(from);
	return rows;
}

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

	if (r->forwards.n == 0) {
		buf_add(b, "-");
		return;
	}
	statement_key(r->forwards.v[0].what, &key);
	buf_add(b, buf_text(&key) + strlen("forward "));
	if (r->forwards.n > 1)
		buf_printf(b, " +%zu", r->forwards.n - 1);
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

	for (i = 0; i < r->forwards.n; i++) {
		buf_reset(&key);
		statement_key(r->forwards.v[i].what, &key);
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
	.build = build,
	.free = client_rows_free,
	.json = json_client,
	.shape = "{client, connections, forwards: [...],\n"
		 " in: {packets, bytes}|null, out: {packets, bytes}|null,\n"
		 " stale: true|false}",
};
