/* What seki show answers: plain aligned tables, or JSON. */
#include "config.h"

#include "core/output.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "core/listing.h"
#include "core/rows.h"

/* Tables */

/* The texts of all cells, row by row, the heads first. */
struct grid {
	char **cells;
	size_t *widths;
	size_t rows, columns;
};

static void
fill_row(struct grid *g, size_t at, const struct listing *l,
    const struct host *h, const void *row)
{
	struct buf b = { 0 };
	size_t i, k = 0, width;

	for (i = 0; i < l->ncolumns; i++) {
		if ((l->columns[i].flags & COLUMN_LIVE) != 0)
			continue;
		if (row == NULL)
			buf_add(&b, l->columns[i].head);
		else
			l->columns[i].print(h, row, &b);
		width = text_width(buf_text(&b));
		if (width > g->widths[k])
			g->widths[k] = width;
		g->cells[at * g->columns + k++] = buf_take(&b);
	}
}

static void
print_row(
    const struct grid *g, size_t at, const struct listing *l, struct buf *b)
{
	size_t i, k = 0, width, end = b->len;
	const char *cell;

	for (i = 0; i < l->ncolumns; i++) {
		if ((l->columns[i].flags & COLUMN_LIVE) != 0)
			continue;
		cell = g->cells[at * g->columns + k];
		width = g->widths[k] - text_width(cell);
		buf_add(b, k > 0 ? "  " : "");
		if ((l->columns[i].flags & COLUMN_RIGHT) != 0)
			buf_fill(b, ' ', width);
		buf_add(b, cell);
		end = b->len;
		if ((l->columns[i].flags & COLUMN_RIGHT) == 0)
			buf_fill(b, ' ', width);
		k++;
	}
	b->len = end;
	buf_add(b, "\n");
}

static void
text_listing(const struct host *h, const struct listing *l, struct buf *b)
{
	struct grid g = { 0 };
	size_t n, i;
	void *rows = l->build(h, &n);

	for (i = 0; i < l->ncolumns; i++)
		g.columns += (l->columns[i].flags & COLUMN_LIVE) == 0;
	g.rows = n + 1;
	g.cells = xcalloc(g.rows * g.columns, sizeof(*g.cells));
	g.widths = xcalloc(g.columns, sizeof(*g.widths));
	for (i = 0; i < g.rows; i++)
		fill_row(
		    &g, i, l, h, i > 0 ? listing_row(l, rows, i - 1) : NULL);
	for (i = 0; i < g.rows; i++)
		print_row(&g, i, l, b);
	for (i = 0; i < g.rows * g.columns; i++)
		free(g.cells[i]);
	free(g.cells);
	free(g.widths);
	l->free(rows, n);
}

static void
text_config(const struct host *h, struct buf *b)
{
	config_print(&h->saved, b);
}

static void
text_candidate(const struct host *h, struct buf *b)
{
	config_print(&h->candidate, b);
}

static void
text_status(const struct host *h, struct buf *b)
{
	if (h->changes > 0)
		buf_printf(b, "candidate: %u change%s\n", h->changes,
		    h->changes > 1 ? "s" : "");
	else
		buf_printf(b, "candidate: %s\n",
		    h->dirty ? "comments changed" : "clean");
	buf_printf(b, "saved: ");
	buf_escape(b, h->config_path, strlen(h->config_path));
	buf_printf(b, "\ncommit: none pending\n");
}

/* JSON */

static json_t *
escaped(const char *s)
{
	struct buf b = { 0 };
	json_t *j;

	buf_escape(&b, s, strlen(s));
	j = json_string(buf_text(&b));
	buf_free(&b);
	return j;
}

static json_t *
json_prefix(const struct prefix *p)
{
	char text[ADDR_TEXT_MAX];

	return p->family == AF_UNSPEC ? json_null()
				      : json_string(prefix_text(p, text));
}

static json_t *
json_mac(bool has, const uint8_t m[6])
{
	return !has ? json_null()
		    : json_sprintf("%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1],
			  m[2], m[3], m[4], m[5]);
}

static void
add_address(void *arg, const struct address *a)
{
	json_array_append_new(arg, json_prefix(&a->prefix));
}

static json_t *
json_addresses(const struct host *h, int nsid, int index)
{
	json_t *all = json_array();

	rows_addresses(h, nsid, index, add_address, all);
	return all;
}

static json_t *
json_counter(const struct counter *c)
{
	return json_pack("{s:I,s:I}", "packets",
	    c != NULL ? (json_int_t)c->packets : 0, "bytes",
	    c != NULL ? (json_int_t)c->bytes : 0);
}

