/* Connections below their clients. */
#include "config.h"

#include "core/show/list_flow.h"

#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/base/number.h"
#include "core/reach/stale.h"
#include "core/show/list_client.h"
#include "core/show/list_connection.h"

#define RUN 1000 /* connections that are summed up at once */
#define FEW 8	 /* of a client's, the first as they are sorted */

/* Rows */

static struct flow_tree *
tree_new(struct clients *clients, const struct connection_row *from, size_t n)
{
	struct flow_tree *t = xcalloc(1, sizeof(*t));

	t->clients = clients_take(clients, &t->nclients);
	t->connections = (struct connection_row *)from;
	t->nconnections = n;
	return t;
}

static struct flow_row *
add_row(struct flow_tree *t, size_t *n, enum flow_line line, size_t client)
{
	struct flow_row *r = &t->rows[(*n)++];

	r->tree = t;
	r->line = line;
	r->client = &t->clients[client];
	return r;
}

static size_t
place_of(const struct flow_row *r)
{
	return (size_t)(r->client - r->tree->clients);
}

struct flow_row *
flow_head(const struct flow_row *r)
{
	return &r->tree->rows[place_of(r)];
}

void
flow_match(struct flow_row *r, bool found)
{
	struct flow_tree *t = r->tree;

	if (r->line == FLOW_REST)
		return;
	if (t->found == NULL)
		t->found = xcalloc(t->nclients, sizeof(*t->found));
	r->found = found;
	if (r->line == FLOW_CLIENT)
		client_row_reset(&t->found[place_of(r)], &r->client->addr);
	else if (found)
		client_row_add(&t->found[place_of(r)], r->connection);
}

static size_t
count(const struct client_row *r)
{
	return r->connections + r->ended;
}

const struct client_row *
flow_sums(const struct flow_row *r)
{
	const struct client_row *found = r->tree->found;

	return found != NULL && count(&found[place_of(r)]) > 0
		   ? &found[place_of(r)]
		   : r->client;
}

bool
flow_is_part(const struct flow_row *r)
{
	return count(flow_sums(r)) < count(r->client);
}

static bool
has_many(const struct client_row *r)
{
	return count(r) > FEW + 1;
}

/* One that lives says more of its client than one that has ended. */
static void
stand_for(const struct connection_row *c, struct flow_row *client)
{
	const struct connection_row *now = client->connection;

	if (c->routed && (now == NULL || (now->flow->over && !c->flow->over)))
		client->connection = c;
}

/* clients has the place of each connection's client. Returns how many rows. */
static size_t
fill(struct flow_tree *t, const uint32_t *clients)
{
	const struct client_row *c = t->clients;
	struct flow_row *r;
	size_t n = 0, i;

	t->rows =
	    xcalloc(2 * t->nclients + t->nconnections + 1, sizeof(*t->rows));
	t->counted = true;
	for (i = 0; i < t->nclients; i++) {
		add_row(t, &n, FLOW_CLIENT, i);
		t->live += c[i].connections;
		t->counted &= c[i].counted;
		t->in_rate += c[i].in_rate > 0 ? c[i].in_rate : 0;
		t->out_rate += c[i].out_rate > 0 ? c[i].out_rate : 0;
	}
	for (i = 0; i < t->nconnections; i++) {
		r = add_row(t, &n, FLOW_CONNECTION, clients[i]);
		r->connection = &t->connections[i];
		stand_for(r->connection, flow_head(r));
	}
	for (i = 0; i < t->nclients; i++)
		if (has_many(&c[i]))
			add_row(t, &n, FLOW_REST, i);
	return n;
}

static void
tree_free(struct flow_tree *t)
{
	client_rows_free(t->clients, t->nclients);
	if (t->found != NULL)
		client_rows_free(t->found, t->nclients);
	free(t->rows);
	free(t);
}

static void
free_rows(void *rows, size_t n)
{
	struct flow_row *v = rows;

	if (n == 0)
		return;
	free(v->tree->connections);
	tree_free(v->tree);
}

/* In slices */

struct slices {
	struct connection_reading *reading;
	struct clients *clients;
	uint32_t *places; /* of the clients of those that are summed up */
	size_t done;
	struct flow_tree *tree;
	size_t n;
};

/* Sums connections up, at most so many; true when all are. */
static bool
sum_up(
    struct slices *s, const struct connection_row *from, size_t n, size_t most)
{
	if (s->places == NULL)
		s->places = xcalloc(n + 1, sizeof(*s->places));
	for (; s->done < n && most > 0; s->done++, most--)
		s->places[s->done] =
		    (uint32_t)clients_add(s->clients, &from[s->done]);
	if (s->done < n)
		return false;
	s->tree = tree_new(s->clients, from, n);
	s->n = fill(s->tree, s->places);
	return true;
}

