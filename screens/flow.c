/* Rows of the list of connections: a client, one of its connections, or what
 * stands for the rest of these. */
#include "config.h"

#include "screens/flow.h"

#include <string.h>
#include <time.h>

#include "core/base/intl.h"
#include "core/base/number.h"
#include "core/reach/stale.h"

#define PORT 7 /* columns of a port, with its colon and a blank */

bool
flow_way(const struct flow_row *r, struct buf *b)
{
	const struct client_parts *forwards = &flow_sums(r)->forwards;
	bool sums = r->line == FLOW_CLIENT && forwards->n > 0;

	if (sums)
		statement_key(forwards->v[0].what, b);
	else if (r->connection != NULL)
		connection_way(r->connection, b);
	return sums ||
	       (r->connection != NULL && r->connection->forward != NULL);
}

bool
flow_ways(const struct flow_row *r, struct buf *b)
{
	const struct client_parts *forwards = &flow_sums(r)->forwards;
	bool is_forward = flow_way(r, b);
	size_t i;

	for (i = 1; i < forwards->n && r->line == FLOW_CLIENT; i++) {
		buf_add(b, "\n");
		statement_key(forwards->v[i].what, b);
	}
	return is_forward;
}

/* ---- cells */

/* Its port at the client, or its protocol, and where it leads. */
static void
add_connection(const struct connection_row *r, struct buf *b)
{
	const struct flow *f = r->flow;
	char proto[FLOW_PROTO_MAX];
	size_t start;

	buf_add(b, "  ");
	start = b->len;
	if (flow_has_ports(f))
		buf_printf(b, ":%u", f->original.sport);
	else
		buf_add(b, flow_proto(f, proto));
	buf_fill(b, ' ', b->len - start < PORT ? PORT - (b->len - start) : 1);
	connection_target(r, b);
}

static void
cell_client(const struct flow_row *r, struct buf *b)
{
	char text[ADDR_TEXT_MAX];

	if (r->line == FLOW_CLIENT)
		buf_add(b, addr_text(&r->client->addr, text));
	else if (r->line == FLOW_CONNECTION)
		add_connection(r->connection, b);
	else
		buf_printf(b, r->busy ? _("  %u more") : _("  %u more, quiet"),
		    r->rest);
}

static void
add_state(const struct connection_row *r, struct buf *b)
{
	if (r->orphan_of != 0)
		buf_printf(b, _("orphan of #%u"), r->orphan_of);
	else
		buf_add(b,
		    r->stale != NULL ? _(r->stale->word) : _(r->flow->state));
}

static void
cell_forward(const struct flow_row *r, struct buf *b)
{
	size_t n = flow_sums(r)->forwards.n;
	struct buf key = { 0 };
	bool forward;

	if (r->line == FLOW_CONNECTION)
		add_state(r->connection, b);
	if (r->line != FLOW_CLIENT)
		return;
	forward = flow_way(r, &key);
	buf_add(
	    b, key.len == 0 ? "-" : key.s + (forward ? strlen("forward ") : 0));
	if (n > 1)
		buf_printf(b, " +%zu", n - 1);
	buf_free(&key);
}

bool
flow_cell(const struct host *h UNUSED, const void *row, const char *column,
    struct buf *b)
{
	static const struct {
		const char *column;
		void (*print)(const struct flow_row *, struct buf *);
	} cells[] = {
		{ "client", cell_client },
		{ "forward", cell_forward },
	};
	size_t i;

	for (i = 0; i < NITEMS(cells); i++) {
		if (strcmp(column, cells[i].column) != 0)
			continue;
		cells[i].print(row, b);
		return true;
	}
	return false;
}

/* ---- the pane */

void
flow_title(const struct host *h UNUSED, const void *row, struct buf *b)
{
	const struct flow_row *r = row;
	const struct flow *f;
	char text[ADDR_TEXT_MAX];

	if (r->line != FLOW_CONNECTION) {
		buf_add(b, addr_text(&r->client->addr, text));
		return;
	}
	f = r->connection->flow;
	flow_end_print(f, &f->original.src, f->original.sport, b);
}

static void
add_count(const char *format, const struct flow_count *c, struct buf *b)
{
	struct buf bytes = { 0 }, packets = { 0 };

	number_short(&bytes, c->bytes);
	number_short(&packets, c->packets);
	buf_printf(b, format, buf_text(&bytes), buf_text(&packets));
	buf_free(&bytes);
	buf_free(&packets);
}

static void
add_counts(bool counted, const struct flow_count *in,
    const struct flow_count *out, struct buf *b)
{
	if (!counted)
		return;
	add_count(_("in   %s bytes, packets: %s\n"), in, b);
	add_count(_("out  %s bytes, packets: %s\n"), out, b);
}

/* Seconds since then; nothing if that is not known. */
static void
add_age(int64_t began, struct buf *b)
{
	int64_t now = time(NULL);

	if (began != 0)
		number_seconds(b, now > began ? (uint32_t)(now - began) : 0);
}

