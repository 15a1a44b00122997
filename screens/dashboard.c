/* Screen 1: what flows, and what is wrong, at a glance. */
#include "config.h"

#include "screens/dashboard.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/rows.h"
#include "core/statement.h"
#include "screens/app.h"
#include "screens/grid.h"
#include "screens/health.h"
#include "screens/lines.h"
#include "screens/traffic.h"
#include "tui/chart.h"
#include "tui/term.h"

#define SIDE_BY_SIDE 76 /* columns from which two sections share rows */
#define RATE 9		/* columns of "12.4 Mb/s" */

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

struct dashboard {
	struct app *app;
	bool fresh;
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
};

static void
read_links(struct dashboard *d, const struct host *h)
{
	struct link_row *to;
	size_t nuplinks, nbridges, i;

	d->uplinks = rows_uplinks(h, &nuplinks);
	d->bridges = rows_bridges(h, &nbridges);
	d->nlinks = nuplinks + nbridges;
	to = d->links = xcalloc(d->nlinks, sizeof(*d->links));
	for (i = 0; i < nuplinks; i++)
		*to++ = (struct link_row) { .link = d->uplinks[i].link,
			.uplink = &d->uplinks[i],
			.rx = d->uplinks[i].rx,
			.tx = d->uplinks[i].tx };
	for (i = 0; i < nbridges; i++)
		*to++ = (struct link_row) { .link = d->bridges[i].link,
			.bridge = &d->bridges[i],
			.rx = d->bridges[i].rx,
			.tx = d->bridges[i].tx };
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
read_forwards(struct dashboard *d, const struct host *h)
{
	struct top_row *v;
	size_t i;

	d->forwards = rows_forwards(h, &d->nforwards);
	v = d->top = xcalloc(d->nforwards, sizeof(*v));
	for (i = 0; i < d->nforwards; i++) {
		v[i].forward = &d->forwards[i];
		v[i].rate = rate_of(d->forwards[i].in_rate) +
		    rate_of(d->forwards[i].out_rate);
	}
	if (d->nforwards > 0)
		qsort(v, d->nforwards, sizeof(*v), compare_top);
	for (i = 0; i < d->nforwards; i++)
		v[i].max = v[0].rate;
}

static void
read_containers(struct dashboard *d, const struct host *h)
{
	size_t i, up = 0;

	d->containers = rows_containers(h, &d->ncontainers);
	for (i = 0; i < d->ncontainers; i++)
		up += d->containers[i].container != NULL &&
		    d->containers[i].container->state == CONTAINER_UP;
	snprintf(d->caption, sizeof(d->caption), "Containers: %zu of %zu up",
	    up, d->ncontainers);
}

/* The last row of a chain is its default. */
static void
read_policies(struct dashboard *d, const struct host *h)
{
	struct chain_row *chain;
	size_t n, i;

	d->policies = rows_policies(h, &n);
	memset(d->chains, 0, sizeof(d->chains));
	for (i = 0; i < n; i++) {
		chain = &d->chains[d->policies[i].chain];
		chain->chain = d->policies[i].chain;
		chain->policies += d->policies[i].number != 0;
		chain->last = &d->policies[i];
	}
}

static void
forget(struct dashboard *d)
{
	free(d->links);
	free(d->uplinks);
	free(d->bridges);
	free(d->top);
	rows_forwards_free(d->forwards, d->nforwards);
	free(d->containers);
	free(d->policies);
	buf_reset(&d->health);
	d->fresh = false;
}

static void
freshen(struct dashboard *d)
{
	const struct host *h = d->app->host;

	if (d->fresh)
		return;
	read_links(d, h);
	read_forwards(d, h);
	read_containers(d, h);
	read_policies(d, h);
	health_lines(h, d->containers, d->ncontainers, d->forwards,
	    d->nforwards, &d->health);
	d->fresh = true;
}

/* Sections, in the order of the screen */

enum section { LINKS, FORWARDS, CONTAINERS, POLICIES, HEALTH, SECTIONS };

/* Which gets rows first when there are few. */
static const enum section by_weight[] = { HEALTH, LINKS, FORWARDS, CONTAINERS,
	POLICIES };

static void
draw_grid(const struct dashboard *d, enum section section,
    const struct rect *r)
{
	const struct grid grids[] = {
		[LINKS] = { "Links", link_columns, NITEMS(link_columns),
		    d->links, sizeof(*d->links), d->nlinks, NULL },
		[FORWARDS] = { "Top forwards", top_columns,
		    NITEMS(top_columns), d->top, sizeof(*d->top),
		    d->nforwards, NULL },
		[CONTAINERS] = { d->caption, container_columns,
		    NITEMS(container_columns), d->containers,
		    sizeof(*d->containers), d->ncontainers, NULL },
		[POLICIES] = { "Policies", chain_columns,
		    NITEMS(chain_columns), d->chains, sizeof(*d->chains),
		    NITEMS(d->chains), NULL },
	};
	struct grid g = grids[section];

	g.host = d->app->host;
	grid_draw(&g, r);
}

static void
draw_health(const struct dashboard *d, struct rect r)
{
	struct rect head = rect_top(&r, 1);

	if (head.h == 0)
		return;
	draw_rule(head.y, head.x, head.w, "Health");
	r.x++;
	r.w--;
	lines_draw(buf_text(&d->health), &r);
}

/* The rows each section would like, its rule counted; those that share the
 * rows of another want none. */
static void
want_rows(const struct dashboard *d, int w, int want[static SECTIONS])
{
	want[LINKS] = 1 + (int)d->nlinks;
	want[FORWARDS] = 1 + (int)d->nforwards;
	want[CONTAINERS] = 1 + (int)d->ncontainers;
	want[POLICIES] = 1 + CHAIN_COUNT;
	want[HEALTH] = 1 + lines_count(buf_text(&d->health), w - 1);
	if (w < SIDE_BY_SIDE)
		return;
	if (want[CONTAINERS] < want[POLICIES])
		want[CONTAINERS] = want[POLICIES];
	want[POLICIES] = 0;
}

/* First a rule and a row for each, the weightiest first, then a row to each in
 * turn. A rule without a row is nothing. */
static void
share_rows(int h, const int want[static SECTIONS], int got[static SECTIONS])
{
	enum section s;
	bool any = true;
	size_t i;

	for (i = 0; i < SECTIONS; i++) {
		s = by_weight[i];
		got[s] = want[s] >= 2 && h >= 2 ? 2 : 0;
		h -= got[s];
	}
	while (h > 0 && any) {
		any = false;
		for (i = 0; i < SECTIONS && h > 0; i++) {
			s = by_weight[i];
			if (got[s] == 0 || got[s] >= want[s])
				continue;
			got[s]++;
			h--;
			any = true;
		}
	}
}

static void
draw_pair(const struct dashboard *d, const struct rect *r)
{
	struct rect left = *r, right = *r;

	left.w = r->w * 11 / 20;
	right.x += left.w;
	right.w -= left.w;
	draw_grid(d, CONTAINERS, &left);
	draw_grid(d, POLICIES, &right);
}

static void
dashboard_draw(void *self, const struct rect *area)
{
	struct dashboard *d = self;
	int want[SECTIONS], got[SECTIONS];
	struct rect rest = *area, r;
	enum section s;

	freshen(d);
	want_rows(d, area->w, want);
	share_rows(area->h, want, got);
	for (s = 0; s < SECTIONS; s++) {
		r = rect_top(&rest, got[s]);
		if (r.h == 0)
			continue;
		if (s == HEALTH)
			draw_health(d, r);
		else if (s == CONTAINERS && want[POLICIES] == 0)
			draw_pair(d, &r);
		else
			draw_grid(d, s, &r);
	}
}

static int
dashboard_open(void *self, struct ui *ui, const void *arg UNUSED,
    struct err *e UNUSED)
{
	struct dashboard *d = self;

	d->app = app_of(ui);
	return 0;
}

static void
dashboard_changed(void *self)
{
	struct dashboard *d = self;

	if (d->fresh)
		forget(d);
}

static void
dashboard_close(void *self)
{
	struct dashboard *d = self;

	dashboard_changed(self);
	buf_free(&d->health);
}

static void
dashboard_status(void *self UNUSED, struct buf *b)
{
	buf_add(b, "2 to 6: the other screens   b: bits or bytes   "
		   ":  a command");
}

const struct view_ops screen_dashboard = {
	.name = "Dash",
	.help = "What flows, and what is wrong, at a glance. The other "
		"screens have the details: 2 to 6, or : and their names.",
	.size = sizeof(struct dashboard),
	.actions = (const struct action *const[]) { candidate_actions, NULL },
	.open = dashboard_open,
	.close = dashboard_close,
	.draw = dashboard_draw,
	.changed = dashboard_changed,
	.status = dashboard_status,
};
