/* The rows of the dashboard, read from the host at one moment.
 *
 * All parts but the troubles are grids. Forwards and containers are ranked by
 * how busy they were in the last minute, those with a trouble before all
 * others, and a grid has only as many as fit, so row n of a grid is another
 * object after each rank. overview_read therefore gives every row the tab and
 * the key of its object, by which the dashboard finds it again.
 *
 * Everything borrows from the host, so an overview lives until the host's
 * version changes. In between only counters move; cells read the rates when
 * they are drawn. */
#include "config.h"

#include "screens/overview.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/base/number.h"
#include "core/lang/statement.h"
#include "core/lang/type_addr.h"
#include "core/show/list_container.h"
#include "core/show/list_forward.h"
#include "core/show/list_policy.h"
#include "core/show/list_uplink.h"
#include "core/show/listing.h"
#include "core/show/overlay.h"
#include "core/state/counting.h"
#include "screens/instead.h"

#define ALWAYS_BUSY UINT_MAX /* what has a trouble comes first */
#define FOOT_FROM 3	     /* rows, of which the last may name others */

struct overview {
	const struct host *host;
	struct uplink_row *uplinks;
	size_t nuplinks;
	struct container_row *containers;
	size_t ncontainers;
	struct forward_row *forwards;
	size_t nforwards;
	struct policy_row *policies;
	size_t npolicies;
	struct health health;
	struct overview_ranked *ranked[OVERVIEW_PARTS];
	size_t n[OVERVIEW_PARTS];
	struct buf notes[OVERVIEW_PARTS], foot[OVERVIEW_PARTS];
	struct buf heads[OVERVIEW_PARTS]; /* of their charts */
	uint64_t scale[OVERVIEW_PARTS];
	struct grid grids[OVERVIEW_PARTS];
};

/* Equally busy rows keep their order. */
static int
by_busy(const void *pa, const void *pb)
{
	const struct overview_ranked *a = pa, *b = pb;

	if (a->busy != b->busy)
		return a->busy < b->busy ? 1 : -1;
	return a->row < b->row ? -1 : a->row > b->row;
}

static unsigned
busy(const struct overview *o, enum overview_part part, const void *row)
{
	struct traffic t = overview_specs[part].traffic(row);
	char mark = overview_specs[part].mark(
	    NULL, &(struct overview_ranked){ row, 0 });

	if (mark == '!' || mark == '?')
		return ALWAYS_BUSY;
	return traffic_busy(o->host, &t);
}

void
overview_rank(struct overview *o)
{
	enum overview_part part;
	struct overview_ranked *v;
	size_t i;

	for (part = OVERVIEW_FORWARDS; part <= OVERVIEW_CONTAINERS; part++) {
		v = o->ranked[part];
		for (i = 0; i < o->n[part]; i++)
			v[i].busy = busy(o, part, v[i].row);
		if (v != NULL)
			qsort(v, o->n[part], sizeof(*v), by_busy);
	}
}

static void
add(struct overview *o, enum overview_part part, const void *row)
{
	struct overview_ranked *v =
	    xgrow(o->ranked[part], o->n[part], sizeof(*v));

	v[o->n[part]++] = (struct overview_ranked){ row, 0 };
	o->ranked[part] = v;
}

/* Denying policies, the defaults first, where most is decided. */
static void
add_refusals(struct overview *o)
{
	const struct policy_row *r;
	int pass;

	for (pass = 0; pass < 2; pass++) {
		for (r = o->policies; r < END_OF(o->policies, o->npolicies);
		     r++) {
			if (r->st == NULL || r->mark == MARK_REMOVED ||
			    statement_is_off(r->st) ||
			    (r->st->kind != ST_DEFAULT) != (pass == 1))
				continue;
			if (r->st->kind == ST_DEFAULT
				? r->st->v[DEFAULT_VERDICT].choice !=
				      VERDICT_ALLOW
				: r->st->kind != ST_ALLOW)
				add(o, OVERVIEW_REFUSED, r);
		}
	}
}

static void
read_rows(struct overview *o)
{
	size_t i;

	o->uplinks = rows_uplinks(o->host, &o->nuplinks);
	o->forwards = rows_forwards(o->host, &o->nforwards);
	o->containers = rows_containers(o->host, &o->ncontainers);
	o->policies = rows_policies(o->host, &o->npolicies);
	for (i = 0; i < o->nuplinks; i++)
		add(o, OVERVIEW_UPLINKS, &o->uplinks[i]);
	for (i = 0; i < o->nforwards; i++)
		add(o, OVERVIEW_FORWARDS, &o->forwards[i]);
	for (i = 0; i < o->ncontainers; i++)
		add(o, OVERVIEW_CONTAINERS, &o->containers[i]);
	add_refusals(o);
	overview_rank(o);
}

