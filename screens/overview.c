/* The rows of the dashboard, read from the host at one moment.
 *
 * Three parts are grids, whose rows the overview builds and keeps: nodes of the
 * picture, forwards (top_row), and policies. Health is a list of troubles.
 *
 * Forwards are ranked by how busy they were in the last minute, and a grid has
 * only as many as fit, so row n of a grid is another object after each rank.
 * overview_read therefore gives every row the tab and the key of its object, by
 * which the dashboard finds it again.
 *
 * Everything borrows from the host, so an overview lives until the host's
 * version changes. In between only counters move; cells read the rates when
 * they are drawn. */
#include "config.h"

#include "screens/overview.h"

#include <stdlib.h>

#include "core/base/intl.h"
#include "core/base/number.h"
#include "core/lang/statement.h"
#include "core/lang/type_addr.h"
#include "core/show/list_bridge.h"
#include "core/show/list_container.h"
#include "core/show/list_forward.h"
#include "core/show/list_policy.h"
#include "core/show/listing.h"
#include "core/show/overlay.h"
#include "core/state/counting.h"
#include "screens/picture.h"

struct overview {
	const struct host *host;
	struct container_row *containers;
	size_t ncontainers;
	struct picture *picture;
	struct forward_row *forwards;
	size_t nforwards;
	struct top_row *top; /* forwards, ranked */
	struct policy_row *policies;
	size_t npolicies;
	const struct policy_row **listed; /* policies but fixed ones */
	size_t nlisted;
	struct health health;
	struct buf caption, note;
	uint64_t scale; /* top of the charts of forwards */
	struct grid grids[OVERVIEW_HEALTH];
};

/* Forwards, the busiest first */

struct top_row {
	const struct forward_row *forward;
	unsigned busy;
};

static struct traffic
traffic_of(const struct forward_row *r)
{
	return (struct traffic){ r->in_rate, r->out_rate };
}

/* A forward with a changed statement still carries traffic as it was committed.
 */
static bool
is_counted(const struct top_row *r)
{
	return r->forward->state == FORWARD_ACTIVE ||
	       r->forward->state == FORWARD_DEGRADED ||
	       (r->forward->state == FORWARD_PENDING && r->forward->in != NULL);
}

static enum role
top_role(const struct top_row *r)
{
	return r->forward->state == FORWARD_BROKEN     ? ROLE_FAIL
	       : r->forward->state == FORWARD_DEGRADED ? ROLE_WARN
	       : is_counted(r)			       ? ROLE_TEXT
						       : ROLE_DIM;
}

static enum role
top_name(
    const struct grid *g UNUSED, const void *row, int w UNUSED, struct buf *b)
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

/* Written as in the statement. */
static enum role
top_to(
    const struct grid *g UNUSED, const void *row, int w UNUSED, struct buf *b)
{
	const struct top_row *r = row;

	buf_add(b, "to ");
	type_print(&type_target, &r->forward->st->v[FORWARD_TO], b);
	return top_role(r);
}

static enum role
top_in(const struct grid *g, const void *row, int w UNUSED, struct buf *b)
{
	const struct top_row *r = row;

	traffic_rate(g->host, r->forward->in_rate, b);
	return ROLE_TEXT;
}

static enum role
top_out(const struct grid *g, const void *row, int w UNUSED, struct buf *b)
{
	const struct top_row *r = row;

	traffic_rate(g->host, r->forward->out_rate, b);
	return ROLE_TEXT;
}

static enum role
top_new(
    const struct grid *g UNUSED, const void *row, int w UNUSED, struct buf *b)
{
	const struct series *s =
	    ((const struct top_row *)row)->forward->fresh_rate;

	number_decimal(b, series_packet_rate(s));
	return ROLE_TEXT;
}

static enum role
top_chart(const struct grid *g, const void *row, int w, struct buf *b)
{
	const struct top_row *r = row;
	const struct traffic t = traffic_of(r->forward);
	const struct overview *o = g->arg;

	if (!is_counted(r) ||
	    (r->forward->state == FORWARD_PENDING && traffic_peak(&t) == 0)) {
		buf_add(b, forward_state_word(r->forward));
		return top_role(r);
	}
	traffic_spark(&t, o->scale, w, b);
	return ROLE_OK;
}

static const struct grid_column top_columns[] = {
	{ { .head = "", .min = 8 }, top_name },
	{ { .head = "", .min = 8 }, top_to },
	{ { .head = N_("in"), .rank = 1, .min = GRID_RATE, .right = true },
	    top_in },
	{ { .head = N_("out"), .rank = 2, .min = GRID_RATE, .right = true },
	    top_out },
	{ { .head = N_("new/s"), .rank = 4, .min = 5, .right = true },
	    top_new },
	{ { .head = N_("60 s"), .rank = 3, .min = 15, .flex = true },
	    top_chart },
};

