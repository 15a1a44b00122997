/* Containers: running, defined on disk, or known by the config only. */
#include "config.h"

#include "core/show/list_container.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/lang/ula.h"
#include "core/show/list.h"
#include "core/show/list_cell.h"
#include "core/show/list_json.h"

const char *
container_state_name(const struct container *c)
{
	return c == NULL		  ? N_("absent")
	       : c->state == CONTAINER_UP ? N_("up")
					  : N_("stopped");
}

static unsigned
count_forwards(const struct host *h, const char *name)
{
	const struct statement *st;
	unsigned n = 0;
	size_t i;

	for (i = 0; i < h->candidate.n; i++) {
		st = h->candidate.v[i].st;
		n += st != NULL && st->kind == ST_FORWARD &&
		     st->v[FORWARD_TO].target.name != NULL &&
		     strcmp(st->v[FORWARD_TO].target.name, name) == 0;
	}
	return n;
}

static bool
has_inside(const struct host *h, const struct container *c,
    const struct overlay *with, size_t value)
{
	return with != NULL && c->inner != 0 &&
	       list_has(h, c->nsid, c->inner, &with->st->v[value]);
}

static struct prefix
ipv4_of(const struct host *h, const struct container_row *row)
{
	static const struct prefix none;
	const struct container *c = row->container;

	if (config_option(&h->candidate, OPTION_IPV4) != OPTION_ON)
		return none;
	if (row->st != NULL && row->st->v[CONTAINER_IPV4].set)
		return row->st->v[CONTAINER_IPV4].prefix;
	return c != NULL && c->inner != 0
		   ? snapshot_ipv4(&h->snapshot, c->nsid, c->inner)
		   : none;
}

static void
fill_container(
    struct container_row *row, const struct host *h, const struct overlay *with)
{
	const struct container *c = row->container;

	if (with != NULL) {
		row->st = with->st;
		row->mark = with->mark;
	}
	row->forwards = count_forwards(h, row->name);
	row->ipv4 = ipv4_of(h, row);
	if (c == NULL)
		return;
	row->unseen =
	    h->blind && c->state == CONTAINER_UP && c->inner_name[0] == '\0';
	row->bridge = snapshot_link_at(&h->snapshot, c->bridge);
	row->port = snapshot_link_at(&h->snapshot, c->port);
	if (row->st == NULL || statement_inside(row->st) == NULL)
		row->unstated = ula_of_container(&h->snapshot, c);
	row->ula_there = has_inside(h, c, with, CONTAINER_ULA);
	row->address_there = has_inside(h, c, with, CONTAINER_ADDRESS);
	row->ipv4_there = has_inside(h, c, with, CONTAINER_IPV4);
	if (row->port == NULL)
		return;
	row->rx = meters_get2(h->meters, "tx", row->port->name);
	row->tx = meters_get2(h->meters, "rx", row->port->name);
}

static bool
holds(const struct value *bridge, const struct value *container)
{
	return bridge->set && container->set &&
	       prefix_holds(&bridge->prefix, &container->prefix);
}

/* The bridge of a statement; NULL if it names none. */
static const char *
bridge_of(const struct config *c, const struct statement *st)
{
	const struct value *v = st->v, *bridge;
	size_t i;

	if (v[CONTAINER_ON].set)
		return v[CONTAINER_ON].text;
	for (i = 0; i < c->n; i++) {
		if (c->v[i].st == NULL || c->v[i].st->kind != ST_BRIDGE)
			continue;
		bridge = c->v[i].st->v;
		if (holds(&bridge[BRIDGE_ULA], &v[CONTAINER_ULA]) ||
		    holds(&bridge[BRIDGE_PREFIX], &v[CONTAINER_ADDRESS]) ||
		    holds(&bridge[BRIDGE_IPV4], &v[CONTAINER_IPV4]))
			return bridge[BRIDGE_IFACE].text;
	}
	return NULL;
}

