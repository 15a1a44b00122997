/* What the dashboard shows, read from the host at one moment. */
#include "config.h"

#include "screens/overview.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/number.h"
#include "core/rows.h"
#include "core/statement.h"
#include "screens/health.h"
#include "screens/traffic.h"
#include "tui/chart.h"
#include "tui/term.h"

#define RATE 9 /* columns of "12.4 Mb/s" */

/* Links: uplinks, then bridges */

struct link_row {
	const struct link *link;
	const struct uplink_row *uplink; /* or else */
	const struct bridge_row *bridge;
	const struct series *rx, *tx;
};

static enum role
link_name(const struct host *h UNUSED, const void *row, int w UNUSED,
    struct buf *b)
{
	const struct link_row *r = row;

	buf_add(b, r->link->name);
	return ROLE_TEXT;
}

static enum role
link_state(const struct host *h UNUSED, const void *row, int w UNUSED,
    struct buf *b)
{
	const struct link_row *r = row;
	bool up = r->link->up && r->link->running;

	buf_add(b, up ? "up" : "DOWN");
	return up ? ROLE_OK : ROLE_FAIL;
}

static enum role
link_info(const struct host *h UNUSED, const void *row, int w UNUSED,
    struct buf *b)
{
	const struct link_row *r = row;
	const struct prefix *gateway;

	if (r->uplink != NULL) {
		gateway = &r->uplink->route->gateway;
		buf_add(b, "default ");
		if (gateway->family == AF_UNSPEC)
			buf_add(b, "on link");
		else
			prefix_print(gateway, b);
	} else if (r->bridge->st == NULL || !r->bridge->st->v[BRIDGE_ULA].set) {
		buf_add(b, "no ULA");
		return ROLE_WARN;
	} else {
		prefix_print(&r->bridge->st->v[BRIDGE_ULA].prefix, b);
	}
	return ROLE_TEXT;
}

static enum role
link_rx(const struct host *h, const void *row, int w UNUSED, struct buf *b)
{
	traffic_rate(h, ((const struct link_row *)row)->rx, b);
	return ROLE_TEXT;
}

static enum role
link_tx(const struct host *h, const void *row, int w UNUSED, struct buf *b)
{
	traffic_rate(h, ((const struct link_row *)row)->tx, b);
	return ROLE_TEXT;
}

static enum role
link_spark(const struct host *h UNUSED, const void *row, int w, struct buf *b)
{
	traffic_spark(((const struct link_row *)row)->rx, w, b);
	return ROLE_OK;
}

static const struct grid_column link_columns[] = {
	{ { .head = "", .min = 6 }, link_name },
	{ { .head = "", .rank = 3, .min = 2 }, link_state },
	{ { .head = "", .rank = 4, .min = 16 }, link_info },
	{ { .head = "rx", .rank = 1, .min = RATE, .right = true }, link_rx },
	{ { .head = "tx", .rank = 1, .min = RATE, .right = true }, link_tx },
	{ { .head = "last 60 s (rx)", .rank = 2, .min = 12, .flex = true },
	    link_spark },
};

/* Forwards, the busiest first */

struct top_row {
	const struct forward_row *forward;
	uint64_t rate; /* both directions */
	uint64_t max;  /* of all */
};

static enum role
top_role(const struct top_row *r)
{
	return r->forward->state == FORWARD_BROKEN ? ROLE_FAIL :
	    r->forward->state == FORWARD_ACTIVE	   ? ROLE_TEXT :
						     ROLE_DIM;
}

static enum role
top_name(const struct host *h UNUSED, const void *row, int w UNUSED,
    struct buf *b)
{
	const struct top_row *r = row;
	const struct value *v = r->forward->st->v;

	type_print(&type_proto, &v[FORWARD_PROTO], b);
	if (v[FORWARD_PORTS].set) {
		buf_add(b, " ");
		type_print(&type_ports, &v[FORWARD_PORTS], b);
	}
	return top_role(r);
}

static enum role
top_to(const struct host *h UNUSED, const void *row, int w UNUSED,
    struct buf *b)
{
	const struct top_row *r = row;

	buf_add(b, "to ");
	type_print(&type_target, &r->forward->st->v[FORWARD_TO], b);
	return top_role(r);
}

static enum role
top_in(const struct host *h, const void *row, int w UNUSED, struct buf *b)
{
	traffic_rate(h, ((const struct top_row *)row)->forward->in_rate, b);
	return ROLE_TEXT;
}

static enum role
top_out(const struct host *h, const void *row, int w UNUSED, struct buf *b)
{
	traffic_rate(h, ((const struct top_row *)row)->forward->out_rate, b);
	return ROLE_TEXT;
}

static enum role
top_new(const struct host *h UNUSED, const void *row, int w UNUSED,
    struct buf *b)
{
	const struct series *s = ((const struct top_row *)row)->forward->
	    fresh_rate;