/* How old it is, and how long it has yet. */
static void
add_life(const struct flow *f, struct buf *b)
{
	struct buf age = { 0 }, left = { 0 };

	add_age(f->began, &age);
	number_seconds(&left, f->timeout);
	if (age.len > 0)
		buf_printf(b, _("%s old, "), buf_text(&age));
	buf_printf(b,
	    f->over ? _("over, and forgotten in %s\n")
		    : _("forgotten in %s unless something comes\n"),
	    buf_text(&left));
	buf_free(&age);
	buf_free(&left);
}

static void
tell_connection(const struct connection_row *r, struct buf *b)
{
	const struct flow *f = r->flow;
	struct buf from = { 0 }, to = { 0 };

	flow_end_print(f, &f->original.src, f->original.sport, &from);
	flow_end_print(f, &f->original.dst, f->original.dport, &to);
	buf_printf(b, _("from %s to %s\n"), buf_text(&from), buf_text(&to));
	buf_reset(&to);
	flow_end_print(f, &f->reply.src, f->reply.sport, &to);
	if (f->translated)
		buf_printf(b, _("forwarded to %s\n"), buf_text(&to));
	buf_reset(&to);
	connection_way(r, &to);
	if (to.len > 0)
		buf_printf(b,
		    r->routed ? _("decided by %s\n") : _("through %s\n"),
		    buf_text(&to));
	buf_free(&from);
	buf_free(&to);
	if (r->stale != NULL)
		buf_printf(
		    b, _("still open, although %s\n"), _(r->stale->sentence));
	add_counts(f->counted, &f->in, &f->out, b);
	add_life(f, b);
}

static void
add_parts(const struct client_parts *p, struct buf *b,
    void (*print)(const void *what, struct buf *))
{
	size_t i;

	for (i = 0; i < p->n; i++) {
		buf_add(b, i > 0 ? ", " : "");
		print(p->v[i].what, b);
	}
}

static void
print_forward(const void *what, struct buf *b)
{
	statement_key(what, b);
}

static void
print_name(const void *what, struct buf *b)
{
	buf_escape(b, what, strlen(what));
}

/* How many, where they lead, and since when. */
static void
add_size(const struct client_row *r, struct buf *b)
{
	struct buf to = { 0 }, age = { 0 };

	add_parts(&r->containers, &to, print_name);
	add_age(r->began, &age);
	buf_printf(b,
	    ngettext("%zu connection to %s", "%zu connections to %s",
		r->connections),
	    r->connections, to.len > 0 ? buf_text(&to) : "-");
	if (age.len > 0)
		buf_printf(b, _(", the oldest %s"), buf_text(&age));
	if (r->ended > 0)
		buf_printf(b,
		    ngettext("; %zu has ended", "; %zu have ended", r->ended),
		    r->ended);
	buf_add(b, "\n");
	buf_free(&to);
	buf_free(&age);
}

/* Of what all clients have now, where that is known. */
static void
add_share(const struct flow_row *r, struct buf *b)
{
	double all = r->tree->out_rate, own = flow_sums(r)->out_rate;

	if (all > 0 && own > 0 && r->tree->counted)
		buf_printf(b, _("%.0f %% of what goes out\n"), own * 100 / all);
}

static void
tell_client(const struct flow_row *r, struct buf *b)
{
	const struct client_row *c = flow_sums(r);
	struct buf ways = { 0 };

	add_size(c, b);
	if (flow_is_part(r))
		buf_printf(b, _("sums of what the filter finds, %zu of %zu\n"),
		    c->connections + c->ended,
		    r->client->connections + r->client->ended);
	add_parts(&c->forwards, &ways, print_forward);
	if (ways.len > 0)
		buf_printf(b, _("through %s\n"), buf_text(&ways));
	buf_reset(&ways);
	if (r->line == FLOW_CLIENT && r->connection != NULL && !flow_is_part(r))
		connection_way(r->connection, &ways);
	if (ways.len > 0)
		buf_printf(b, _("decided by %s\n"), buf_text(&ways));
	buf_free(&ways);
	if (r->client->stale)
		buf_add(
		    b, _("WARN some are still open that the rules would not "
			 "let in now\n"));
	add_share(r, b);
	add_counts(c->counted, &c->in, &c->out, b);
	if (!c->counted && c->in.packets + c->out.packets > 0)
		buf_add(b, _("WARN rates leave out what is older than the "
			     "counting of bytes\n"));
	if (c->counted && c->ended > 0)
		buf_add(b, _("what ended counts until it is forgotten\n"));
}

void
flow_detail(const struct host *h UNUSED, const void *row, struct buf *b)
{
	const struct flow_row *r = row;

	if (r->line == FLOW_CONNECTION)
		tell_connection(r->connection, b);
	else
		tell_client(r, b);
}
