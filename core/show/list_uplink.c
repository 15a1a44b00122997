/* Uplinks, as a list. */
#include "config.h"

#include "core/show/list.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"

struct uplink_row *
rows_uplinks(const struct host *h, size_t *n)
{
	const struct snapshot *s = &h->snapshot;
	struct uplink_row *v = NULL;
	const struct link *l;
	size_t i, k;

	*n = 0;
	for (i = 0; i < s->nroutes; i++) {
		for (k = 0; k < *n && v[k].link->index != s->routes[i].index;)
			k++;
		l = snapshot_link_at(s, s->routes[i].index);
		if (k < *n || l == NULL || link_is_inward(s, l))
			continue;
		v = xgrow(v, *n, sizeof(*v));
		v[(*n)++] = (struct uplink_row){ .link = l,
			.route = &s->routes[i],
			.rx = meters_get2(h->meters, "rx", l->name),
			.tx = meters_get2(h->meters, "tx", l->name) };
	}
	return v;
}

CELL(uplink_name)
{
	const struct uplink_row *r = row;

	list_escaped(r->link->name, b);
}

CELL(uplink_state)
{
	const struct uplink_row *r = row;

	buf_add(b, _(list_link_state(r->link)));
}

CELL(uplink_address)
{
	const struct uplink_row *r = row;

	list_address(h, NSID_SELF, r->link->index, list_is_wide, b);
}

CELL(uplink_v4)
{
	const struct uplink_row *r = row;

	list_address(h, NSID_SELF, r->link->index, list_is_v4, b);
}

CELL(uplink_gateway)
{
	const struct uplink_row *r = row;

	if (r->route == NULL || r->route->gateway.family == AF_UNSPEC)
		buf_add(b, "-");
	else
		prefix_print(&r->route->gateway, b);
}

CELL(uplink_rx)
{
	const struct uplink_row *r = row;

	list_series(h, r->rx, b);
}

CELL(uplink_tx)
{
	const struct uplink_row *r = row;

	list_series(h, r->tx, b);
}

NUMBER(uplink_rx_rate)
{
	const struct uplink_row *r = row;

	return series_rate(r->rx);
}

NUMBER(uplink_tx_rate)
{
	const struct uplink_row *r = row;

	return series_rate(r->tx);
}

CELL(uplink_key)
{
	const struct uplink_row *r = row;

	buf_add(b, r->link->name);
}

static const struct listing_column uplink_columns[] = {
	{ "name", N_("UPLINK"), 0, 0, uplink_name, NULL, N_("its name") },
	{ "state", N_("STATE"), 0, 4, uplink_state, NULL,
	    N_("up, off, or no carrier") },
	{ "address", N_("ADDRESS"), COLUMN_WIDE, 0, uplink_address, NULL,
	    N_("the public address") },
	{ "ipv4", N_("IPV4"), 0, 5, uplink_v4, NULL, N_("its IPv4 address") },
	{ "gateway", N_("GATEWAY"), 0, 2, uplink_gateway, NULL,
	    N_("the gateway of the default route") },
	{ "rx", N_("RX/s"), COLUMN_RIGHT | COLUMN_LIVE, 1, uplink_rx,
	    uplink_rx_rate, N_("what comes from the Internet") },
	{ "tx", N_("TX/s"), COLUMN_RIGHT | COLUMN_LIVE, 1, uplink_tx,
	    uplink_tx_rate, N_("what goes to the Internet") },
};

static json_t *
json_uplink(const struct host *h, const void *row)
{
	const struct uplink_row *r = row;

	return json_pack("{s:o,s:b,s:o,s:o,s:o}", "name",
	    list_json_text(r->link->name), "up", r->link->running, "mac",
	    list_json_mac(r->link->has_mac, r->link->mac), "addresses",
	    list_json_addresses(h, NSID_SELF, r->link->index), "gateway",
	    r->route != NULL ? list_json_prefix(&r->route->gateway)
			     : json_null());
}

static void *
build(const struct host *h, size_t *n)
{
	return rows_uplinks(h, n);
}

const struct listing listing_uplinks = {
	.name = N_("uplinks"),
	.help = N_("interfaces with a default route"),
	.columns = uplink_columns,
	.ncolumns = NITEMS(uplink_columns),
	.row_size = sizeof(struct uplink_row),
	.build = build,
	.free = list_free,
	.key = uplink_key,
	.json = json_uplink,
	.shape = "{name, up, mac, addresses: [...], gateway}",
};