/* With the connections that they are about. */
static void *
hand_over(struct slices *s, struct connection_row *from, size_t *n)
{
	void *taken = s->tree->rows;

	*n = s->n;
	if (*n == 0) {
		free(from);
		return NULL;
	}
	s->tree->connections = from;
	s->tree = NULL;
	return taken;
}

static void
end_slices(struct slices *s)
{
	if (s->tree != NULL)
		tree_free(s->tree);
	clients_free(s->clients);
	free(s->places);
}

static void *
build(const struct host *h, size_t *n)
{
	struct slices s = { .clients = clients_new() };
	struct connection_row *from;
	void *rows;

	from = rows_connections(h, true, &h->flows, n);
	sum_up(&s, from, *n, SIZE_MAX);
	rows = hand_over(&s, from, n);
	end_slices(&s);
	return rows;
}

static void *
begin(struct host *h, struct err *e)
{
	struct connection_reading *reading =
	    connection_reading_begin(h, true, e);
	struct slices *s;

	if (reading == NULL)
		return NULL;
	s = xcalloc(1, sizeof(*s));
	s->reading = reading;
	s->clients = clients_new();
	return s;
}

static int
more(void *slices, struct err *e)
{
	const struct connection_row *from;
	struct slices *s = slices;
	int r = connection_reading_more(s->reading, e);
	size_t n;

	if (r != 0 || s->tree != NULL)
		return r;
	from = connection_reading_rows(s->reading, &n);
	return sum_up(s, from, n, RUN) ? 0 : 1;
}

static const void *
rows(const void *slices, size_t *n)
{
	const struct slices *s = slices;

	*n = s->n;
	return s->tree->rows;
}

static void *
take(void *slices, size_t *n)
{
	struct slices *s = slices;

	return hand_over(s, connection_reading_take(s->reading, n), n);
}

static void
end(void *slices)
{
	struct slices *s = slices;

	end_slices(s);
	connection_reading_end(s->reading);
	free(s);
}

static const struct listing_slices flow_slices = {
	.begin = begin, .more = more, .rows = rows, .take = take, .end = end
};

/* Folding */

/* The first connections of a client, in that order. */
struct few {
	struct flow_row *v[FEW];
	size_t n;
};

/* Values of a connection; less than 0: not known. */
typedef double value_fn(const struct flow *);

static double
value_in_rate(const struct flow *f)
{
	return flow_rate_now(f, &f->in_mean);
}

static double
value_out_rate(const struct flow *f)
{
	return flow_rate_now(f, &f->out_mean);
}

static double
value_in(const struct flow *f)
{
	return f->counted ? (double)f->in.bytes : -1;
}

static double
value_out(const struct flow *f)
{
	return f->counted ? (double)f->out.bytes : -1;
}

static double
value_timeout(const struct flow *f)
{
	return f->timeout;
}

static const struct {
	const char *column;
	value_fn *value;
} values[] = {
	{ "in-rate", value_in_rate },
	{ "out-rate", value_out_rate },
	{ "in", value_in },
	{ "out", value_out },
	{ "connections", value_timeout },
};

static value_fn *
find_value(const char *column)
{
	size_t i = 0;

	while (i < NITEMS(values) && strcmp(values[i].column, column) != 0)
		i++;
	return i < NITEMS(values) ? values[i].value : NULL;
}

static bool
is_quiet(const struct flow *f)
{
	return (f->counted || f->over) && value_in_rate(f) <= 0 &&
	       value_out_rate(f) <= 0;
}

static uint64_t
bytes_of(const struct flow_row *r)
{
	const struct client_row *sums = flow_sums(r);
	const struct flow *f;

	if (r->line != FLOW_CONNECTION)
		return sums->in.bytes + sums->out.bytes;
	f = r->connection->flow;
	return f->in.bytes + f->out.bytes;
}

int
flow_tie(const void *a, const void *b)
{
	uint64_t x = bytes_of(a), y = bytes_of(b);

	return (x < y) - (x > y);
}

static int
compare_texts(const struct flow_order *by, const struct flow_row *a,
    const struct flow_row *b)
{
	struct buf x = { 0 }, y = { 0 };
	int d;

	by->column->print(by->host, a, &x);
	by->column->print(by->host, b, &y);
	d = strverscmp(buf_text(&x), buf_text(&y));
	buf_free(&x);
	buf_free(&y);
	return d;
}

