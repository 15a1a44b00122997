/* Bridges: of the kernel, and of the candidate. */
#include "config.h"

#include "core/show/list_bridge.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/lang/type_addr.h"
#include "core/lang/ula.h"
#include "core/show/list.h"
#include "core/show/list_cell.h"
#include "core/show/list_json.h"

/* An address of this host that leads to the whole prefix. */
static bool
has_prefix_of(const struct host *h, const struct bridge_row *row)
{
	const struct value *v = &row->st->v[BRIDGE_PREFIX];
	const struct snapshot *s = &h->snapshot;
	struct prefix net;
	size_t i;

	for (i = 0; v->set && i < s->naddresses; i++) {
		net = prefix_network(&s->addresses[i].prefix);
		if (s->addresses[i].nsid == NSID_SELF &&
		    s->addresses[i].index == row->link->index &&
		    prefix_equal(&net, &v->prefix))
			return true;
	}
	return false;
}

static const struct link absent = { .index = -1, .peer_nsid = NSID_SELF };

static void
fill_stated(
    struct bridge_row *row, const struct host *h, const struct overlay *with)
{
	int index = row->link->index;

	row->st = with->st;
	row->mark = with->mark;
	row->ula_there =
	    list_has(h, NSID_SELF, index, &with->st->v[BRIDGE_ULA]);
	row->ipv4_there =
	    list_has(h, NSID_SELF, index, &with->st->v[BRIDGE_IPV4]);
	row->prefix_there = has_prefix_of(h, row);
}

static void
fill_bridge(
    struct bridge_row *row, const struct host *h, const struct overlay *with)
{
	const struct snapshot *s = &h->snapshot;
	const struct link *l;

	if (with != NULL)
		fill_stated(row, h, with);
	if (row->st == NULL ||
	    (!row->st->v[BRIDGE_ULA].set && !row->st->v[BRIDGE_PREFIX].set))
		row->unstated = ula_of_bridge(s, row->link->index);
	for (l = s->links; l < END_OF(s->links, s->nlinks); l++)
		row->ports += l->master == row->link->index;
	row->rx = meters_get2(h->meters, "rx", row->name);
	row->tx = meters_get2(h->meters, "tx", row->name);
}

static void
add_row(struct bridge_row **v, size_t *n, const struct host *h,
    const struct bridge_row *row, const struct overlay *with)
{
	*v = xgrow(*v, *n, sizeof(**v));
	(*v)[*n] = *row;
	fill_bridge(&(*v)[(*n)++], h, with);
}

/* Those that are there, and then those that a statement will make. */
struct bridge_row *
rows_bridges(const struct host *h, size_t *n)
{
	const struct snapshot *s = &h->snapshot;
	struct bridge_row *v = NULL, row = { 0 };
	const struct overlay *with;
	struct overlays o;

	*n = 0;
	overlays_read(&o, h, ST_BRIDGE, ST_BRIDGE);
	for (row.link = s->links; row.link < END_OF(s->links, s->nlinks);
	     row.link++) {
		row.name = row.link->name;
		if (link_is_bridge(row.link))
			add_row(&v, n, h, &row, overlays_named(&o, row.name));
	}
	row.link = &absent;
	for (with = o.v; with < END_OF(o.v, o.n); with++) {
		row.name = with->st->v[BRIDGE_IFACE].text;
		if (with->st->v[BRIDGE_CREATE].set &&
		    snapshot_link(s, row.name) == NULL)
			add_row(&v, n, h, &row, with);
	}
	free(o.v);
	return v;
}

/* Priority and MAC, as bridge(8) writes them. */
static void
print_id(const uint8_t id[8], struct buf *b)
{
	size_t i;

	for (i = 0; i < 8; i++)
		buf_printf(b, "%s%02x", i == 2 ? "." : "", id[i]);
}

static void
bridge_id(const struct host *h UNUSED, const void *row, struct buf *b)
{
	const struct bridge_row *r = row;

	print_id(r->link->bridge_id, b);
}

