/* Uplinks and bridges in one list: what traffic comes in by and goes on by. */
#include "config.h"

#include "core/show/list_link.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/show/list.h"
#include "core/show/list_cell.h"
#include "core/show/overlay.h"

static struct link_row *
add(struct link_row **v, size_t *n, const struct link *l)
{
	*v = xgrow(*v, *n, sizeof(**v));
	(*v)[*n] = (struct link_row){ .name = l->name, .link = l };
	return &(*v)[(*n)++];
}

static void
add_uplinks(const struct host *h, struct link_row **v, size_t *n)
{
	size_t nrows, i;
	struct uplink_row *rows = rows_uplinks(h, &nrows);
	const struct overlay *with;
	struct link_row *row;
	struct overlays o;

	overlays_read(&o, h, ST_UPLINK, ST_UPLINK);
	for (i = 0; i < nrows; i++) {
		row = add(v, n, rows[i].link);
		row->uplink = rows[i];
		row->in = rows[i].rx;
		row->out = rows[i].tx;
		with = overlays_named(&o, row->link->name);
		if (with == NULL)
			continue;
		row->st = with->st;
		row->mark = with->mark;
	}
	free(o.v);
	free(rows);
}

/* What the host sends on a bridge goes in to containers. */
static void
add_bridges(const struct host *h, struct link_row **v, size_t *n)
{
	size_t nrows, i;
	struct bridge_row *rows = rows_bridges(h, &nrows);
	struct link_row *row;

	for (i = 0; i < nrows; i++) {
		row = add(v, n, rows[i].link);
		row->name = rows[i].name;
		row->bridge = rows[i];
		row->in = rows[i].tx;
		row->out = rows[i].rx;
		row->st = rows[i].st;
		row->mark = rows[i].mark;
	}
	free(rows);
}

static void *
build(const struct host *h, size_t *n)
{
	struct link_row *v = NULL;

	*n = 0;
	add_uplinks(h, &v, n);
	add_bridges(h, &v, n);
	return v;
}

static void
link_key(const struct host *h UNUSED, const void *row, struct buf *b)
{
	buf_add(b, ((const struct link_row *)row)->name);
}

static char
link_mark(const struct host *h UNUSED, const void *row)
{
	return row_mark_char(((const struct link_row *)row)->mark);
}

static const struct statement *
link_statement(const void *row)
{
	return ((const struct link_row *)row)->st;
}

static void
link_kind(const struct host *h UNUSED, const void *row, struct buf *b)
{
	const struct link_row *r = row;

	buf_add(b, r->uplink.link != NULL ? _("uplink") : _("bridge"));
}

static void
link_ports(const struct host *h UNUSED, const void *row, struct buf *b)
{
	const struct link_row *r = row;

	if (r->bridge.link != NULL)
		buf_printf(b, "%u", r->bridge.ports);
	else
		buf_add(b, "-");
}

/* Of an uplink the public one, of a bridge its ULA. */
static void
link_v6(const struct host *h, const void *row, struct buf *b)
{
	const struct link_row *r = row;

	if (r->uplink.link != NULL)
		uplink_address(h, &r->uplink, b);
	else
		bridge_ula(h, &r->bridge, b);
}

static void
link_v4(const struct host *h, const void *row, struct buf *b)
{
	const struct link_row *r = row;

	if (r->uplink.link != NULL)
		list_address(h, NSID_SELF, r->link->index, list_is_v4, b);
	else
		bridge_v4(h, &r->bridge, b);
}

static const struct listing_column link_columns[] = {
	{ "name", N_("LINK"), 0, 0, offsetof(struct link_row, name), cell_text,
	    N_("its name") },
	{ "kind", N_("KIND"), 0, 2, 0, link_kind,
	    N_("an uplink has a default route, a bridge has containers") },
	{ "state", N_("STATE"), 0, 4, offsetof(struct link_row, link),
	    cell_link_state, N_("up, off, no carrier, or absent") },
	{ "ports", N_("PORTS"), COLUMN_NUMBER, 3, 0, link_ports,
	    N_("how many ports a bridge has") },
	{ "ipv6", N_("IPV6"), COLUMN_WIDE, 0, 0, link_v6,
	    N_("the public address of an uplink, the ULA of a bridge") },
	{ "ipv4", N_("IPV4"), 0, 2, 0, link_v4, N_("its IPv4 address") },
	{ "in", N_("IN"), COLUMN_NUMBER | COLUMN_LIVE | COLUMN_RATE, 1,
	    offsetof(struct link_row, in), cell_rate,
	    N_("traffic away from the Internet") },
	{ "out", N_("OUT"), COLUMN_NUMBER | COLUMN_LIVE | COLUMN_RATE, 1,
	    offsetof(struct link_row, out), cell_rate,
	    N_("traffic towards the Internet") },
};

static json_t *
json_link(const struct host *h, const void *row)
{
	const struct link_row *r = row;
	bool uplink = r->uplink.link != NULL;
	json_t *j = uplink ? listing_uplinks.json(h, &r->uplink)
			   : listing_bridges.json(h, &r->bridge);

	json_object_set_new(
	    j, "kind", json_string(uplink ? "uplink" : "bridge"));
	return j;
}

const struct listing listing_links = {
	.name = N_("links"),
	.help = N_("uplinks and bridges"),
	.columns = link_columns,
	.ncolumns = NITEMS(link_columns),
	.row_size = sizeof(struct link_row),
	.build = build,
	.free = list_free,
	.key = link_key,
	.mark = link_mark,
	.statement = link_statement,
	.json = json_link,
	.shape = "{kind: uplink|bridge, ...}",
};