/* As a table sorts them: what lives first. */
static bool
precedes(const struct flow_order *by, const struct flow_row *a,
    const struct flow_row *b)
{
	const struct flow *f = a->connection->flow, *g = b->connection->flow;
	value_fn *value = find_value(by->column->name);
	double x = 0, y = 0;
	int d;

	if (f->over != g->over)
		return g->over;
	if (value != NULL) {
		x = value(f);
		y = value(g);
	}
	if ((x < 0) != (y < 0))
		return y < 0;
	d = value != NULL ? (x > y) - (x < y) : compare_texts(by, a, b);
	if (d == 0)
		return flow_tie(a, b) < 0;
	return by->down ? d > 0 : d < 0;
}

/* What it takes the place of stays behind. */
static void
add_to_few(struct few *few, const struct flow_order *by, struct flow_row *r)
{
	size_t at = few->n;

	while (at > 0 && precedes(by, r, few->v[at - 1]))
		at--;
	if (at == FEW)
		return;
	if (few->n == FEW)
		few->v[FEW - 1]->shown = false;
	else
		few->n++;
	memmove(
	    few->v + at + 1, few->v + at, (few->n - 1 - at) * sizeof(*few->v));
	few->v[at] = r;
	r->shown = true;
}

static void
fold_connection(
    struct flow_row *r, const struct flow_order *by, struct few *few)
{
	const struct flow_row *head = flow_head(r);

	r->shown = r->connection->stale != NULL || head->fold == FLOW_ALL ||
		   (head->fold == FLOW_FEW && !has_many(r->client));
	r->behind = false;
	if (!r->shown && head->fold == FLOW_FEW)
		add_to_few(&few[place_of(r)], by, r);
}

/* Counts what is behind for the row that tells of it. */
static void
fold_rest(struct flow_tree *t, struct flow_row *v, size_t n)
{
	struct flow_row **rests = xcalloc(t->nclients + 1, sizeof(*rests)), *r;

	for (r = v; r < END_OF(v, n); r++) {
		if (r->line != FLOW_REST)
			continue;
		rests[place_of(r)] = r;
		r->rest = 0;
		r->busy = false;
	}
	for (r = v; r < END_OF(v, n); r++) {
		if (r->line != FLOW_CONNECTION || r->shown ||
		    flow_head(r)->fold != FLOW_FEW)
			continue;
		r->behind = true;
		rests[place_of(r)]->rest++;
		rests[place_of(r)]->busy |= !is_quiet(r->connection->flow);
	}
	for (r = v; r < END_OF(v, n); r++)
		if (r->line == FLOW_REST)
			r->shown = r->rest > 0;
	free(rests);
}

void
flows_fold(struct flow_row *v, size_t n,
    enum flow_fold (*fold)(const void *arg, const struct prefix *),
    const void *arg, const struct flow_order *by)
{
	struct flow_tree *t;
	struct flow_row *r;
	struct few *few;

	if (n == 0)
		return;
	t = v->tree;
	few = xcalloc(t->nclients, sizeof(*few));
	for (r = v; r < END_OF(v, n); r++)
		if (r->line == FLOW_CLIENT)
			r->fold = fold(arg, &r->client->addr);
		else if (r->line == FLOW_CONNECTION)
			fold_connection(r, by, few);
	fold_rest(t, v, n);
	free(few);
}

/* Cells. Where a client has several of what is asked for, each is a cell to a
 * filter, behind a newline. */

static void
client_parts(const struct client_parts *p, struct buf *b,
    void (*print)(const void *what, struct buf *))
{
	size_t i;

	for (i = 0; i < p->n; i++) {
		buf_add(b, i > 0 ? "\n" : "");
		print(p->v[i].what, b);
	}
	if (p->n == 0)
		buf_add(b, "-");
}

static void
print_forward(const void *what, struct buf *b)
{
	struct buf key = { 0 };

	statement_key(what, &key);
	buf_add(b, buf_text(&key) + strlen("forward "));
	buf_free(&key);
}

static void
print_name(const void *what, struct buf *b)
{
	buf_escape(b, what, strlen(what));
}

/* A cell of the list of clients, or of that of connections. */
static void
cell(const struct host *h, const struct flow_row *r, const char *of_client,
    const char *of_connection, struct buf *b)
{
	const struct listing *l = &listing_clients;
	const char *name = of_client;
	const struct listing_column *c;
	const void *row = flow_sums(r);

	if (r->line == FLOW_CONNECTION) {
		l = &listing_connections;
		name = of_connection;
		row = r->connection;
	}
	if (r->line == FLOW_REST)
		return;
	for (c = l->columns; strcmp(c->name, name) != 0; c++)
		continue;
	c->print(h, (const char *)row + c->offset, b);
}

static void
flow_client(const struct host *h, const void *row, struct buf *b)
{
	const struct flow_row *r = row;
	char text[ADDR_TEXT_MAX];

	if (r->line == FLOW_REST)
		return;
	buf_add(b, addr_text(&r->client->addr, text));
	if (r->line == FLOW_CLIENT)
		return;
	buf_add(b, "\n");
	cell(h, r, NULL, "client", b);
	buf_add(b, "\n");
	connection_target(r->connection, b);
}

