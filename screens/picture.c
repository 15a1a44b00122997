/* The tree of the host: the Internet, uplinks, bridges and containers, with the
 * traffic on the way to each. */
#include "config.h"

#include "screens/picture.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/base/number.h"
#include "core/lang/statement.h"
#include "core/show/list_bridge.h"
#include "core/show/list_container.h"
#include "core/show/list_uplink.h"
#include "core/show/overlay.h"
#include "tui/term.h"

struct picture {
	const struct host *host;
	struct uplink_row *uplinks;
	struct bridge_row *bridges;
	struct node *nodes; /* all nodes, in the order of the tree */
	size_t n;
	struct node *shown; /* the nodes shown */
	uint64_t scale;	    /* top of their charts */
	struct buf caption, note;
	struct grid grid;
};

/* Cells */

static const struct {
	const char *on, *last, *line, *gap;
} branches[] = {
	{ "├─ ", "└─ ", "│  ", "   " },
	{ "|- ", "`- ", "|  ", "   " },
};

static enum role
node_name(
    const struct grid *g UNUSED, const void *row, int w UNUSED, struct buf *b)
{
	const struct node *n = row;
	int i;

	for (i = 0; i < n->depth; i++)
		buf_add(b, n->more[i] ? branches[term_ascii()].line
				      : branches[term_ascii()].gap);
	buf_add(b, n->more[n->depth] ? branches[term_ascii()].on
				     : branches[term_ascii()].last);
	buf_escape(b, n->name, strlen(n->name));
	return ROLE_TEXT;
}

static enum role
uplink_info(const struct uplink_row *r, struct buf *b)
{
	const struct prefix *gateway = &r->route->gateway;
	char text[ADDR_TEXT_MAX];

	if (gateway->family == AF_UNSPEC)
		buf_add(b, _("on link"));
	else
		buf_printf(b, _("via %s"), prefix_text(gateway, text));
	return ROLE_TEXT;
}

static enum role
ula_info(const struct value *ula, const struct address *unstated, bool there,
    bool committed, struct buf *b)
{
	char text[ADDR_TEXT_MAX];

	if (unstated != NULL) {
		buf_printf(b, _("%s, no statement"),
		    prefix_text(&unstated->prefix, text));
		return ROLE_WARN;
	}
	if (ula == NULL || !ula->set) {
		buf_add(b, _("no ULA"));
		return ROLE_WARN;
	}
	if (committed && !there) {
		buf_add(b, _("ULA missing"));
		return ROLE_FAIL;
	}
	prefix_print(&ula->prefix, b);
	return ROLE_TEXT;
}

static enum role
bridge_info(const struct bridge_row *r, struct buf *b)
{
	return ula_info(r->st != NULL ? &r->st->v[BRIDGE_ULA] : NULL,
	    r->unstated, r->ula_there, r->mark == MARK_NONE, b);
}

static enum role
container_info(const struct container_row *r, struct buf *b)
{
	const struct container *c = r->container;

	if (c == NULL || c->state != CONTAINER_UP) {
		buf_add(b, _(container_state_name(c)));
		return c == NULL ? ROLE_FAIL : ROLE_WARN;
	}
	if (r->elsewhere) {
		buf_add(b, "-");
		return ROLE_TEXT;
	}
	return ula_info(r->st != NULL ? &r->st->v[CONTAINER_ULA] : NULL,
	    r->unstated, r->ula_there, r->mark == MARK_NONE, b);
}

/* A problem is shown in place of the address. */
static enum role
node_info(
    const struct grid *g UNUSED, const void *row, int w UNUSED, struct buf *b)
{
	const struct node *n = row;
	const struct link *l = n->uplink != NULL   ? n->uplink->link
			       : n->bridge != NULL ? n->bridge->link
						   : NULL;

	if (l != NULL && !(l->up && l->running)) {
		buf_add(b, _("DOWN"));
		return ROLE_FAIL;
	}
	if (n->uplink != NULL)
		return uplink_info(n->uplink, b);
	if (n->bridge != NULL)
		return bridge_info(n->bridge, b);
	return container_info(n->container, b);
}

static enum role
node_in(const struct grid *g, const void *row, int w UNUSED, struct buf *b)
{
	traffic_rate(g->host, ((const struct node *)row)->traffic.in, b);
	return ROLE_TEXT;
}

static enum role
node_out(const struct grid *g, const void *row, int w UNUSED, struct buf *b)
{
	traffic_rate(g->host, ((const struct node *)row)->traffic.out, b);
	return ROLE_TEXT;
}

static enum role
node_chart(const struct grid *g, const void *row, int w, struct buf *b)
{
	const struct picture *p = g->arg;

	traffic_spark(&((const struct node *)row)->traffic, p->scale, w, b);
	return ROLE_OK;
}

static const struct grid_column columns[] = {
	{ { .head = "", .min = 6 }, node_name },
	{ { .head = "", .rank = 3, .min = 10 }, node_info },
	{ { .head = N_("in"), .min = GRID_RATE, .right = true }, node_in },
	{ { .head = N_("out"), .rank = 1, .min = GRID_RATE, .right = true },
	    node_out },
	{ { .head = N_("60 s"), .rank = 2, .min = 15, .flex = true },
	    node_chart },
};

/* The tree */

static void
add(struct picture *p, struct node node)
{
	p->nodes = xgrow(p->nodes, p->n, sizeof(*p->nodes));
	p->nodes[p->n++] = node;
}

