/* What the columns of the dashboard say. */
#include "config.h"

#include "screens/overview_parts.h"

#include <string.h>
#include <time.h>

#include "core/base/intl.h"
#include "core/base/number.h"
#include "core/lang/statement.h"
#include "core/lang/type_addr.h"
#include "core/show/list_forward.h"
#include "core/show/list_log.h"
#include "core/show/list_policy.h"
#include "core/show/list_uplink.h"
#include "screens/instead.h"
#include "screens/place.h"

static const void *
row_of(const void *ranked)
{
	return ((const struct overview_ranked *)ranked)->row;
}

static enum role
add_rate(const struct grid *g, const struct series *s, struct buf *b)
{
	double rate = series_rate(s);

	traffic_cell(g->host, s, b);
	return rate > 0 ? ROLE_TEXT : ROLE_DIM;
}

static enum role
add_chart(const struct grid *g, const struct traffic *t, int w, struct buf *b)
{
	traffic_spark(g->host, t, *(const uint64_t *)g->arg, w, b);
	return ROLE_OUT;
}

static enum role
no_cell(const struct grid *g UNUSED, const void *ranked UNUSED,
    struct buf *b UNUSED)
{
	return ROLE_TEXT;
}

#define RATES(in, out)                                                         \
	{ N_("IN B/s"), N_("IN b/s"), 0, 6, 0, true, in },                     \
	{                                                                      \
		N_("OUT B/s"), N_("OUT b/s"), 34, 7, 0, true, out              \
	}

/* Uplinks */

static struct traffic
uplink_traffic(const void *row)
{
	const struct uplink_row *r = row;

	return (struct traffic){ r->rx, r->tx };
}

static enum role
uplink_name(const struct grid *g UNUSED, const void *row, struct buf *b)
{
	const struct uplink_row *r = row_of(row);

	buf_escape(b, r->link->name, strlen(r->link->name));
	return ROLE_TEXT;
}

static enum role
uplink_way(const struct grid *g UNUSED, const void *row, struct buf *b)
{
	const struct uplink_row *r = row_of(row);
	char text[ADDR_TEXT_MAX];

	if (!(r->link->up && r->link->running)) {
		buf_add(b, _("DOWN"));
		return ROLE_FAIL;
	}
	if (uplink_route(r)->gateway.family == AF_UNSPEC)
		buf_add(b, _("on link"));
	else
		buf_printf(b, _("via %s"),
		    prefix_text(&uplink_route(r)->gateway, text));
	return ROLE_DIM;
}

static enum role
uplink_in(const struct grid *g, const void *row, struct buf *b)
{
	return add_rate(g, uplink_traffic(row_of(row)).in, b);
}

static enum role
uplink_out(const struct grid *g, const void *row, struct buf *b)
{
	return add_rate(g, uplink_traffic(row_of(row)).out, b);
}

static enum role
uplink_chart(const struct grid *g, const void *row, int w, struct buf *b)
{
	const struct traffic t = uplink_traffic(row_of(row));

	return add_chart(g, &t, w, b);
}

/* Forwards */

static struct traffic
forward_traffic(const void *row)
{
	const struct forward_row *r = row;

	return (struct traffic){ r->in_rate, r->out_rate };
}

static char
forward_mark(const struct grid *g UNUSED, const void *row)
{
	const struct forward_row *r = row_of(row);

	return r->state == FORWARD_BROKEN	? '!'
	       : r->state == FORWARD_DEGRADED	? '?'
	       : r->mark != MARK_NONE		? row_mark_char(r->mark)
	       : r->state == FORWARD_TURNED_OFF ? ROW_OFF
						: ' ';
}

static enum role
forward_role(const struct forward_row *r)
{
	return r->state == FORWARD_TURNED_OFF ? ROLE_DIM : ROLE_TEXT;
}

static enum role
forward_name(const struct grid *g UNUSED, const void *row, struct buf *b)
{
	const struct forward_row *r = row_of(row);

	forward_what(r, b);
	return forward_role(r);
}

/* Written as in the statement. */
static enum role
forward_to(const struct grid *g UNUSED, const void *row, struct buf *b)
{
	const struct forward_row *r = row_of(row);

	type_print(&type_target, &r->st->v[FORWARD_TO], b);
	return forward_role(r);
}