static json_t *
json_statement(const struct statement *st)
{
	struct buf b = { 0 };
	json_t *j;

	if (st == NULL)
		return json_null();
	statement_print(st, &b);
	j = json_string(buf_text(&b));
	buf_free(&b);
	return j;
}

static json_t *
json_value(const struct statement *st, size_t i)
{
	struct buf b = { 0 };
	json_t *j;

	if (!st->v[i].set)
		return json_null();
	type_print(statement_row(st)->args[i].type, &st->v[i], &b);
	j = json_string(buf_text(&b));
	buf_free(&b);
	return j;
}

static json_t *
json_uplink(const struct host *h, const void *row)
{
	const struct uplink_row *r = row;

	return json_pack("{s:o,s:b,s:o,s:o,s:o}", "name",
	    escaped(r->link->name), "up", r->link->running, "mac",
	    json_mac(r->link->has_mac, r->link->mac), "addresses",
	    json_addresses(h, NSID_SELF, r->link->index), "gateway",
	    r->route != NULL ? json_prefix(&r->route->gateway) : json_null());
}

static json_t *
json_ports(const struct host *h, const struct link *bridge)
{
	json_t *all = json_array();
	size_t i;

	for (i = 0; i < h->snapshot.nlinks; i++)
		if (h->snapshot.links[i].master == bridge->index)
			json_array_append_new(
			    all, escaped(h->snapshot.links[i].name));
	return all;
}

static json_t *
json_bridge(const struct host *h, const void *row)
{
	const struct bridge_row *r = row;
	const uint8_t *id = r->link->bridge_id;

	return json_pack("{s:o,s:o,s:b,s:o,s:o,s:o,s:b,s:o}", "name",
	    escaped(r->link->name), "id",
	    json_sprintf("%02x%02x.%02x%02x%02x%02x%02x%02x", id[0], id[1],
		id[2], id[3], id[4], id[5], id[6], id[7]),
	    "stp", r->link->stp, "mac",
	    json_mac(r->link->has_mac, r->link->mac), "addresses",
	    json_addresses(h, NSID_SELF, r->link->index), "ula",
	    r->st != NULL ? json_value(r->st, BRIDGE_ULA) : json_null(),
	    "masquerade", r->st != NULL && r->st->v[BRIDGE_MASQUERADE].set,
	    "ports", json_ports(h, r->link));
}

static json_t *
json_container(const struct host *h, const void *row)
{
	const struct container_row *r = row;
	const struct container *c = r->container;
	bool inside = c != NULL && c->inner != 0;

	return json_pack("{s:o,s:s,s:s,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "name",
	    escaped(r->name), "runtime", c != NULL ? c->runtime : "unknown",
	    "state", container_state_name(c), "pid",
	    c != NULL && c->pid != 0 ? json_integer(c->pid) : json_null(),
	    "bridge",
	    r->bridge != NULL ? escaped(r->bridge->name) : json_null(), "port",
	    r->port != NULL ? escaped(r->port->name) : json_null(), "mac",
	    inside ? json_mac(c->has_mac, c->mac) : json_null(), "addresses",
	    inside ? json_addresses(h, c->nsid, c->inner) : json_array(), "ula",
	    r->st != NULL ? json_value(r->st, CONTAINER_ULA) : json_null(),
	    "default_route",
	    inside && c->has_default ? json_prefix(&c->route.gateway)
				     : json_null());
}

/* Inside, a block that shifts starts at the target's port. */
static json_t *
json_target_ports(const struct statement *st)
{
	const struct ports *p = &st->v[FORWARD_PORTS].ports;
	unsigned to = st->v[FORWARD_TO].target.port;

	if (to == 0)
		return json_value(st, FORWARD_PORTS);
	if (p->v[0].hi == p->v[0].lo)
		return json_sprintf("%u", to);
	return json_sprintf("%u-%u", to, to + p->v[0].hi - p->v[0].lo);
}

static json_t *
json_forward(const struct host *h UNUSED, const void *row)
{
	const struct forward_row *r = row;
	const struct target *to = &r->st->v[FORWARD_TO].target;

	return json_pack("{s:o,s:o,s:o,s:{s:o,s:o,s:o},s:s,s:s,s:o,s:o,s:I}",
	    "proto", json_value(r->st, FORWARD_PROTO), "ports",
	    json_value(r->st, FORWARD_PORTS), "on", json_prefix(&r->on),
	    "target", "container",
	    to->name != NULL ? escaped(to->name) : json_null(), "address",
	    json_prefix(&r->target), "ports", json_target_ports(r->st), "state",
	    forward_state_name(r->state), "reason", r->reason, "in",
	    json_counter(r->in), "out", json_counter(r->out), "new",
	    r->fresh != NULL ? (json_int_t)r->fresh->packets : 0);
}