static void
add_containers(struct picture *p, const struct container_row *v, size_t n,
    const struct link *bridge, int depth)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (v[i].bridge == bridge)
			add(p, (struct node){ .container = &v[i],
				   .name = v[i].name,
				   .traffic = { v[i].rx, v[i].tx },
				   .depth = depth });
}

/* Swapped: what the host sends on a bridge goes in to containers. */
static void
add_bridges(struct picture *p, size_t nbridges, const struct container_row *v,
    size_t n, int depth)
{
	const struct bridge_row *r;

	for (r = p->bridges; r < END_OF(p->bridges, nbridges); r++) {
		add(p, (struct node){ .bridge = r,
			   .name = r->link->name,
			   .traffic = { r->tx, r->rx },
			   .depth = depth });
		add_containers(p, v, n, r->link, depth + 1);
	}
}

/* The first uplink is the one in use: all bridges are behind it. */
static void
add_all(struct picture *p, const struct container_row *v, size_t n)
{
	size_t nuplinks, nbridges, i;

	p->uplinks = rows_uplinks(p->host, &nuplinks);
	p->bridges = rows_bridges(p->host, &nbridges);
	for (i = 0; i < nuplinks; i++) {
		add(p, (struct node){ .uplink = &p->uplinks[i],
			   .name = p->uplinks[i].link->name,
			   .traffic = { p->uplinks[i].rx, p->uplinks[i].tx } });
		if (i == 0)
			add_bridges(p, nbridges, v, n, 1);
	}
	if (nuplinks == 0)
		add_bridges(p, nbridges, v, n, 0);
	add_containers(p, v, n, NULL, 0);
}

struct picture *
picture_new(const struct host *h, const struct container_row *v, size_t n)
{
	struct picture *p = xcalloc(1, sizeof(*p));

	p->host = h;
	add_all(p, v, n);
	return p;
}

void
picture_free(struct picture *p)
{
	if (p == NULL)
		return;
	free(p->shown);
	free(p->nodes);
	free(p->uplinks);
	free(p->bridges);
	buf_free(&p->caption);
	buf_free(&p->note);
	free(p);
}

size_t
picture_size(const struct picture *p)
{
	return p->n;
}

/* Selection */

struct rank {
	size_t node;
	unsigned busy;
};

static int
by_rank(const void *pa, const void *pb)
{
	const struct rank *a = pa, *b = pb;

	if (a->busy != b->busy)
		return a->busy < b->busy ? 1 : -1;
	return a->node < b->node ? -1 : a->node > b->node;
}

static int
by_place(const void *pa, const void *pb)
{
	const struct rank *a = pa, *b = pb;

	return a->node < b->node ? -1 : a->node > b->node;
}

/* Fills shown with the most important nodes; returns their number. */
static size_t
pick(struct picture *p, size_t max)
{
	struct rank *v = xcalloc(p->n + 1, sizeof(*v));
	size_t n = max < p->n ? max : p->n, i;

	for (i = 0; i < p->n; i++)
		v[i] = (struct rank){ i,
			p->nodes[i].container == NULL
			    ? UINT_MAX
			    : traffic_busy(&p->nodes[i].traffic) };
	if (n < p->n) {
		qsort(v, p->n, sizeof(*v), by_rank);
		qsort(v, n, sizeof(*v), by_place);
	}
	free(p->shown);
	p->shown = xcalloc(n + 1, sizeof(*p->shown));
	for (i = 0; i < n; i++)
		p->shown[i] = p->nodes[v[i].node];
	free(v);
	return n;
}

/* Notes for each node at which depths the tree continues below it, walking from
 * the end. */
static void
join(struct node *v, size_t n)
{
	bool more[PICTURE_DEPTH] = { false };
	int i;

	while (n-- > 0) {
		memcpy(v[n].more, more, sizeof(more));
		more[v[n].depth] = true;
		for (i = v[n].depth + 1; i < PICTURE_DEPTH; i++)
			more[i] = false;
	}
}

static void
add_caption(struct picture *p, size_t shown)
{
	size_t links = 0, i;

	buf_reset(&p->caption);
	for (i = 0; i < p->n; i++)
		links += p->nodes[i].container == NULL;
	if (p->n == 0 || p->nodes[0].uplink == NULL)
		buf_add(&p->caption, _("No route to the Internet"));
	else if (shown == p->n)
		buf_add(&p->caption, _("Internet"));
	else
		buf_printf(&p->caption,
		    _("Internet, %zu of %zu containers shown"),
		    shown > links ? shown - links : 0, p->n - links);
}

/* One scale for all charts, so that they can be compared. */
static void
add_scale(struct picture *p, size_t n)
{
	struct buf top = { 0 };
	uint64_t max = 0, peak;
	size_t i;

	for (i = 0; i < n; i++) {
		peak = traffic_peak(&p->shown[i].traffic);
		max = peak > max ? peak : max;
	}
	p->scale = number_scale(&top, max, p->host->bits);
	buf_reset(&p->note);
	buf_printf(&p->note, _("max %s"), buf_text(&top));
	buf_free(&top);
}

const struct grid *
picture_grid(struct picture *p, size_t max)
{
	size_t n = pick(p, max);

	join(p->shown, n);
	add_caption(p, n);
	add_scale(p, n);
	p->grid = (struct grid){
		.caption = buf_text(&p->caption),
		.note = buf_text(&p->note),
		.columns = columns,
		.ncolumns = NITEMS(columns),
		.rows = p->shown,
		.row_size = sizeof(*p->shown),
		.nrows = n,
		.host = p->host,
		.arg = p,
	};
	return &p->grid;
}