	number_decimal(b, s != NULL ? s->packet_rate : -1);
	return ROLE_TEXT;
}

static enum role
top_bar(const struct host *h UNUSED, const void *row, int w, struct buf *b)
{
	const struct top_row *r = row;

	if (r->forward->state != FORWARD_ACTIVE)
		buf_add(b, forward_state_name(r->forward->state));
	else
		chart_bar(b, r->rate, r->max, (size_t)w, term_ascii());
	return r->forward->state == FORWARD_ACTIVE ? ROLE_OK : top_role(r);
}

static const struct grid_column top_columns[] = {
	{ { .head = "", .min = 8 }, top_name },
	{ { .head = "", .min = 8 }, top_to },
	{ { .head = "in", .rank = 1, .min = RATE, .right = true }, top_in },
	{ { .head = "out", .rank = 2, .min = RATE, .right = true }, top_out },
	{ { .head = "new/s", .rank = 4, .min = 5, .right = true }, top_new },
	{ { .head = "", .rank = 3, .min = 8, .flex = true }, top_bar },
};

/* Containers */

static enum role
container_name(const struct host *h UNUSED, const void *row, int w UNUSED,
    struct buf *b)
{
	buf_add(b, ((const struct container_row *)row)->name);
	return ROLE_TEXT;
}

static enum role
container_state(const struct host *h UNUSED, const void *row, int w UNUSED,
    struct buf *b)
{
	const struct container *c =
	    ((const struct container_row *)row)->container;

	buf_add(b, container_state_name(c));
	return c == NULL	     ? ROLE_FAIL :
	    c->state == CONTAINER_UP ? ROLE_OK :
				       ROLE_WARN;
}

static enum role
container_ula(const struct host *h UNUSED, const void *row, int w UNUSED,
    struct buf *b)
{
	const struct container_row *r = row;

	if (r->st == NULL || !r->st->v[CONTAINER_ULA].set) {
		buf_add(b, "no ULA");
		return ROLE_WARN;
	}
	prefix_print(&r->st->v[CONTAINER_ULA].prefix, b);
	return ROLE_TEXT;
}

static enum role
container_rate(const struct host *h, const void *row, int w UNUSED,
    struct buf *b)
{
	const struct container_row *r = row;
	bool known = r->rx != NULL && r->tx != NULL;

	number_rate(b, known ? (uint64_t)(r->rx->rate + r->tx->rate) :
			       NUMBER_UNKNOWN,
	    h->bits);
	return ROLE_TEXT;
}

static const struct grid_column container_columns[] = {
	{ { .head = "", .min = 6 }, container_name },
	{ { .head = "", .rank = 3, .min = 2 }, container_state },
	{ { .head = "", .rank = 2, .min = 12 }, container_ula },
	{ { .head = "rx+tx", .rank = 1, .min = RATE, .right = true },
	    container_rate },
};

/* Policies: a row for each chain */

struct chain_row {
	enum chain chain;
	const struct policy_row *last; /* its default */
	unsigned policies;
};

static enum role
chain_name(const struct host *h UNUSED, const void *row, int w UNUSED,
    struct buf *b)
{
	buf_add(b, type_chain.choices[((const struct chain_row *)row)->chain]
		       .word);
	return ROLE_TEXT;
}

static enum role
chain_default(const struct host *h UNUSED, const void *row, int w UNUSED,
    struct buf *b)
{
	const struct statement *st = ((const struct chain_row *)row)->last->st;

	if (st != NULL)
		type_print(&type_verdict, &st->v[DEFAULT_VERDICT], b);
	else
		buf_add(b, "allow");
	return ROLE_TEXT;
}

static enum role
chain_policies(const struct host *h UNUSED, const void *row, int w UNUSED,
    struct buf *b)
{
	unsigned n = ((const struct chain_row *)row)->policies;

	buf_printf(b, "%u %s", n, n == 1 ? "policy" : "policies");
	return ROLE_TEXT;
}

static enum role
chain_rate(const struct host *h UNUSED, const void *row, int w UNUSED,
    struct buf *b)
{
	const struct series *s = ((const struct chain_row *)row)->last->rate;

	number_decimal(b, s != NULL ? s->packet_rate : -1);
	return ROLE_TEXT;
}

static const struct grid_column chain_columns[] = {
	{ { .head = "", .min = 7 }, chain_name },
	{ { .head = "", .rank = 2, .min = 10 }, chain_policies },
	{ { .head = "default", .min = 7 }, chain_default },
	{ { .head = "hits/s", .rank = 1, .min = 6, .right = true },
	    chain_rate },
};

/* Data */

struct overview {
	struct uplink_row *uplinks;
	struct bridge_row *bridges;
	struct link_row *links; /* of both */
	size_t nlinks;
	struct forward_row *forwards;
	size_t nforwards;
	struct top_row *top; /* of them */
	struct container_row *containers;
	size_t ncontainers;
	struct policy_row *policies;
	struct chain_row chains[CHAIN_COUNT]; /* of them */
	struct buf health;
	char caption[64]; /* of the containers */
	struct grid grids[OVERVIEW_PARTS];
};