static void
read_troubles(struct overview *o)
{
	const struct doctor_lists lists = { o->containers, o->ncontainers,
		o->forwards, o->nforwards };
	size_t i;

	health_read(&o->health, o->host, &lists);
	for (i = 0; i < o->health.n; i++)
		if (trouble_is(&o->health.v[i]))
			add(o, OVERVIEW_TROUBLE, &o->health.v[i]);
}

struct overview *
overview_new(const struct host *h, const struct logbook *log)
{
	struct overview *o = xcalloc(1, sizeof(*o));
	size_t i;

	o->host = h;
	read_rows(o);
	read_troubles(o);
	for (i = 0; i < log->n; i++)
		add(o, OVERVIEW_LATELY, &log->v[i]);
	memory_trim();
	return o;
}

void
overview_free(struct overview *o)
{
	enum overview_part part;

	if (o == NULL)
		return;
	for (part = 0; part < OVERVIEW_PARTS; part++) {
		free(o->ranked[part]);
		buf_free(&o->notes[part]);
		buf_free(&o->foot[part]);
		buf_free(&o->heads[part]);
	}
	free(o->uplinks);
	free(o->containers);
	rows_forwards_free(o->forwards, o->nforwards);
	free(o->policies);
	health_free(&o->health);
	free(o);
}

const struct health *
overview_health(const struct overview *o)
{
	return &o->health;
}

size_t
overview_size(const struct overview *o, enum overview_part part)
{
	return o->n[part];
}

const struct trouble *
overview_trouble(const struct overview *o, size_t n)
{
	return o->ranked[OVERVIEW_TROUBLE][n].row;
}

/* Grids */

/* The columns of the charts that rows of w columns end with. */
static int
chart_width(int w)
{
	return w >= OVERVIEW_WIDE ? 3 * METER_MINUTE
	       : w >= 76	  ? 2 * METER_MINUTE
	       : w >= 50	  ? METER_MINUTE
				  : 0;
}

/* One scale for all charts of a part, so that they can be compared. */
static void
scale(struct overview *o, enum overview_part part, size_t n, int w)
{
	uint64_t max = 0, peak;
	struct traffic t;
	size_t i;

	for (i = 0; i < n; i++) {
		t = overview_specs[part].traffic(o->ranked[part][i].row);
		peak = traffic_peak(o->host, &t, w);
		max = peak > max ? peak : max;
	}
	o->scale[part] = number_scale(NULL, max, o->host->bits);
	buf_reset(&o->heads[part]);
	if (part == OVERVIEW_FORWARDS && max > 0)
		traffic_spark_head(o->host, o->scale[part], w, &o->heads[part]);
}

/* "also: dns1, git1", as many as fill a row. */
static void
name_others(struct overview *o, enum overview_part part, size_t from, size_t w)
{
	struct buf *b = &o->foot[part];
	size_t i;

	buf_add(b, _("also: "));
	for (i = from; i < o->n[part] && b->len <= w; i++) {
		buf_add(b, i > from ? intl_comma() : "");
		overview_specs[part].columns[0].cell(
		    NULL, &o->ranked[part][i], b);
	}
}

static void
note_containers(const struct overview *o, struct buf *b)
{
	size_t i, up = 0;

	for (i = 0; i < o->ncontainers; i++)
		up += instead_is_up(&o->containers[i]);
	buf_printf(b, _("%zu up"), up);
	if (up < o->ncontainers)
		buf_printf(b, _(", %zu not"), o->ncontainers - up);
}

static void
note_refused(const struct overview *o, struct buf *b)
{
	const struct policy_row *r;
	size_t i;

	for (i = 0; i < o->n[OVERVIEW_REFUSED]; i++) {
		r = o->ranked[OVERVIEW_REFUSED][i].row;
		buf_add(b, i > 0 ? intl_comma() : "");
		statement_print(r->st, b);
		buf_add(b, " ");
		number_decimal(b, series_packet_rate(r->rate));
		buf_add(b, " /s");
	}
	if (o->n[OVERVIEW_REFUSED] == 0)
		buf_add(b, _("nothing: what no policy decides is allowed"));
}

/* What stands beside the caption where there are no heads. */
static const char *
note_of(struct overview *o, enum overview_part part, size_t nrows)
{
	struct buf *b = &o->notes[part];

	buf_reset(b);
	if (part == OVERVIEW_CONTAINERS)
		note_containers(o, b);
	else if (part == OVERVIEW_REFUSED && nrows == 0)
		note_refused(o, b);
	return b->len > 0 ? buf_text(b) : NULL;
}