static void
flow_forward(const struct host *h, const void *row, struct buf *b)
{
	const struct flow_row *r = row;

	if (r->line == FLOW_CLIENT)
		client_parts(&flow_sums(r)->forwards, b, print_forward);
	else
		cell(h, r, NULL, "forward", b);
}

static void
flow_container(const struct host *h, const void *row, struct buf *b)
{
	const struct flow_row *r = row;

	if (r->line == FLOW_CLIENT)
		client_parts(&flow_sums(r)->containers, b, print_name);
	else
		cell(h, r, NULL, "container", b);
}

static void
flow_state(const struct host *h, const void *row, struct buf *b)
{
	const struct flow_row *r = row;

	if (r->line != FLOW_CLIENT)
		cell(h, r, NULL, "state", b);
}

static void
flow_connections(const struct host *h, const void *row, struct buf *b)
{
	cell(h, row, "connections", "timeout", b);
}

static void
flow_in_rate(const struct host *h, const void *row, struct buf *b)
{
	cell(h, row, "in-rate", "in-rate", b);
}

static void
flow_out_rate(const struct host *h, const void *row, struct buf *b)
{
	cell(h, row, "out-rate", "out-rate", b);
}

static void
flow_in(const struct host *h, const void *row, struct buf *b)
{
	cell(h, row, "in", "in", b);
}

static void
flow_out(const struct host *h, const void *row, struct buf *b)
{
	cell(h, row, "out", "out", b);
}

static void
flow_key(const struct host *h UNUSED, const void *row, struct buf *b)
{
	const struct flow_row *r = row;
	char text[ADDR_TEXT_MAX];

	if (r->line == FLOW_CONNECTION) {
		buf_printf(b, "%u", r->connection->flow->id);
		return;
	}
	buf_add(b, addr_text(&r->client->addr, text));
	buf_add(b, r->line == FLOW_REST ? " rest" : "");
}

static char
flow_mark(const struct host *h, const void *row)
{
	const struct flow_row *r = row;

	if (r->line == FLOW_CONNECTION)
		return listing_connections.mark(h, r->connection);
	return r->line == FLOW_CLIENT && r->client->stale ? '!' : ' ';
}

static const struct listing_column flow_columns[] = {
	{ "client", N_("CLIENT"), COLUMN_WIDE | COLUMN_ENDS, 0, 0, flow_client,
	    N_("who began them; of a connection, its port there, and where "
	       "it leads") },
	{ "forward", N_("FORWARD"), COLUMN_CUT, 2, 0, flow_forward,
	    N_("the forward that most goes through, and how many there are "
	       "besides; of a connection, its state") },
	{ "container", N_("CONTAINER"), 0, 0, 0, flow_container,
	    N_("where they lead") },
	{ "state", N_("STATE"), 0, 0, 0, flow_state,
	    N_("of TCP, or whether answers were seen") },
	{ "connections", N_("CONNS"), COLUMN_NUMBER, 1, 0, flow_connections,
	    N_("how many are live; of a connection the time that is left "
	       "until it is forgotten when nothing comes, not its age") },
	{ "in-rate", N_("IN"), COLUMN_NUMBER | COLUMN_LIVE | COLUMN_RATE, 2, 0,
	    flow_in_rate, N_("traffic towards containers now") },
	{ "out-rate", N_("OUT"), COLUMN_NUMBER | COLUMN_LIVE | COLUMN_RATE, 1,
	    0, flow_out_rate, N_("traffic back now") },
	{ "in", N_("IN"), COLUMN_NUMBER | COLUMN_BYTES, 3, 0, flow_in,
	    N_("bytes towards containers") },
	{ "out", N_("OUT"), COLUMN_NUMBER | COLUMN_BYTES, 3, 0, flow_out,
	    N_("bytes back") },
};

/* No command has it. */
static json_t *
json_flow(const struct host *h, const void *row)
{
	const struct flow_row *r = row;

	return r->line == FLOW_CONNECTION
		   ? listing_connections.json(h, r->connection)
		   : listing_clients.json(h, r->client);
}

const struct listing listing_flows = {
	.name = N_("flows"),
	.help = N_("clients, and below each its connections to containers"),
	.columns = flow_columns,
	.ncolumns = NITEMS(flow_columns),
	.row_size = sizeof(struct flow_row),
	.read = host_read_flows,
	.due = host_flows_due,
	.every = host_flows_every,
	.build = build,
	.slices = &flow_slices,
	.free = free_rows,
	.key = flow_key,
	.mark = flow_mark,
	.json = json_flow,
	.shape = "CLIENT|CONNECTION",
};