/* Equally busy rows keep the order of the config. */
static int
by_busy(const void *pa, const void *pb)
{
	const struct top_row *a = pa, *b = pb;

	if (a->busy != b->busy)
		return a->busy < b->busy ? 1 : -1;
	return a->forward < b->forward ? -1 : a->forward > b->forward;
}

void
overview_rank(struct overview *o)
{
	struct traffic t;
	size_t i;

	for (i = 0; i < o->nforwards; i++) {
		t = traffic_of(o->top[i].forward);
		o->top[i].busy = traffic_busy(&t);
	}
	qsort(o->top, o->nforwards, sizeof(*o->top), by_busy);
}

static void
read_forwards(struct overview *o)
{
	size_t i;

	o->forwards = rows_forwards(o->host, &o->nforwards);
	o->top = xcalloc(o->nforwards + 1, sizeof(*o->top));
	for (i = 0; i < o->nforwards; i++)
		o->top[i].forward = &o->forwards[i];
	overview_rank(o);
}

/* One scale for all charts, so that they can be compared. */
static void
scale_forwards(struct overview *o, size_t n)
{
	struct buf top = { 0 };
	uint64_t max = 0, peak;
	struct traffic t;
	size_t i;

	for (i = 0; i < n; i++) {
		t = traffic_of(o->top[i].forward);
		peak = traffic_peak(&t);
		max = peak > max ? peak : max;
	}
	o->scale = number_scale(&top, max, o->host->bits);
	buf_reset(&o->note);
	buf_printf(&o->note, _("max %s"), buf_text(&top));
	buf_free(&top);
}

static struct grid
host_grid(struct overview *o, size_t max)
{
	return *picture_grid(o->picture, max);
}

static struct grid
forwards_grid(struct overview *o, size_t max)
{
	size_t n = max < o->nforwards ? max : o->nforwards;

	scale_forwards(o, n);
	buf_reset(&o->caption);
	if (n == o->nforwards)
		buf_add(&o->caption, _("Forwards"));
	else
		buf_printf(
		    &o->caption, _("Forwards, %zu of %zu"), n, o->nforwards);
	return (struct grid){ .caption = buf_text(&o->caption),
		.note = n > 0 ? buf_text(&o->note) : "",
		.columns = top_columns,
		.ncolumns = NITEMS(top_columns),
		.rows = o->top,
		.row_size = sizeof(*o->top),
		.nrows = n,
		.host = o->host,
		.arg = o };
}

/* Policies: defaults, where most is decided, before the numbered ones */

static const struct policy_row *
policy_of(const void *row)
{
	return *(const struct policy_row *const *)row;
}

static enum role
policy_text(
    const struct grid *g UNUSED, const void *row, int w UNUSED, struct buf *b)
{
	const struct policy_row *r = policy_of(row);

	if (r->st != NULL)
		statement_print(r->st, b);
	else
		buf_printf(
		    b, "default %s allow", type_chain.choices[r->chain].word);
	return r->mark != MARK_NONE ||
		       (r->st != NULL && statement_is_off(r->st))
		   ? ROLE_DIM
		   : ROLE_TEXT;
}

static enum role
policy_rate(
    const struct grid *g UNUSED, const void *row, int w UNUSED, struct buf *b)
{
	const struct series *s = policy_of(row)->rate;

	number_decimal(b, series_packet_rate(s));
	return ROLE_TEXT;
}

static enum role
policy_hits(
    const struct grid *g UNUSED, const void *row, int w UNUSED, struct buf *b)
{
	const struct counter *c = policy_of(row)->hits;

	number_short(b, c != NULL ? c->packets : NUMBER_UNKNOWN);
	return ROLE_TEXT;
}

static const struct grid_column policy_columns[] = {
	{ { .head = "", .min = 8, .flex = true }, policy_text },
	{ { .head = N_("hits/s"), .rank = 1, .min = 6, .right = true },
	    policy_rate },
	{ { .head = N_("hits"), .rank = 2, .min = 5, .right = true },
	    policy_hits },
};

static void
read_policies(struct overview *o)
{
	const struct policy_row *r;
	bool numbered;
	int pass;

	o->policies = rows_policies(o->host, &o->npolicies);
	o->listed = xcalloc(o->npolicies + 1, sizeof(*o->listed));
	for (pass = 0; pass < 2; pass++) {
		for (r = o->policies; r < END_OF(o->policies, o->npolicies);
		     r++) {
			numbered = r->st != NULL && r->st->kind != ST_DEFAULT;
			if ((r->st == NULL && !r->is_default) ||
			    numbered != (pass == 1))
				continue;
			o->listed[o->nlisted++] = r;
		}
	}
}

static struct grid
policies_grid(struct overview *o, size_t max)
{
	return (struct grid){ .caption = _("Policies"),
		.note = "",
		.columns = policy_columns,
		.ncolumns = NITEMS(policy_columns),
		.rows = o->listed,
		.row_size = sizeof(*o->listed),
		.nrows = max < o->nlisted ? max : o->nlisted };
}