static json_t *
json_policy(const struct host *h UNUSED, const void *row)
{
	const struct policy_row *r = row;

	return json_pack("{s:s,s:o,s:b,s:o,s:o}", "chain",
	    type_chain.choices[r->chain].word, "number",
	    r->number != 0 ? json_integer(r->number) : json_null(), "fixed",
	    r->st == NULL, "statement",
	    r->st != NULL ? json_statement(r->st) : json_string(r->fixed),
	    "hits", json_counter(r->hits));
}

static json_t *
json_named_counter(const struct host *h UNUSED, const void *row)
{
	const struct counter *c = row;

	return json_pack("{s:o,s:I,s:I}", "name", escaped(c->name), "packets",
	    (json_int_t)c->packets, "bytes", (json_int_t)c->bytes);
}

static json_t *
json_change(const struct host *h UNUSED, const void *row)
{
	const struct change_row *r = row;

	return json_pack("{s:o,s:o}", "before", json_statement(r->before),
	    "after", json_statement(r->after));
}

static json_t *
json_config(const struct config *c)
{
	json_t *all = json_array();
	size_t i;

	for (i = 0; i < c->n; i++)
		if (c->v[i].st != NULL)
			json_array_append_new(all, json_statement(c->v[i].st));
	return all;
}

static json_t *
all_config(const struct host *h)
{
	return json_config(&h->saved);
}

static json_t *
all_candidate(const struct host *h)
{
	return json_config(&h->candidate);
}

static json_t *
all_status(const struct host *h)
{
	return json_pack("[{s:s,s:i,s:s}]", "candidate",
	    h->dirty ? "changed" : "clean", "changes", (int)h->changes,
	    "commit", "none");
}

/* Either the rows of a listing, or a text and an array of their own. */
static const struct {
	const char *name;
	json_t *(*row)(const struct host *, const void *);
	void (*text)(const struct host *, struct buf *);
	json_t *(*all)(const struct host *);
} kinds[] = {
	{ "status", NULL, text_status, all_status },
	{ "uplinks", json_uplink, NULL, NULL },
	{ "bridges", json_bridge, NULL, NULL },
	{ "containers", json_container, NULL, NULL },
	{ "forwards", json_forward, NULL, NULL },
	{ "policies", json_policy, NULL, NULL },
	{ "counters", json_named_counter, NULL, NULL },
	{ "changes", json_change, NULL, NULL },
	{ "config", NULL, text_config, all_config },
	{ "candidate", NULL, text_candidate, all_candidate },
};

const struct choice outputs[] = {
	{ "status", "the candidate and the last commit" },
	{ "uplinks", "interfaces with a default route" },
	{ "bridges", "bridges, their ports and addresses" },
	{ "containers", "what lives behind the ports of bridges" },
	{ "forwards", "public ports handed to containers" },
	{ "policies", "what is let through, in the order it is judged" },
	{ "counters", "the kernel's counters of table inet seki" },
	{ "changes", "the candidate against the saved config" },
	{ "config", "the saved config" },
	{ "candidate", "the config being edited" },
	{ NULL, NULL },
};

static size_t
find_kind(const char *name)
{
	size_t i = 0;

	while (strcmp(kinds[i].name, name) != 0)
		i++;
	return i;
}

void
output_text(const struct host *h, const char *name, struct buf *b)
{
	size_t i = find_kind(name);

	if (kinds[i].text != NULL)
		kinds[i].text(h, b);
	else
		text_listing(h, listing_find(name), b);
}

static json_t *
json_listing(const struct host *h, size_t kind)
{
	const struct listing *l = listing_find(kinds[kind].name);
	json_t *all = json_array();
	size_t n, i;
	void *rows = l->build(h, &n);

	for (i = 0; i < n; i++)
		json_array_append_new(
		    all, kinds[kind].row(h, listing_row(l, rows, i)));
	l->free(rows, n);
	return all;
}

void
output_json(const struct host *h, const char *name, struct buf *b)
{
	size_t i = find_kind(name);
	json_t *all, *root;
	char *text;

	all = kinds[i].all != NULL ? kinds[i].all(h) : json_listing(h, i);
	root = json_pack("{s:i,s:o}", "schema", 1, name, all);
	text = json_dumps(root, JSON_COMPACT);
	buf_add(b, text != NULL ? text : "{}");
	buf_add(b, "\n");
	free(text);
	json_decref(root);
}
