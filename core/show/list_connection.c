/* Connections: live flows to containers. */
#include "config.h"

#include "core/show/list_connection.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/base/number.h"
#include "core/reach/stale.h"
#include "core/show/connection.h"
#include "core/show/list.h"
#include "core/show/list_cell.h"
#include "core/show/list_json.h"

static void *
build(const struct host *h, size_t *n)
{
	return rows_connections(h, false, &h->flows, n);
}

static void
connection_client(const struct host *h UNUSED, const void *row, struct buf *b)
{
	const struct connection_row *r = row;

	flow_end_print(
	    r->flow, &r->flow->original.src, r->flow->original.sport, b);
}

/* A forward's key without its first word, or the key of a policy. */
static void
connection_forward(const struct host *h UNUSED, const void *row, struct buf *b)
{
	const struct connection_row *r = row;
	struct buf key = { 0 };

	connection_way(r, &key);
	if (key.len == 0)
		buf_add(b, "-");
	else
		buf_add(b, buf_text(&key) +
			       (r->forward != NULL ? strlen("forward ") : 0));
	buf_free(&key);
}

static void
connection_port(const struct host *h UNUSED, const void *row, struct buf *b)
{
	const struct connection_row *r = row;

	if (flow_has_ports(r->flow))
		buf_printf(b, "%u", r->flow->reply.sport);
	else
		buf_add(b, "-");
}

static void
connection_state(const struct host *h UNUSED, const void *row, struct buf *b)
{
	const struct connection_row *r = row;

	if (r->stale == NULL)
		buf_add(b, _(r->flow->state));
	else if (r->orphan_of == 0)
		buf_printf(b, "%s, %s", _(r->flow->state), _(r->stale->word));
	else
		/* The number of a commit, and why. */
		buf_printf(
		    b, _("orphan of #%u, %s"), r->orphan_of, _(r->stale->word));
}

static void
connection_in(const struct host *h UNUSED, const void *row, struct buf *b)
{
	const struct flow *f = ((const struct connection_row *)row)->flow;

	number_short(b, f->counted ? f->in.bytes : NUMBER_UNKNOWN);
}

static void
connection_out(const struct host *h UNUSED, const void *row, struct buf *b)
{
	const struct flow *f = ((const struct connection_row *)row)->flow;

	number_short(b, f->counted ? f->out.bytes : NUMBER_UNKNOWN);
}

static void
connection_in_rate(const struct host *h, const void *row, struct buf *b)
{
	const struct flow *f = ((const struct connection_row *)row)->flow;

	cell_flow_rate(h, flow_rate_now(f, &f->in_mean), b);
}

static void
connection_out_rate(const struct host *h, const void *row, struct buf *b)
{
	const struct flow *f = ((const struct connection_row *)row)->flow;

	cell_flow_rate(h, flow_rate_now(f, &f->out_mean), b);
}

static void
connection_timeout(const struct host *h UNUSED, const void *row, struct buf *b)
{
	number_seconds(b, ((const struct connection_row *)row)->flow->timeout);
}

static char
connection_mark(const struct host *h UNUSED, const void *row)
{
	const struct connection_row *r = row;

	return r->stale != NULL ? '!' : r->flow->over ? '-' : ' ';
}

static const struct listing_column connection_columns[] = {
	{ "client", N_("CLIENT"), COLUMN_WIDE, 0, 0, connection_client,
	    N_("who began it") },
	{ "forward", N_("FORWARD"), 0, 0, 0, connection_forward,
	    N_("the forward that it goes through, or what decides about it "
	       "where it reaches a public address of a container") },
	{ "container", N_("CONTAINER"), 0, 2,
	    offsetof(struct connection_row, container), cell_text,
	    N_("where it leads") },
	{ "port", N_("PORT"), COLUMN_NUMBER, 5, 0, connection_port,
	    N_("the port inside") },
	{ "state", N_("STATE"), 0, 2, 0, connection_state,
	    N_("of TCP, or whether answers were seen; of an orphan, which "
	       "commit left it behind, and why the rules would not let it "
	       "through as it goes") },
	{ "in-rate", N_("IN"), COLUMN_NUMBER | COLUMN_LIVE | COLUMN_RATE, 1, 0,
	    connection_in_rate, N_("traffic towards the container now") },
	{ "out-rate", N_("OUT"), COLUMN_NUMBER | COLUMN_LIVE | COLUMN_RATE, 1,
	    0, connection_out_rate, N_("traffic back now") },
	{ "in", N_("IN"), COLUMN_NUMBER | COLUMN_BYTES, 3, 0, connection_in,
	    N_("bytes towards the container") },
	{ "out", N_("OUT"), COLUMN_NUMBER | COLUMN_BYTES, 3, 0, connection_out,
	    N_("bytes back") },
	{ "timeout", N_("TIMEOUT"), COLUMN_NUMBER, 4, 0, connection_timeout,
	    N_("how long until it is forgotten when nothing comes") },
};

static json_t *
json_connection(const struct host *h, const void *row)
{
	const struct connection_row *r = row;
	const struct flow *f = r->flow;
	char proto[FLOW_PROTO_MAX];
	struct buf forward = { 0 };
	json_t *j;

	connection_forward(h, row, &forward);
	j = json_pack("{s:s,s:o,s:o,s:s?,s:o,s:o,s:s,s:I,s:o,s:o,s:o,s:o,s:s?,"
		      "s:s?}",
	    "proto", flow_proto(f, proto), "client",
	    list_json_end(f, &f->original.src, f->original.sport), "on",
	    list_json_end(f, &f->original.dst, f->original.dport), "forward",
	    r->forward != NULL ? buf_text(&forward) : NULL, "container",
	    r->container != NULL ? list_json_text(r->container) : json_null(),
	    "target", list_json_end(f, &f->reply.src, f->reply.sport), "state",
	    f->state, "timeout", (json_int_t)f->timeout, "since",
	    list_json_begin(f), "orphan_of",
	    r->orphan_of != 0 ? json_integer(r->orphan_of) : json_null(), "in",
	    list_json_count(f, &f->in), "out", list_json_count(f, &f->out),
	    "stale", r->stale != NULL ? r->stale->word : NULL, "policy",
	    r->routed ? buf_text(&forward) : NULL);
	buf_free(&forward);
	return j;
}

const struct listing listing_connections = {
	.name = N_("connections"),
	.help = N_("live flows to containers"),
	.columns = connection_columns,
	.ncolumns = NITEMS(connection_columns),
	.row_size = sizeof(struct connection_row),
	.read = host_read_flows,
	.build = build,
	.free = list_free,
	.mark = connection_mark,
	.json = json_connection,
	.shape =
	    "{proto, client: {address, port}, on: {address, port},\n"
	    " forward, container, target: {address, port}, state,\n"
	    " timeout, since, orphan_of, in: {packets, bytes},\n"
	    " out: {packets, bytes}, stale: gone|moved|refused|taken|null,\n"
	    " policy}",
};