/* The container that a statement applies to; if it has no such port, by its
 * name. */
static const struct container *
container_of(const struct host *h, const struct statement *st)
{
	const char *name = st->v[CONTAINER_NAME].text;
	const struct container *c;

	c = snapshot_container(
	    &h->snapshot, name, bridge_of(&h->candidate, st));
	return c != NULL ? c : snapshot_container(&h->snapshot, name, NULL);
}

static void
add_row(struct container_row **v, size_t *n, const struct host *h,
    const struct container_row *row, const struct overlay *with)
{
	*v = xgrow(*v, *n, sizeof(**v));
	(*v)[*n] = *row;
	fill_container(&(*v)[(*n)++], h, with);
}

/* A statement applies to one of the ports of a namespace. */
static void
add_port(struct container_row **v, size_t *n, const struct host *h,
    const struct container *c, const struct overlay *with)
{
	const struct container *at =
	    with != NULL ? container_of(h, with->st) : NULL;
	struct container_row row = { .name = c->name, .container = c };

	row.elsewhere = at != NULL && at != c && at->nsid == c->nsid;
	add_row(v, n, h, &row, row.elsewhere ? NULL : with);
}

static bool
has_row(const struct container_row *v, size_t n, const char *name)
{
	size_t i = 0;

	while (i < n && strcmp(v[i].name, name) != 0)
		i++;
	return i < n;
}

/* A row for each port, and for each statement whose name is on none. */
struct container_row *
rows_containers(const struct host *h, size_t *n)
{
	const struct snapshot *s = &h->snapshot;
	struct container_row *v = NULL, row = { 0 };
	const struct container *c;
	struct overlays o;
	size_t i, ports;

	*n = 0;
	overlays_read(&o, h, ST_CONTAINER, ST_CONTAINER);
	for (c = s->containers; c < END_OF(s->containers, s->ncontainers); c++)
		add_port(&v, n, h, c, overlays_named(&o, c->name));
	ports = *n;
	for (i = 0; i < o.n; i++) {
		row.name = o.v[i].st->v[CONTAINER_NAME].text;
		row.container = container_of(h, o.v[i].st);
		if (!has_row(v, ports, row.name))
			add_row(&v, n, h, &row, &o.v[i]);
	}
	free(o.v);
	return v;
}

static bool
is_missing(const struct container_row *r, size_t value, bool there)
{
	return r->st != NULL && r->st->v[value].set && !there && !r->unseen;
}

bool
container_lacks(const struct container_row *r)
{
	return is_missing(r, CONTAINER_ULA, r->ula_there) ||
	       is_missing(r, CONTAINER_ADDRESS, r->address_there) ||
	       is_missing(r, CONTAINER_IPV4, r->ipv4_there);
}

static bool
bridge_has_ula(const struct config *c, const struct link *bridge)
{
	const struct statement *st =
	    bridge != NULL ? config_bridge(c, bridge->name) : NULL;

	return st != NULL && st->v[BRIDGE_ULA].set;
}

bool
container_finds_ula(const struct host *h, const struct container_row *r)
{
	return r->bridge == NULL || bridge_has_ula(&h->candidate, r->bridge);
}

bool
container_wants_ula(const struct host *h, const struct container_row *r)
{
	if (r->elsewhere || (r->st != NULL && statement_inside(r->st) != NULL))
		return false;
	return r->ipv4.family == AF_UNSPEC ||
	       bridge_has_ula(&h->candidate, r->bridge);
}

static char
container_mark_of(const struct container_row *r)
{
	if (r->mark != MARK_NONE)
		return row_mark_char(r->mark);
	return container_lacks(r) ? '!' : ' ';
}

static void
container_runtime(const struct host *h UNUSED, const void *row, struct buf *b)
{
	const struct container_row *r = row;

	buf_add(b, r->container != NULL ? r->container->runtime : "-");
}

static void
container_state(const struct host *h UNUSED, const void *row, struct buf *b)
{
	const struct container_row *r = row;

	buf_add(b, _(container_state_name(r->container)));
}