static enum role
forward_from(const struct grid *g UNUSED, const void *row, struct buf *b)
{
	return forward_sources(row_of(row), b) ? ROLE_TEXT : ROLE_DIM;
}

static enum role
forward_in(const struct grid *g, const void *row, struct buf *b)
{
	return add_rate(g, forward_traffic(row_of(row)).in, b);
}

static enum role
forward_out(const struct grid *g, const void *row, struct buf *b)
{
	return add_rate(g, forward_traffic(row_of(row)).out, b);
}

static enum role
forward_new(const struct grid *g UNUSED, const void *row, struct buf *b)
{
	const struct forward_row *r = row_of(row);

	number_decimal(b, series_packet_rate(r->fresh_rate));
	return series_packet_rate(r->fresh_rate) > 0 ? ROLE_TEXT : ROLE_DIM;
}

static enum role
forward_total(const struct grid *g UNUSED, const void *row, struct buf *b)
{
	const struct forward_row *r = row_of(row);

	number_short(b, r->in != NULL && r->out != NULL
			    ? r->in->bytes + r->out->bytes
			    : NUMBER_UNKNOWN);
	return ROLE_TEXT;
}

static enum role
forward_chart(const struct grid *g, const void *row, int w, struct buf *b)
{
	const struct traffic t = forward_traffic(row_of(row));

	return add_chart(g, &t, w, b);
}

static enum role
forward_trouble(const struct grid *g UNUSED, const void *row, struct buf *b)
{
	return instead_forward(row_of(row), b);
}

/* Containers */

static struct traffic
container_traffic(const void *row)
{
	const struct container_row *r = row;

	return (struct traffic){ r->rx, r->tx };
}

static char
container_mark(const struct grid *g UNUSED, const void *row)
{
	const struct container_row *r = row_of(row);

	return (!instead_is_up(r) && r->st != NULL) || instead_lacks(r)
		   ? '!'
		   : row_mark_char(r->mark);
}

static enum role
container_name(const struct grid *g UNUSED, const void *row, struct buf *b)
{
	const struct container_row *r = row_of(row);

	buf_escape(b, r->name, strlen(r->name));
	return ROLE_TEXT;
}

static enum role
container_address(const struct grid *g, const void *row, struct buf *b)
{
	const struct container_row *r = row_of(row);
	const struct prefix *inside =
	    r->st != NULL ? statement_inside(r->st) : NULL;
	struct buf at = { 0 };

	if (r->unstated != NULL) {
		place_host(g->host, r->bridge, &r->unstated->prefix, &at);
		buf_printf(b, _("%s, no statement"), buf_text(&at));
		buf_free(&at);
		return ROLE_TEXT;
	}
	if (inside == NULL) {
		if (r->ipv4.family != AF_UNSPEC)
			place_host(g->host, r->bridge, &r->ipv4, b);
		else
			buf_add(b, instead_is_up(r) && !r->elsewhere
				       ? _("no ULA")
				       : "-");
		return ROLE_DIM;
	}
	place_host(g->host, r->bridge, inside, b);
	return ROLE_DIM;
}

static enum role
container_in(const struct grid *g, const void *row, struct buf *b)
{
	return add_rate(g, container_traffic(row_of(row)).in, b);
}

static enum role
container_out(const struct grid *g, const void *row, struct buf *b)
{
	return add_rate(g, container_traffic(row_of(row)).out, b);
}

static enum role
container_chart(const struct grid *g, const void *row, int w, struct buf *b)
{
	const struct traffic t = container_traffic(row_of(row));

	return add_chart(g, &t, w, b);
}

static enum role
container_trouble(const struct grid *g UNUSED, const void *row, struct buf *b)
{
	return instead_container(row_of(row), b);
}

/* Refused */

static enum role
policy_text(const struct grid *g UNUSED, const void *row, struct buf *b)
{
	const struct policy_row *r = row_of(row);

	statement_print(r->st, b);
	return r->mark != MARK_NONE ? ROLE_DIM : ROLE_TEXT;
}

static enum role
policy_rate(const struct grid *g UNUSED, const void *row, struct buf *b)
{
	const struct policy_row *r = row_of(row);

	number_decimal(b, series_packet_rate(r->rate));
	return series_packet_rate(r->rate) > 0 ? ROLE_TEXT : ROLE_DIM;
}