static void
bridge_stp(const struct host *h UNUSED, const void *row, struct buf *b)
{
	const struct bridge_row *r = row;

	buf_add(b, r->link->stp ? _("yes") : _("no"));
}

static void
bridge_mac(const struct host *h UNUSED, const void *row, struct buf *b)
{
	const struct bridge_row *r = row;

	mac_print(r->link->mac, b);
}

void
bridge_ula(const struct host *h, const void *row, struct buf *b)
{
	const struct bridge_row *r = row;

	if (r->st != NULL && r->st->v[BRIDGE_ULA].set)
		prefix_print(&r->st->v[BRIDGE_ULA].prefix, b);
	else
		list_unstated(h, NSID_SELF, r->link->index, b);
}

static void
bridge_link_local(const struct host *h, const void *row, struct buf *b)
{
	const struct bridge_row *r = row;

	list_address(h, NSID_SELF, r->link->index, addr_is_link_local, b);
}

static void
bridge_masquerade(const struct host *h UNUSED, const void *row, struct buf *b)
{
	const struct bridge_row *r = row;

	buf_add(b, r->st != NULL && r->st->v[BRIDGE_MASQUERADE].set ? _("yes")
								    : _("no"));
}

static void
bridge_prefix(const struct host *h UNUSED, const void *row, struct buf *b)
{
	const struct bridge_row *r = row;

	if (r->st != NULL && r->st->v[BRIDGE_PREFIX].set)
		prefix_print(&r->st->v[BRIDGE_PREFIX].prefix, b);
	else
		buf_add(b, "-");
}

static void
bridge_translate(const struct host *h UNUSED, const void *row, struct buf *b)
{
	const struct bridge_row *r = row;

	if (r->st != NULL && r->st->v[BRIDGE_TRANSLATE].set)
		type_print(&type_publics, &r->st->v[BRIDGE_TRANSLATE], b);
	else
		buf_add(b, "-");
}

static void
bridge_key(const struct host *h UNUSED, const void *row, struct buf *b)
{
	const struct bridge_row *r = row;

	buf_add(b, r->name);
}

static char
bridge_mark(const struct host *h UNUSED, const void *row)
{
	const struct bridge_row *r = row;

	return row_mark_char(r->mark);
}

static const struct statement *
bridge_statement(const void *row)
{
	const struct bridge_row *r = row;

	return r->st;
}

void
bridge_v4(const struct host *h, const void *row, struct buf *b)
{
	const struct bridge_row *r = row;
	const struct value *given =
	    r->st != NULL ? &r->st->v[BRIDGE_IPV4] : NULL;

	if (given == NULL || !given->set) {
		list_address(h, NSID_SELF, r->link->index, list_is_v4, b);
		return;
	}
	prefix_print(&given->prefix, b);
	if (!r->ipv4_there && r->mark == MARK_NONE)
		buf_add(b, _(" (not set)"));
}