/* What is stated, and whether it is there. */
static void
print_stated(
    const struct container_row *r, size_t value, bool there, struct buf *b)
{
	prefix_print(&r->st->v[value].prefix, b);
	if (!there && r->mark == MARK_NONE)
		buf_add(b, r->unseen ? _(" (needs root)") : _(" (not set)"));
}

static void
container_ula(const struct host *h, const void *row, struct buf *b)
{
	const struct container_row *r = row;

	if (r->st != NULL && r->st->v[CONTAINER_ULA].set) {
		print_stated(r, CONTAINER_ULA, r->ula_there, b);
		if (r->container != NULL && r->container->cut)
			buf_add(b, _(" +many"));
	} else if (r->container != NULL && r->container->inner != 0) {
		list_unstated(h, r->container->nsid, r->container->inner, b);
		if (r->container->cut)
			buf_add(b, _(" +many"));
	} else {
		buf_add(b, "-");
	}
}

static void
container_address(const struct host *h UNUSED, const void *row, struct buf *b)
{
	const struct container_row *r = row;

	if (r->st == NULL || !r->st->v[CONTAINER_ADDRESS].set) {
		buf_add(b, "-");
		return;
	}
	print_stated(r, CONTAINER_ADDRESS, r->address_there, b);
}

static void
container_v4(const struct host *h, const void *row, struct buf *b)
{
	const struct container_row *r = row;

	if (r->st != NULL && r->st->v[CONTAINER_IPV4].set)
		print_stated(r, CONTAINER_IPV4, r->ipv4_there, b);
	else if (r->container != NULL && r->container->inner != 0)
		list_address(
		    h, r->container->nsid, r->container->inner, list_is_v4, b);
	else
		buf_add(b, "-");
}

static void
container_mac(const struct host *h UNUSED, const void *row, struct buf *b)
{
	const struct container_row *r = row;

	if (r->container != NULL && r->container->has_mac)
		mac_print(r->container->mac, b);
	else
		buf_add(b, "-");
}

static void
container_pid(const struct host *h UNUSED, const void *row, struct buf *b)
{
	const struct container_row *r = row;

	if (r->container != NULL && r->container->pid != 0)
		buf_printf(b, "%d", (int)r->container->pid);
	else
		buf_add(b, "-");
}

static void
container_key(const struct host *h UNUSED, const void *row, struct buf *b)
{
	const struct container_row *r = row;

	buf_printf(b, "%s %s", r->name, r->port != NULL ? r->port->name : "");
}

static char
container_mark(const struct host *h UNUSED, const void *row)
{
	const struct container_row *r = row;

	return container_mark_of(r);
}

static const struct statement *
container_statement(const void *row)
{
	const struct container_row *r = row;

	return r->st;
}

static const struct listing_column container_columns[] = {
	{ "name", N_("NAME"), 0, 0, offsetof(struct container_row, name),
	    cell_text, N_("its name") },
	{ "runtime", N_("RUNTIME"), 0, 5, 0, container_runtime,
	    N_("what runs it") },
	{ "state", N_("STATE"), 0, 1, 0, container_state,
	    N_("up, stopped, or absent") },
	{ "ula", N_("ULA"), COLUMN_WIDE, 0, 0, container_ula,
	    N_("its private address") },
	{ "address", N_("ADDRESS"), 0, 10, 0, container_address,
	    N_("its public address") },
	{ "ipv4", N_("IPV4"), 0, 6, 0, container_v4, N_("its IPv4 address") },
	{ "mac", N_("MAC"), 0, 8, 0, container_mac,
	    N_("the MAC address inside") },
	{ "bridge", N_("BRIDGE"), 0, 4, offsetof(struct container_row, bridge),
	    cell_link_name, N_("the bridge it is behind") },
	{ "port", N_("PORT"), 0, 7, offsetof(struct container_row, port),
	    cell_link_name, N_("its port of that bridge") },
	{ "pid", N_("PID"), COLUMN_RIGHT, 9, 0, container_pid,
	    N_("a process of it") },
	{ "forwards", N_("FWD"), COLUMN_NUMBER, 3,
	    offsetof(struct container_row, forwards), cell_unsigned,
	    N_("how many forwards lead to it") },
	{ "in", N_("IN"), COLUMN_NUMBER | COLUMN_LIVE | COLUMN_RATE, 2,
	    offsetof(struct container_row, rx), cell_rate,
	    N_("what it receives") },
	{ "out", N_("OUT"), COLUMN_NUMBER | COLUMN_LIVE | COLUMN_RATE, 2,
	    offsetof(struct container_row, tx), cell_rate,
	    N_("what it sends") },
};

