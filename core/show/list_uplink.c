/* Uplinks, as a list. */
#include "config.h"

#include "core/show/list_uplink.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/show/given.h"
#include "core/show/list.h"
#include "core/show/list_cell.h"
#include "core/show/list_json.h"

static struct uplink_row *
row_of(struct uplink_row **v, size_t *n, const struct host *h,
    const struct link *l)
{
	size_t i = 0;

	while (i < *n && (*v)[i].link != l)
		i++;
	if (i < *n)
		return &(*v)[i];
	*v = xgrow(*v, *n, sizeof(**v));
	(*v)[*n] = (struct uplink_row){ .link = l,
		.rx = meters_get2(h->meters, "rx", l->name),
		.tx = meters_get2(h->meters, "tx", l->name) };
	return &(*v)[(*n)++];
}

/* Each link has the best of its routes in each family. */
struct uplink_row *
rows_uplinks(const struct host *h, size_t *n)
{
	const struct snapshot *s = &h->snapshot;
	struct uplink_row *v = NULL, *row;
	const struct link *l;
	struct routes routes;
	enum family f;
	size_t i;

	*n = 0;
	for (f = 0; f < FAMILY_COUNT; f++) {
		routes = snapshot_routes(s, family_numbers[f]);
		for (i = 0; i < routes.n; i++) {
			l = snapshot_link_at(s, routes.v[i].index);
			if (l == NULL || link_is_inward(s, l))
				continue;
			row = row_of(&v, n, h, l);
			if (row->routes[f] == NULL)
				row->routes[f] = &routes.v[i];
		}
	}
	return v;
}

static void
count_wide(void *arg, const struct address *a)
{
	unsigned *n = arg;

	*n += list_is_wide(&a->prefix);
}

/* The public one first. */
void
uplink_address(const struct host *h, const void *row, struct buf *b)
{
	const struct uplink_row *r = row;
	const struct given g = given_find(&h->snapshot, r->link);
	unsigned n = 0;

	if (g.address == NULL) {
		list_address(h, NSID_SELF, r->link->index, list_is_wide, b);
		return;
	}
	prefix_print(&g.address->prefix, b);
	list_addresses(h, NSID_SELF, r->link->index, count_wide, &n);
	if (n > 1)
		buf_printf(b, " +%u", n - 1);
}

static void
uplink_origin(const struct host *h, const void *row, struct buf *b)
{
	const struct uplink_row *r = row;
	const struct given g = given_find(&h->snapshot, r->link);

	given_print_origin(&g, b);
}

static void
uplink_fit(const struct host *h, const void *row, struct buf *b)
{
	const struct uplink_row *r = row;
	const struct given g = given_find(&h->snapshot, r->link);

	given_print_fit(&g, b);
}

const struct route *
uplink_route(const struct uplink_row *r)
{
	return r->routes[FAMILY_IPV6] != NULL ? r->routes[FAMILY_IPV6]
					      : r->routes[FAMILY_IPV4];
}

static void
uplink_gateway(const struct host *h UNUSED, const void *row, struct buf *b)
{
	const struct route *route = uplink_route(row);

	if (route->gateway.family == AF_UNSPEC)
		buf_add(b, "-");
	else
		prefix_print(&route->gateway, b);
}

static const struct listing_column uplink_columns[] = {
	{ "name", N_("UPLINK"), 0, 0, offsetof(struct uplink_row, link),
	    cell_link_name, N_("its name") },
	{ "state", N_("STATE"), 0, 4, offsetof(struct uplink_row, link),
	    cell_link_state, N_("up, off, or no carrier") },
	{ "address", N_("ADDRESS"), COLUMN_WIDE, 0, 0, uplink_address,
	    N_("the public address") },
	{ "ipv4", N_("IPV4"), 0, 5, offsetof(struct uplink_row, link),
	    cell_link_v4, N_("its IPv4 address") },
	{ "gateway", N_("GATEWAY"), 0, 2, 0, uplink_gateway,
	    N_("the gateway of the default route") },
	{ "in", N_("IN"), COLUMN_NUMBER | COLUMN_LIVE | COLUMN_RATE, 1,
	    offsetof(struct uplink_row, rx), cell_rate,
	    N_("what comes from the Internet") },
	{ "out", N_("OUT"), COLUMN_NUMBER | COLUMN_LIVE | COLUMN_RATE, 1,
	    offsetof(struct uplink_row, tx), cell_rate,
	    N_("what goes to the Internet") },
	{ "by", N_("BY"), 0, 6, 0, uplink_origin,
	    N_("who gave the address, and how long it lasts") },
	{ "fits", N_("FITS"), COLUMN_WIDE, 7, 0, uplink_fit,
	    N_("what the provider gave, and which way of giving containers "
	       "addresses fits that") },
};

static json_t *
json_seconds(uint32_t left)
{
	return left != UINT32_MAX ? json_integer(left) : json_null();
}

static json_t *
json_gateway(const struct uplink_row *r, enum family family)
{
	return r->routes[family] != NULL
		   ? list_json_prefix(&r->routes[family]->gateway)
		   : json_null();
}

static json_t *
json_uplink(const struct host *h, const void *row)
{
	const struct uplink_row *r = row;
	const struct given g = given_find(&h->snapshot, r->link);

	return json_pack("{s:o,s:b,s:o,s:o,s:o,s:s,s:s?,s:o,s:o,s:o,s:o,s:o}",
	    "name", list_json_text(r->link->name), "up", r->link->running,
	    "mac", list_json_mac(r->link->has_mac, r->link->mac), "addresses",
	    list_json_addresses(h, NSID_SELF, r->link->index), "gateway",
	    json_gateway(r, FAMILY_IPV6), "given", given_kinds[g.kind], "by",
	    g.address != NULL ? given_origins[g.origin] : NULL, "address",
	    g.address != NULL ? list_json_prefix(&g.address->prefix)
			      : json_null(),
	    "seconds",
	    json_seconds(g.address != NULL ? g.address->valid : UINT32_MAX),
	    "prefix", list_json_prefix(&g.prefix), "router_seconds",
	    json_seconds(g.router != NULL && g.router->expires > 0
			     ? g.router->expires
			     : UINT32_MAX),
	    "gateway_ipv4", json_gateway(r, FAMILY_IPV4));
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
	.json = json_uplink,
	.shape = "{name, up, mac, addresses: [...], gateway,\n"
		 " given: nothing|address|link|routed, by: static|ra|dhcp, "
		 "address,\n"
		 " seconds, prefix, router_seconds, gateway_ipv4}",
};