static const struct listing_column bridge_columns[] = {
	{ "name", N_("BRIDGE"), 0, 0, offsetof(struct bridge_row, name),
	    cell_text, N_("its name") },
	{ "state", N_("STATE"), 0, 4, offsetof(struct bridge_row, link),
	    cell_link_state, N_("up, off, no carrier, or absent") },
	{ "id", N_("BRIDGE ID"), 0, 6, 0, bridge_id,
	    N_("priority and MAC, as brctl shows them") },
	{ "stp", N_("STP"), 0, 5, 0, bridge_stp,
	    N_("whether the spanning tree protocol runs") },
	{ "mac", N_("MAC"), 0, 8, 0, bridge_mac, N_("its MAC address") },
	{ "ports", N_("PORTS"), COLUMN_NUMBER, 1,
	    offsetof(struct bridge_row, ports), cell_unsigned,
	    N_("how many ports it has") },
	{ "ula", N_("ULA"), COLUMN_WIDE, 0, 0, bridge_ula,
	    N_("the host's private address on it") },
	{ "masquerade", N_("MASQ"), 0, 3, 0, bridge_masquerade,
	    N_("whether connections outwards leave with the public address") },
	{ "prefix", N_("PREFIX"), 0, 10, 0, bridge_prefix,
	    N_("the public prefix that is routed to it") },
	{ "translate", N_("TRANSLATE"), 0, 10, 0, bridge_translate,
	    N_("public prefixes that its ULAs are mapped to, one to one") },
	{ "ipv4", N_("IPV4"), 0, 7, 0, bridge_v4, N_("its IPv4 address") },
	{ "link-local", N_("LINK-LOCAL"), 0, 9, 0, bridge_link_local,
	    N_("its link-local address") },
	{ "in", N_("IN"), COLUMN_NUMBER | COLUMN_LIVE | COLUMN_RATE, 2,
	    offsetof(struct bridge_row, tx), cell_rate,
	    N_("what goes to its containers") },
	{ "out", N_("OUT"), COLUMN_NUMBER | COLUMN_LIVE | COLUMN_RATE, 2,
	    offsetof(struct bridge_row, rx), cell_rate,
	    N_("what comes from them") },
};

static json_t *
json_ports(const struct host *h, const struct link *bridge)
{
	json_t *all = json_array();
	size_t i;

	for (i = 0; i < h->snapshot.nlinks; i++)
		if (h->snapshot.links[i].master == bridge->index)
			json_array_append_new(
			    all, list_json_text(h->snapshot.links[i].name));
	return all;
}

static json_t *
json_id(const uint8_t id[8])
{
	struct buf b = { 0 };
	json_t *text;

	print_id(id, &b);
	text = json_string(buf_text(&b));
	buf_free(&b);
	return text;
}

static json_t *
json_translate(const struct statement *st)
{
	json_t *all = json_array();
	const struct prefixes *ps;
	size_t i;

	if (st == NULL)
		return all;
	ps = &st->v[BRIDGE_TRANSLATE].prefixes;
	for (i = 0; i < ps->n; i++)
		json_array_append_new(all, list_json_prefix(&ps->v[i]));
	return all;
}

static json_t *
json_bridge(const struct host *h, const void *row)
{
	const struct bridge_row *r = row;

	return json_pack(
	    "{s:o,s:o,s:b,s:o,s:o,s:o,s:o,s:b,s:o,s:o,s:o,s:b,s:b}", "name",
	    list_json_text(r->name), "id", json_id(r->link->bridge_id), "stp",
	    r->link->stp, "mac", list_json_mac(r->link->has_mac, r->link->mac),
	    "addresses", list_json_addresses(h, NSID_SELF, r->link->index),
	    "ula",
	    r->st != NULL ? list_json_value(r->st, BRIDGE_ULA) : json_null(),
	    "prefix",
	    r->st != NULL ? list_json_value(r->st, BRIDGE_PREFIX) : json_null(),
	    "masquerade", r->st != NULL && r->st->v[BRIDGE_MASQUERADE].set,
	    "translate", json_translate(r->st), "ports", json_ports(h, r->link),
	    "ipv4",
	    r->st != NULL ? list_json_value(r->st, BRIDGE_IPV4) : json_null(),
	    "create", r->st != NULL && r->st->v[BRIDGE_CREATE].set, "present",
	    r->link->index > 0);
}

static void *
build(const struct host *h, size_t *n)
{
	return rows_bridges(h, n);
}

const struct listing listing_bridges = {
	.name = N_("bridges"),
	.help = N_("bridges, their ports and addresses"),
	.columns = bridge_columns,
	.ncolumns = NITEMS(bridge_columns),
	.row_size = sizeof(struct bridge_row),
	.build = build,
	.free = list_free,
	.key = bridge_key,
	.mark = bridge_mark,
	.statement = bridge_statement,
	.json = json_bridge,
	.shape = "{name, id, stp, mac, addresses: [...], ula, prefix,\n"
		 " masquerade, translate: [...], ports: [...], ipv4, create,\n"
		 " present}",
};