const struct grid *
overview_grid(struct overview *o, enum overview_part part, int w, size_t max)
{
	const struct overview_spec *p = &overview_specs[part];
	size_t n = o->n[part] <= max		   ? o->n[part]
		   : max >= FOOT_FROM && !p->whole ? max - 1
						   : max;
	int chart = p->whole ? 0 : chart_width(w);

	buf_reset(&o->foot[part]);
	if (chart > 0)
		scale(o, part, n, chart);
	if (n < o->n[part] && max >= FOOT_FROM && !p->whole)
		name_others(o, part, n, (size_t)w);
	else if (part == OVERVIEW_FORWARDS && n == 0)
		buf_add(&o->foot[part], _("none; n makes one"));
	o->grids[part] = (struct grid){ .caption = _(p->caption),
		.foot = o->foot[part].len > 0 ? buf_text(&o->foot[part]) : NULL,
		.columns = p->columns,
		.ncolumns = p->ncolumns,
		.rows = o->ranked[part],
		.row_size = sizeof(*o->ranked[part]),
		.nrows = n,
		.mark = p->mark,
		.trouble = p->trouble,
		.w = chart,
		.chart = p->chart,
		.chart_head = buf_text(&o->heads[part]),
		.host = o->host,
		.bits = o->host->bits,
		.arg = &o->scale[part] };
	o->grids[part].note = note_of(o, part, n);
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
	static const struct {
		enum overview_part part;
		const struct listing *listing;
	} counted[] = {
		{ OVERVIEW_FORWARDS, &listing_forwards },
		{ OVERVIEW_REFUSED, &listing_policies },
	};
	const struct counter **v = NULL;
	size_t n = 0, shown, i, k;

	for (i = 0; i < NITEMS(counted); i++) {
		shown = counted[i].part == OVERVIEW_REFUSED
			    ? o->n[counted[i].part]
			    : o->grids[counted[i].part].nrows;
		v = xresize(v, n + (shown + 1) * ROW_COUNTERS, sizeof(*v));
		for (k = 0; k < shown; k++, n += ROW_COUNTERS)
			counted[i].listing->counters(
			    o->ranked[counted[i].part][k].row, &v[n]);
	}
	counting_see(h, v, n);
	free(v);
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
read_trouble(
    const struct overview *o UNUSED, const void *row, struct overview_row *r)
{
	const struct trouble *t = row;

	r->tab = TAB_DOCTOR;
	r->key = xstrdup(t->check);
}

static void
read_uplink(
    const struct overview *o UNUSED, const void *row, struct overview_row *r)
{
	r->tab = TAB_LINKS;
	r->key = xstrdup(((const struct uplink_row *)row)->link->name);
}

static void
read_forward(const struct overview *o, const void *row, struct overview_row *r)
{
	r->tab = TAB_FORWARDS;
	r->key = key_of(o, &listing_forwards, row);
}

static void
read_container(
    const struct overview *o, const void *row, struct overview_row *r)
{
	r->tab = TAB_CONTAINERS;
	r->key = key_of(o, &listing_containers, row);
}

static void
read_policy(const struct overview *o, const void *row, struct overview_row *r)
{
	r->tab = TAB_POLICIES;
	r->key = key_of(o, &listing_policies, row);
}

static void
read_entry(
    const struct overview *o UNUSED, const void *row, struct overview_row *r)
{
	const struct log_entry *entry = row;

	r->key = xasprintf("%jd %s", (intmax_t)entry->when, entry->text);
}

void
overview_read(const struct overview *o, enum overview_part part, size_t n,
    struct overview_row *r)
{
	static void (*const read[])(
	    const struct overview *, const void *, struct overview_row *) = {
		[OVERVIEW_TROUBLE] = read_trouble,
		[OVERVIEW_UPLINKS] = read_uplink,
		[OVERVIEW_FORWARDS] = read_forward,
		[OVERVIEW_CONTAINERS] = read_container,
		[OVERVIEW_REFUSED] = read_policy,
		[OVERVIEW_LATELY] = read_entry,
	};
	const struct overview_ranked *ranked = &o->ranked[part][n];
	const struct overview_spec *spec = &overview_specs[part];
	struct buf name = { 0 };

	*r = (struct overview_row){ 0 };
	read[part](o, ranked->row, r);
	r->traffic = spec->traffic(ranked->row);
	if (spec->columns == NULL)
		return;
	spec->columns[0].cell(&o->grids[part], ranked, &name);
	r->name = buf_take(&name);
}

void
overview_row_free(struct overview_row *r)
{
	free(r->key);
	free(r->name);
	*r = (struct overview_row){ 0 };
}