/* All of it */

struct overview *
overview_new(const struct host *h)
{
	struct overview *o = xcalloc(1, sizeof(*o));

	o->host = h;
	o->containers = rows_containers(h, &o->ncontainers);
	o->picture = picture_new(h, o->containers, o->ncontainers);
	read_forwards(o);
	read_policies(o);
	health_read(&o->health, h, o->containers, o->ncontainers, o->forwards,
	    o->nforwards);
	rows_forwards_settle(o->forwards, o->nforwards);
	memory_trim();
	return o;
}

void
overview_free(struct overview *o)
{
	if (o == NULL)
		return;
	picture_free(o->picture);
	free(o->containers);
	free(o->top);
	rows_forwards_free(o->forwards, o->nforwards);
	free(o->listed);
	free(o->policies);
	health_free(&o->health);
	buf_free(&o->caption);
	buf_free(&o->note);
	free(o);
}

size_t
overview_size(const struct overview *o, enum overview_part part)
{
	const size_t sizes[OVERVIEW_PARTS] = {
		[OVERVIEW_HOST] = picture_size(o->picture),
		[OVERVIEW_FORWARDS] = o->nforwards,
		[OVERVIEW_POLICIES] = o->nlisted,
		[OVERVIEW_HEALTH] = o->health.n,
	};

	return sizes[part];
}

const struct grid *
overview_grid(struct overview *o, enum overview_part part, size_t max)
{
	static struct grid (*const grids[])(struct overview *, size_t) = {
		[OVERVIEW_HOST] = host_grid,
		[OVERVIEW_FORWARDS] = forwards_grid,
		[OVERVIEW_POLICIES] = policies_grid,
	};

	o->grids[part] = grids[part](o, max);
	return &o->grids[part];
}

const struct grid *
overview_shown(const struct overview *o, enum overview_part part)
{
	return &o->grids[part];
}

void
overview_see(const struct overview *o, struct host *h)
{
	size_t forwards = o->grids[OVERVIEW_FORWARDS].nrows,
	       policies = o->grids[OVERVIEW_POLICIES].nrows, i;
	const struct counter **v, **to;

	v = to = xcalloc((forwards + policies + 1) * ROW_COUNTERS, sizeof(*v));
	for (i = 0; i < forwards; i++, to += ROW_COUNTERS)
		listing_forwards.counters(o->top[i].forward, to);
	for (i = 0; i < policies; i++, to += ROW_COUNTERS)
		listing_policies.counters(o->listed[i], to);
	counting_see(h, v, (size_t)(to - v));
	free(v);
}

const struct health *
overview_health(const struct overview *o)
{
	return &o->health;
}

/* Rows */

static char *
key_of(const struct overview *o, const struct listing *l, const void *row)
{
	struct buf b = { 0 };

	l->key(o->host, row, &b);
	return buf_take(&b);
}

static void
read_node(const struct overview *o, const void *row, struct overview_row *r)
{
	const struct node *n = row;

	r->name = xstrdup(n->name);
	r->traffic = n->traffic;
	if (n->container != NULL) {
		r->tab = TAB_CONTAINERS;
		r->key = key_of(o, &listing_containers, n->container);
	} else if (n->bridge != NULL) {
		r->tab = TAB_BRIDGES;
		r->key = key_of(o, &listing_bridges, n->bridge);
	} else {
		r->key = xstrdup(n->name);
	}
}

static void
read_forward(const struct overview *o, const void *row, struct overview_row *r)
{
	const struct top_row *top = row;
	struct buf b = { 0 };

	statement_key(top->forward->st, &b);
	r->name = buf_take(&b);
	r->traffic = traffic_of(top->forward);
	r->tab = TAB_FORWARDS;
	r->key = key_of(o, &listing_forwards, top->forward);
}

static void
read_policy(const struct overview *o, const void *row, struct overview_row *r)
{
	r->tab = TAB_POLICIES;
	r->key = key_of(o, &listing_policies, policy_of(row));
}

void
overview_read(const struct overview *o, enum overview_part part, size_t n,
    struct overview_row *r)
{
	static void (*const read[])(
	    const struct overview *, const void *, struct overview_row *) = {
		[OVERVIEW_HOST] = read_node,
		[OVERVIEW_FORWARDS] = read_forward,
		[OVERVIEW_POLICIES] = read_policy,
	};
	const struct trouble *t;

	*r = (struct overview_row){ 0 };
	if (part == OVERVIEW_HEALTH) {
		t = &o->health.v[n];
		r->tab = t->tab;
		r->key = xstrdup(t->select != NULL ? t->select : "");
	} else {
		read[part](o, grid_row(&o->grids[part], n), r);
	}
}

void
overview_row_free(struct overview_row *r)
{
	free(r->key);
	free(r->name);
	*r = (struct overview_row){ 0 };
}