static enum role
policy_hits(const struct grid *g UNUSED, const void *row, struct buf *b)
{
	const struct policy_row *r = row_of(row);

	number_short(b, r->hits != NULL ? r->hits->packets : NUMBER_UNKNOWN);
	return ROLE_TEXT;
}

/* Lately */

static char
entry_mark(const struct grid *g UNUSED, const void *row)
{
	return listing_log.mark(NULL, row_of(row));
}

/* Of today the time, else the day. */
static enum role
entry_when(const struct grid *g, const void *row, struct buf *b)
{
	const struct log_entry *r = row_of(row);
	const struct meters *m = g->host->meters;
	time_t when = (time_t)r->when,
	       now = (time_t)meters_column_clock(m, meters_column(m));
	struct tm then = { 0 }, today = { 0 };
	char text[16];

	localtime_r(&when, &then);
	localtime_r(&now, &today);
	if (strftime(text, sizeof(text),
		then.tm_yday == today.tm_yday && then.tm_year == today.tm_year
		    ? "%H:%M"
		    : "%m-%d",
		&then) > 0)
		buf_add(b, text);
	return ROLE_DIM;
}

static enum role
entry_text(const struct grid *g UNUSED, const void *row, struct buf *b)
{
	const struct log_entry *r = row_of(row);

	buf_add(b, r->text);
	return ROLE_TEXT;
}

/* Parts */

static const struct grid_column uplink_columns[] = {
	{ "", NULL, 0, 5, 20, false, uplink_name },
	{ "", NULL, 34, 8, 0, false, uplink_way },
	RATES(uplink_in, uplink_out),
};

static const struct grid_column forward_columns[] = {
	{ "", NULL, 0, 5, 24, false, forward_name },
	{ "", NULL, 30, 8, 24, false, forward_to },
	{ N_("FROM"), NULL, OVERVIEW_WIDE, 4, 0, false, forward_from },
	RATES(forward_in, forward_out),
	{ N_("NEW /s"), NULL, OVERVIEW_WIDE, 7, 0, true, forward_new },
	{ N_("TOTAL B"), NULL, OVERVIEW_WIDE, 8, 0, true, forward_total },
};

/* Blank below what only forwards have. */
static const struct grid_column container_columns[] = {
	{ "", NULL, 0, 5, 20, false, container_name },
	{ "", NULL, 34, 8, 0, false, container_address },
	RATES(container_in, container_out),
	{ "", NULL, OVERVIEW_WIDE, 7, 0, true, no_cell },
	{ "", NULL, OVERVIEW_WIDE, 8, 0, true, no_cell },
};

static const struct grid_column policy_columns[] = {
	{ "", NULL, 0, 8, 0, false, policy_text },
	{ N_("HITS /s"), NULL, 0, 7, 0, true, policy_rate },
	{ N_("HITS"), NULL, 34, 7, 0, true, policy_hits },
	{ "", NULL, OVERVIEW_WIDE, 7, 0, true, no_cell },
	{ "", NULL, OVERVIEW_WIDE, 8, 0, true, no_cell },
};

static const struct grid_column entry_columns[] = {
	{ "", NULL, 0, 5, 5, false, entry_when },
	{ "", NULL, 0, 8, 0, false, entry_text },
};

static struct traffic
no_traffic(const void *row UNUSED)
{
	return (struct traffic){ NULL, NULL };
}

const struct overview_spec overview_specs[OVERVIEW_PARTS] = {
	[OVERVIEW_TROUBLE] = { .traffic = no_traffic },
	[OVERVIEW_UPLINKS] = { N_("Uplinks"), false, uplink_columns,
	    NITEMS(uplink_columns), uplink_traffic, NULL, NULL, uplink_chart },
	[OVERVIEW_FORWARDS] = { N_("Forwards"), false, forward_columns,
	    NITEMS(forward_columns), forward_traffic, forward_mark,
	    forward_trouble, forward_chart },
	[OVERVIEW_CONTAINERS] = { N_("Containers"), false, container_columns,
	    NITEMS(container_columns), container_traffic, container_mark,
	    container_trouble, container_chart },
	[OVERVIEW_REFUSED] = { N_("Refused"), false, policy_columns,
	    NITEMS(policy_columns), no_traffic, NULL, NULL, NULL },
	[OVERVIEW_LATELY] = { N_("Lately"), true, entry_columns,
	    NITEMS(entry_columns), no_traffic, entry_mark, NULL, NULL },
};