static json_t *
json_names(const struct container_row *r)
{
	const struct container *c = r->container;
	json_t *names = json_array();
	size_t i;

	for (i = 0; c != NULL && i < c->nnames; i++)
		json_array_append_new(names, list_json_text(c->names[i].name));
	if (json_array_size(names) == 0)
		json_array_append_new(names, list_json_text(r->name));
	return names;
}

static void
add_ipv4(const struct container_row *r, json_t *to)
{
	const struct container *c = r->container;
	bool inside = c != NULL && c->inner != 0 && c->has_default4;

	json_object_set_new(to, "ipv4",
	    r->st != NULL ? list_json_value(r->st, CONTAINER_IPV4)
			  : json_null());
	json_object_set_new(to, "default_route_ipv4",
	    inside ? list_json_prefix(&c->route4.gateway) : json_null());
}

static json_t *
json_container(const struct host *h, const void *row)
{
	const struct container_row *r = row;
	const struct container *c = r->container;
	bool inside = c != NULL && c->inner != 0;

	json_t *all = json_pack(
	    "{s:o,s:o,s:s,s:s,s:o,s:o,s:o,s:o,s:o,s:b,s:b,s:o,s:o,s:o}", "name",
	    list_json_text(r->name), "names", json_names(r), "runtime",
	    c != NULL ? c->runtime : RUNTIME_UNKNOWN, "state",
	    container_state_name(c), "pid",
	    c != NULL && c->pid != 0 ? json_integer(c->pid) : json_null(),
	    "bridge",
	    r->bridge != NULL ? list_json_text(r->bridge->name) : json_null(),
	    "port",
	    r->port != NULL ? list_json_text(r->port->name) : json_null(),
	    "mac", inside ? list_json_mac(c->has_mac, c->mac) : json_null(),
	    "addresses",
	    inside ? list_json_addresses(h, c->nsid, c->inner) : json_array(),
	    "addresses_cut", inside && c->cut, "routes_cut",
	    inside && container_cuts_routes(c), "ula",
	    r->st != NULL ? list_json_value(r->st, CONTAINER_ULA) : json_null(),
	    "address",
	    r->st != NULL ? list_json_value(r->st, CONTAINER_ADDRESS)
			  : json_null(),
	    "default_route",
	    inside && c->has_default ? list_json_prefix(&c->route.gateway)
				     : json_null());

	add_ipv4(r, all);
	return all;
}

static void *
build(const struct host *h, size_t *n)
{
	return rows_containers(h, n);
}

const struct listing listing_containers = {
	.name = N_("containers"),
	.help = N_("what lives behind the ports of bridges"),
	.columns = container_columns,
	.ncolumns = NITEMS(container_columns),
	.row_size = sizeof(struct container_row),
	.build = build,
	.free = list_free,
	.key = container_key,
	.mark = container_mark,
	.statement = container_statement,
	.json = json_container,
	.shape = "{name, names: [...], runtime, state, pid, bridge, port,\n"
		 " mac, addresses: [...], addresses_cut, routes_cut, ula,\n"
		 " address, default_route, ipv4, default_route_ipv4}",
};