static void
read_links(struct overview *o, const struct host *h)
{
	struct link_row *to;
	size_t nuplinks, nbridges, i;

	o->uplinks = rows_uplinks(h, &nuplinks);
	o->bridges = rows_bridges(h, &nbridges);
	o->nlinks = nuplinks + nbridges;
	to = o->links = xcalloc(o->nlinks, sizeof(*o->links));
	for (i = 0; i < nuplinks; i++)
		*to++ = (struct link_row) { .link = o->uplinks[i].link,
			.uplink = &o->uplinks[i],
			.rx = o->uplinks[i].rx,
			.tx = o->uplinks[i].tx };
	for (i = 0; i < nbridges; i++)
		*to++ = (struct link_row) { .link = o->bridges[i].link,
			.bridge = &o->bridges[i],
			.rx = o->bridges[i].rx,
			.tx = o->bridges[i].tx };
}

static uint64_t
rate_of(const struct series *s)
{
	return s != NULL ? (uint64_t)s->rate : 0;
}

/* Rows of one rate keep the order of the config. */
static int
compare_top(const void *pa, const void *pb)
{
	const struct top_row *a = pa, *b = pb;

	if (a->rate != b->rate)
		return a->rate < b->rate ? 1 : -1;
	return a->forward < b->forward ? -1 : a->forward > b->forward;
}

static void
read_forwards(struct overview *o, const struct host *h)
{
	struct top_row *v;
	size_t i;

	o->forwards = rows_forwards(h, &o->nforwards);
	v = o->top = xcalloc(o->nforwards, sizeof(*v));
	for (i = 0; i < o->nforwards; i++) {
		v[i].forward = &o->forwards[i];
		v[i].rate = rate_of(o->forwards[i].in_rate) +
		    rate_of(o->forwards[i].out_rate);
	}
	if (o->nforwards > 0)
		qsort(v, o->nforwards, sizeof(*v), compare_top);
	for (i = 0; i < o->nforwards; i++)
		v[i].max = v[0].rate;
}

static void
read_containers(struct overview *o, const struct host *h)
{
	size_t i, up = 0;

	o->containers = rows_containers(h, &o->ncontainers);
	for (i = 0; i < o->ncontainers; i++)
		up += o->containers[i].container != NULL &&
		    o->containers[i].container->state == CONTAINER_UP;
	snprintf(o->caption, sizeof(o->caption), "Containers: %zu of %zu up",
	    up, o->ncontainers);
}

/* The last row of a chain is its default. */
static void
read_policies(struct overview *o, const struct host *h)
{
	struct chain_row *chain;
	size_t n, i;

	o->policies = rows_policies(h, &n);
	memset(o->chains, 0, sizeof(o->chains));
	for (i = 0; i < n; i++) {
		chain = &o->chains[o->policies[i].chain];
		chain->chain = o->policies[i].chain;
		chain->policies += o->policies[i].number != 0;
		chain->last = &o->policies[i];
	}
}

#define GRID(title, c, r, n) \
	{ .caption = (title), .columns = (c), .ncolumns = NITEMS(c), \
		.rows = (r), .row_size = sizeof(*(r)), .nrows = (n), \
		.host = h }

static void
make_grids(struct overview *o, const struct host *h)
{
	const struct grid grids[OVERVIEW_PARTS] = {
		[OVERVIEW_LINKS] =
		    GRID("Links", link_columns, o->links, o->nlinks),
		[OVERVIEW_FORWARDS] =
		    GRID("Top forwards", top_columns, o->top, o->nforwards),
		[OVERVIEW_CONTAINERS] = GRID(o->caption, container_columns,
		    o->containers, o->ncontainers),
		[OVERVIEW_POLICIES] = GRID("Policies", chain_columns,
		    o->chains, NITEMS(o->chains)),
	};

	memcpy(o->grids, grids, sizeof(grids));
}

struct overview *
overview_new(const struct host *h)
{
	struct overview *o = xcalloc(1, sizeof(*o));

	read_links(o, h);
	read_forwards(o, h);
	read_containers(o, h);
	read_policies(o, h);
	make_grids(o, h);
	health_lines(h, o->containers, o->ncontainers, o->forwards,
	    o->nforwards, &o->health);
	return o;
}

void
overview_free(struct overview *o)
{
	if (o == NULL)
		return;
	free(o->links);
	free(o->uplinks);
	free(o->bridges);
	free(o->top);
	rows_forwards_free(o->forwards, o->nforwards);
	free(o->containers);
	free(o->policies);
	buf_free(&o->health);
	free(o);
}

const struct grid *
overview_grid(const struct overview *o, enum overview_part part)
{
	return &o->grids[part];
}

const char *
overview_health(const struct overview *o)
{
	return buf_text(&o->health);
}
