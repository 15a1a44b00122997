/* What the columns of the dashboard say. */
#include "config.h"

#include "screens/overview_parts.h"

#include <string.h>

#include "core/base/intl.h"
#include "core/base/number.h"
#include "core/lang/statement.h"
#include "core/lang/type_addr.h"
#include "core/show/list_forward.h"
#include "core/show/list_policy.h"
#include "core/show/list_uplink.h"

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

/* A forward with a changed statement still carries traffic as it was committed.
 */
static bool
is_counted(const struct forward_row *r)
{
	return r->state == FORWARD_ACTIVE || r->state == FORWARD_DEGRADED ||
	       (r->state == FORWARD_PENDING && r->in != NULL);
}

static bool
is_in_trouble(const struct forward_row *r)
{
	return r->state == FORWARD_BROKEN || r->state == FORWARD_DEGRADED;
}

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
	       : r->state == FORWARD_TURNED_OFF ? '-'
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
	const struct value *v = r->st->v;

	type_print(&type_proto, &v[FORWARD_PROTO], b);
	if (v[FORWARD_PORTS].set) {
		buf_add(b, " ");
		type_print(&type_ports, &v[FORWARD_PORTS], b);
	}
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
	const struct forward_row *r = row_of(row);

	if (is_counted(r) &&
	    (r->state != FORWARD_DEGRADED || series_rate(r->out_rate) > 0))
		return ROLE_TEXT;
	if (!is_in_trouble(r)) {
		buf_add(b, forward_state_word(r));
		return ROLE_DIM;
	}
	buf_printf(b, "%s %s", r->state == FORWARD_BROKEN ? "FAIL" : "WARN",
	    r->reason != NULL ? r->reason : forward_state_word(r));
	return r->state == FORWARD_BROKEN ? ROLE_FAIL : ROLE_WARN;
}

/* Containers */

static struct traffic
container_traffic(const void *row)
{
	const struct container_row *r = row;

	return (struct traffic){ r->rx, r->tx };
}

bool
overview_is_up(const struct container_row *r)
{
	return r->container != NULL && r->container->state == CONTAINER_UP;
}

static bool
lacks_address(const struct container_row *r)
{
	return overview_is_up(r) && r->mark == MARK_NONE && container_lacks(r);
}

static char
container_mark(const struct grid *g UNUSED, const void *row)
{
	const struct container_row *r = row_of(row);

	return (!overview_is_up(r) && r->st != NULL) || lacks_address(r)
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

/* Below its bridge what differs: "::3". */
static void
add_host_part(const struct snapshot *s, const struct link *bridge,
    const struct prefix *addr, struct buf *b)
{
	struct prefix host = *addr, network;
	char text[ADDR_TEXT_MAX];
	size_t i, k;

	for (i = 0; bridge != NULL && i < s->naddresses; i++) {
		network = prefix_network(&s->addresses[i].prefix);
		if (s->addresses[i].nsid != NSID_SELF ||
		    s->addresses[i].index != bridge->index ||
		    !prefix_holds(&network, addr))
			continue;
		for (k = 0; k < sizeof(host.bytes); k++)
			host.bytes[k] &= (uint8_t)~network.bytes[k];
		for (k = 0; k < network.len / 8; k++)
			host.bytes[k] = 0;
	}
	buf_add(b, addr_text(&host, text));
}

static enum role
container_address(const struct grid *g, const void *row, struct buf *b)
{
	const struct container_row *r = row_of(row);
	const struct prefix *inside =
	    r->st != NULL ? statement_inside(r->st) : NULL;
	char text[ADDR_TEXT_MAX];

	if (r->unstated != NULL) {
		buf_printf(b, _("%s, no statement"),
		    addr_text(&r->unstated->prefix, text));
		return ROLE_WARN;
	}
	if (inside == NULL) {
		if (r->ipv4.family != AF_UNSPEC)
			buf_add(b, addr_text(&r->ipv4, text));
		else
			buf_add(b, overview_is_up(r) && !r->elsewhere
				       ? _("no ULA")
				       : "-");
		return ROLE_DIM;
	}
	add_host_part(&g->host->snapshot, r->bridge, inside, b);
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
	const struct container_row *r = row_of(row);

	if (!overview_is_up(r)) {
		buf_add(b, _(container_state_name(r->container)));
		return r->st == NULL	      ? ROLE_DIM
		       : r->container == NULL ? ROLE_FAIL
					      : ROLE_WARN;
	}
	if (lacks_address(r))
		buf_add(b, r->st->v[CONTAINER_ULA].set && !r->ula_there
			       ? _("ULA missing")
			       : _("address missing"));
	return ROLE_FAIL;
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

static struct traffic
no_traffic(const void *row UNUSED)
{
	return (struct traffic){ NULL, NULL };
}

const struct overview_spec overview_specs[OVERVIEW_PARTS] = {
	[OVERVIEW_TROUBLE] = { .traffic = no_traffic },
	[OVERVIEW_UPLINKS] = { N_("Uplinks"), uplink_columns,
	    NITEMS(uplink_columns), uplink_traffic, NULL, NULL, uplink_chart },
	[OVERVIEW_FORWARDS] = { N_("Forwards"), forward_columns,
	    NITEMS(forward_columns), forward_traffic, forward_mark,
	    forward_trouble, forward_chart },
	[OVERVIEW_CONTAINERS] = { N_("Containers"), container_columns,
	    NITEMS(container_columns), container_traffic, container_mark,
	    container_trouble, container_chart },
	[OVERVIEW_REFUSED] = { N_("Refused"), policy_columns,
	    NITEMS(policy_columns), no_traffic, NULL, NULL, NULL },
};
