/* The lists of seki show, of its JSON and of the screens, as tables. */
#include "config.h"

#include "core/listing.h"

#include <stdlib.h>
#include <string.h>

#include "core/number.h"
#include "core/rows.h"
#include "core/util.h"

static void
print_escaped(const char *s, struct buf *b)
{
	buf_escape(b, s, strlen(s));
}

static void
print_series(const struct host *h, const struct series *s, struct buf *b)
{
	number_short(b, s == NULL ? NUMBER_UNKNOWN :
				    (uint64_t)(s->rate * (h->bits ? 8 : 1)));
}

static double
series_rate(const struct series *s)
{
	return s != NULL ? s->rate : -1;
}

static void
print_bytes(const struct counter *c, struct buf *b)
{
	number_short(b, c != NULL ? c->bytes : NUMBER_UNKNOWN);
}

static void
print_mac(const uint8_t mac[6], struct buf *b)
{
	buf_printf(b, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2],
	    mac[3], mac[4], mac[5]);
}

/* The first address that a filter takes, and how many more there are. */
struct pick {
	bool (*takes)(const struct prefix *);
	struct buf *b;
	unsigned n;
};

static void
pick_address(void *arg, const struct address *a)
{
	struct pick *p = arg;

	if (p->takes(&a->prefix) && p->n++ == 0)
		prefix_print(&a->prefix, p->b);
}

static void
print_address(const struct host *h, int nsid, int index,
    bool (*takes)(const struct prefix *), struct buf *b)
{
	struct pick p = { takes, b, 0 };

	rows_addresses(h, nsid, index, pick_address, &p);
	if (p.n == 0)
		buf_add(b, "-");
	else if (p.n > 1)
		buf_printf(b, " +%u", p.n - 1);
}

static bool
is_wide(const struct prefix *p)
{
	return p->family == AF_INET6 && !addr_is_link_local(p);
}

static bool
is_v4(const struct prefix *p)
{
	return p->family == AF_INET;
}

static const char *
link_state(const struct link *l)
{
	return !l->up ? "off" : l->running ? "up" : "no carrier";
}

/* Every row starts with the same work: its type, and that not all columns
 * need the host. */
#define CELL(name, type) \
	static void name(const struct host *h UNUSED, const void *row, \
	    struct buf *b) \
	{ \
		const struct type *r = row;
#define NUMBER(name, type, value) \
	static double name(const struct host *h UNUSED, const void *row) \
	{ \
		const struct type *r = row; \
		return (double)(value); \
	}
#define END }

/* Uplinks */

CELL(uplink_name, uplink_row) print_escaped(r->link->name, b); END
CELL(uplink_state, uplink_row) buf_add(b, link_state(r->link)); END
CELL(uplink_address, uplink_row)
	print_address(h, NSID_SELF, r->link->index, is_wide, b);
END
CELL(uplink_v4, uplink_row)
	print_address(h, NSID_SELF, r->link->index, is_v4, b);
END
CELL(uplink_gateway, uplink_row)
	if (r->route == NULL || r->route->gateway.family == AF_UNSPEC)
		buf_add(b, "-");
	else
		prefix_print(&r->route->gateway, b);
END
CELL(uplink_rx, uplink_row) print_series(h, r->rx, b); END
CELL(uplink_tx, uplink_row) print_series(h, r->tx, b); END
NUMBER(uplink_rx_rate, uplink_row, series_rate(r->rx))
NUMBER(uplink_tx_rate, uplink_row, series_rate(r->tx))

static const struct listing_column uplink_columns[] = {
	{ "name", "UPLINK", 0, 0, uplink_name, NULL },
	{ "state", "STATE", 0, 4, uplink_state, NULL },
	{ "address", "ADDRESS", COLUMN_WIDE, 0, uplink_address, NULL },
	{ "ipv4", "IPV4", 0, 5, uplink_v4, NULL },
	{ "gateway", "GATEWAY", 0, 2, uplink_gateway, NULL },
	{ "rx", "RX/s", COLUMN_RIGHT | COLUMN_LIVE, 1, uplink_rx,
	    uplink_rx_rate },
	{ "tx", "TX/s", COLUMN_RIGHT | COLUMN_LIVE, 1, uplink_tx,
	    uplink_tx_rate },
};

/* Bridges */

CELL(bridge_name, bridge_row) print_escaped(r->link->name, b); END
CELL(bridge_state, bridge_row) buf_add(b, link_state(r->link)); END
CELL(bridge_id, bridge_row)
	const uint8_t *id = r->link->bridge_id;

	buf_printf(b, "%02x%02x.%02x%02x%02x%02x%02x%02x", id[0], id[1], id[2],
	    id[3], id[4], id[5], id[6], id[7]);
END
CELL(bridge_stp, bridge_row) buf_add(b, r->link->stp ? "yes" : "no"); END
CELL(bridge_mac, bridge_row) print_mac(r->link->mac, b); END
CELL(bridge_ports, bridge_row) buf_printf(b, "%u", r->ports); END
NUMBER(bridge_ports_number, bridge_row, r->ports)
CELL(bridge_ula, bridge_row)
	if (r->st != NULL && r->st->v[BRIDGE_ULA].set)
		prefix_print(&r->st->v[BRIDGE_ULA].prefix, b);
	else
		print_address(h, NSID_SELF, r->link->index, addr_is_ula, b);
END
CELL(bridge_v4, bridge_row)
	print_address(h, NSID_SELF, r->link->index, is_v4, b);
END
CELL(bridge_link_local, bridge_row)
	print_address(h, NSID_SELF, r->link->index, addr_is_link_local, b);
END
CELL(bridge_masquerade, bridge_row)
	buf_add(b, r->st != NULL && r->st->v[BRIDGE_MASQUERADE].set ? "yes" :
								      "no");
END
CELL(bridge_rx, bridge_row) print_series(h, r->rx, b); END
CELL(bridge_tx, bridge_row) print_series(h, r->tx, b); END
NUMBER(bridge_rx_rate, bridge_row, series_rate(r->rx))
NUMBER(bridge_tx_rate, bridge_row, series_rate(r->tx))

static const struct listing_column bridge_columns[] = {
	{ "name", "BRIDGE", 0, 0, bridge_name, NULL },
	{ "state", "STATE", 0, 6, bridge_state, NULL },
	{ "id", "BRIDGE ID", 0, 4, bridge_id, NULL },
	{ "stp", "STP", 0, 5, bridge_stp, NULL },
	{ "mac", "MAC", 0, 8, bridge_mac, NULL },
	{ "ports", "PORTS", COLUMN_RIGHT, 1, bridge_ports,
	    bridge_ports_number },
	{ "ula", "ULA", COLUMN_WIDE, 0, bridge_ula, NULL },
	{ "masquerade", "MASQ", 0, 3, bridge_masquerade, NULL },
	{ "ipv4", "IPV4", 0, 7, bridge_v4, NULL },
	{ "link-local", "LINK-LOCAL", 0, 9, bridge_link_local, NULL },
	{ "rx", "RX/s", COLUMN_RIGHT | COLUMN_LIVE, 2, bridge_rx,
	    bridge_rx_rate },
	{ "tx", "TX/s", COLUMN_RIGHT | COLUMN_LIVE, 2, bridge_tx,
	    bridge_tx_rate },
};

/* Containers */

CELL(container_name, container_row) print_escaped(r->name, b); END
CELL(container_runtime, container_row)
	buf_add(b, r->container != NULL ? r->container->runtime : "-");
END
CELL(container_state, container_row)
	buf_add(b, container_state_name(r->container));
END
CELL(container_ula, container_row)
	if (r->st != NULL && r->st->v[CONTAINER_ULA].set) {
		prefix_print(&r->st->v[CONTAINER_ULA].prefix, b);
		if (!r->ula_there && r->mark == MARK_NONE)
			buf_add(b, " (not set)");
	} else if (r->container != NULL && r->container->inner != 0) {
		print_address(h, r->container->nsid, r->container->inner,
		    addr_is_ula, b);
	} else {
		buf_add(b, "-");
	}
END
CELL(container_v4, container_row)
	if (r->container != NULL && r->container->inner != 0)
		print_address(h, r->container->nsid, r->container->inner,
		    is_v4, b);
	else
		buf_add(b, "-");
END
CELL(container_mac, container_row)
	if (r->container != NULL && r->container->has_mac)
		print_mac(r->container->mac, b);
	else
		buf_add(b, "-");
END
CELL(container_bridge, container_row)
	print_escaped(r->bridge != NULL ? r->bridge->name : "-", b);
END
CELL(container_port, container_row)
	print_escaped(r->port != NULL ? r->port->name : "-", b);
END
CELL(container_pid, container_row)
	if (r->container != NULL && r->container->pid != 0)
		buf_printf(b, "%d", (int)r->container->pid);
	else
		buf_add(b, "-");
END
CELL(container_forwards, container_row) buf_printf(b, "%u", r->forwards); END
NUMBER(container_forwards_number, container_row, r->forwards)
CELL(container_rx, container_row) print_series(h, r->rx, b); END
CELL(container_tx, container_row) print_series(h, r->tx, b); END
NUMBER(container_rx_rate, container_row, series_rate(r->rx))
NUMBER(container_tx_rate, container_row, series_rate(r->tx))

static const struct listing_column container_columns[] = {
	{ "name", "NAME", 0, 0, container_name, NULL },
	{ "runtime", "RUNTIME", 0, 5, container_runtime, NULL },
	{ "state", "STATE", 0, 1, container_state, NULL },
	{ "ula", "ULA", COLUMN_WIDE, 0, container_ula, NULL },
	{ "ipv4", "IPV4", 0, 7, container_v4, NULL },
	{ "mac", "MAC", 0, 8, container_mac, NULL },
	{ "bridge", "BRIDGE", 0, 4, container_bridge, NULL },
	{ "port", "PORT", 0, 6, container_port, NULL },
	{ "pid", "PID", COLUMN_RIGHT, 9, container_pid, NULL },
	{ "forwards", "FWD", COLUMN_RIGHT, 3, container_forwards,
	    container_forwards_number },
	{ "rx", "RX/s", COLUMN_RIGHT | COLUMN_LIVE, 2, container_rx,
	    container_rx_rate },
	{ "tx", "TX/s", COLUMN_RIGHT | COLUMN_LIVE, 2, container_tx,
	    container_tx_rate },
};

/* Forwards */

CELL(forward_proto, forward_row)
	type_print(&type_proto, &r->st->v[FORWARD_PROTO], b);
END
CELL(forward_ports, forward_row)
	if (r->st->v[FORWARD_PORTS].set)
		type_print(&type_ports, &r->st->v[FORWARD_PORTS], b);
	else
		buf_add(b, "any");
END
NUMBER(forward_first_port, forward_row,
    r->st->v[FORWARD_PORTS].set ? r->st->v[FORWARD_PORTS].ports.v[0].lo : 0)
CELL(forward_on, forward_row)
	if (r->on.family == AF_UNSPEC)
		buf_add(b, "-");
	else
		prefix_print(&r->on, b);
END
CELL(forward_to, forward_row)
	type_print(&type_target, &r->st->v[FORWARD_TO], b);
END
CELL(forward_address, forward_row)
	if (r->target.family == AF_UNSPEC)
		buf_add(b, "-");
	else
		prefix_print(&r->target, b);
END
CELL(forward_state_cell, forward_row)
	buf_add(b, forward_state_name(r->state));
	if (r->state == FORWARD_BROKEN)
		buf_printf(b, ": %s", r->reason);
END
CELL(forward_in, forward_row) print_series(h, r->in_rate, b); END
CELL(forward_out, forward_row) print_series(h, r->out_rate, b); END
CELL(forward_new_rate, forward_row)
	number_decimal(
	    b, r->fresh_rate != NULL ? r->fresh_rate->packet_rate : -1);
END
CELL(forward_in_total, forward_row) print_bytes(r->in, b); END
CELL(forward_out_total, forward_row) print_bytes(r->out, b); END
CELL(forward_new_total, forward_row)
	number_short(b, r->fresh != NULL ? r->fresh->packets : NUMBER_UNKNOWN);
END
NUMBER(forward_in_number, forward_row, series_rate(r->in_rate))
NUMBER(forward_out_number, forward_row, series_rate(r->out_rate))
NUMBER(forward_new_number, forward_row,
    r->fresh_rate != NULL ? r->fresh_rate->packet_rate : -1)
NUMBER(forward_in_bytes, forward_row, r->in != NULL ? r->in->bytes : 0)
NUMBER(forward_out_bytes, forward_row, r->out != NULL ? r->out->bytes : 0)
NUMBER(forward_new_count, forward_row,
    r->fresh != NULL ? r->fresh->packets : 0)

static const struct listing_column forward_columns[] = {
	{ "proto", "PROTO", 0, 0, forward_proto, NULL },
	{ "ports", "PORTS", 0, 0, forward_ports, forward_first_port },
	{ "on", "ON", 0, 8, forward_on, NULL },
	{ "to", "TO", 0, 0, forward_to, NULL },
	{ "address", "ADDRESS", 0, 7, forward_address, NULL },
	{ "in", "IN/s", COLUMN_RIGHT | COLUMN_LIVE, 1, forward_in,
	    forward_in_number },
	{ "out", "OUT/s", COLUMN_RIGHT | COLUMN_LIVE, 1, forward_out,
	    forward_out_number },
	{ "conn", "NEW/s", COLUMN_RIGHT | COLUMN_LIVE, 3, forward_new_rate,
	    forward_new_number },
	{ "in-total", "IN", COLUMN_RIGHT, 4, forward_in_total,
	    forward_in_bytes },
	{ "out-total", "OUT", COLUMN_RIGHT, 4, forward_out_total,
	    forward_out_bytes },
	{ "new-total", "NEW", COLUMN_RIGHT, 5, forward_new_total,
	    forward_new_count },
	{ "state", "STATE", COLUMN_WIDE, 2, forward_state_cell, NULL },
};

/* Policies */

CELL(policy_number, policy_row)
	if (r->number != 0)
		buf_printf(b, "%u", r->number);
	else
		buf_add(b, r->st == NULL && r->fixed[0] == 'a' ? "=" : "");
END
CELL(policy_chain, policy_row)
	buf_add(b, type_chain.choices[r->chain].word);
END
CELL(policy_text, policy_row)
	struct buf text = { 0 };

	if (r->st == NULL)
		buf_add(&text, r->fixed);
	else
		statement_print(r->st, &text);
	buf_add(b, buf_text(&text));
	buf_free(&text);
END
CELL(policy_hits, policy_row)
	number_short(b, r->hits != NULL ? r->hits->packets : NUMBER_UNKNOWN);
END
CELL(policy_bytes, policy_row) print_bytes(r->hits, b); END
CELL(policy_rate, policy_row)
	number_decimal(b, r->rate != NULL ? r->rate->packet_rate : -1);
END

static const struct listing_column policy_columns[] = {
	{ "number", "#", COLUMN_RIGHT, 1, policy_number, NULL },
	{ "chain", "CHAIN", 0, 2, policy_chain, NULL },
	{ "policy", "POLICY", COLUMN_WIDE, 0, policy_text, NULL },
	{ "rate", "HITS/s", COLUMN_RIGHT | COLUMN_LIVE, 1, policy_rate, NULL },
	{ "hits", "HITS", COLUMN_RIGHT, 1, policy_hits, NULL },
	{ "bytes", "BYTES", COLUMN_RIGHT, 3, policy_bytes, NULL },
};

/* Counters, as the kernel names them */

CELL(counter_name, counter) print_escaped(r->name, b); END
CELL(counter_packets, counter) buf_printf(b, "%ju", (uintmax_t)r->packets); END
CELL(counter_bytes, counter) buf_printf(b, "%ju", (uintmax_t)r->bytes); END
NUMBER(counter_packets_number, counter, r->packets)
NUMBER(counter_bytes_number, counter, r->bytes)

static const struct listing_column counter_columns[] = {
	{ "name", "COUNTER", COLUMN_WIDE, 0, counter_name, NULL },
	{ "packets", "PACKETS", COLUMN_RIGHT, 0, counter_packets,
	    counter_packets_number },
	{ "bytes", "BYTES", COLUMN_RIGHT, 0, counter_bytes,
	    counter_bytes_number },
};

/* Changes */

CELL(change_text, change_row)
	struct buf text = { 0 };

	statement_print(r->after != NULL ? r->after : r->before, &text);
	buf_add(b, buf_text(&text));
	if (r->before != NULL && r->after != NULL) {
		buf_reset(&text);
		statement_print(r->before, &text);
		buf_printf(b, "   (was: %s)", buf_text(&text));
	}
	buf_free(&text);
END

static const struct listing_column change_columns[] = {
	{ "change", "CHANGE", COLUMN_WIDE, 0, change_text, NULL },
};

/* Rows, what names them, and how they stand */

static void *
build_uplinks(const struct host *h, size_t *n)
{
	return rows_uplinks(h, n);
}

static void *
build_bridges(const struct host *h, size_t *n)
{
	return rows_bridges(h, n);
}

static void *
build_containers(const struct host *h, size_t *n)
{
	return rows_containers(h, n);
}

static void *
build_forwards(const struct host *h, size_t *n)
{
	return rows_forwards(h, n);
}

static void *
build_policies(const struct host *h, size_t *n)
{
	return rows_policies(h, n);
}

static void *
build_changes(const struct host *h, size_t *n)
{
	return rows_changes(h, n);
}

static void *
build_counters(const struct host *h, size_t *n)
{
	struct counter *v = xcalloc(h->counters.n, sizeof(*v));

	*n = h->counters.n;
	if (*n > 0)
		memcpy(v, h->counters.v, *n * sizeof(*v));
	return v;
}

static void
free_rows(void *rows, size_t n UNUSED)
{
	free(rows);
}

static void
free_forwards(void *rows, size_t n)
{
	rows_forwards_free(rows, n);
}

CELL(uplink_key, uplink_row) buf_add(b, r->link->name); END
CELL(bridge_key, bridge_row) buf_add(b, r->link->name); END
CELL(container_key, container_row)
	buf_printf(b, "%s %s", r->name, r->port != NULL ? r->port->name : "");
END
CELL(forward_key, forward_row)
	statement_key(r->st, b);
	buf_add(b, r->mark == MARK_REMOVED ? " -" : "");
END
CELL(policy_key, policy_row)
	buf_printf(b, "%u ", (unsigned)r->chain);
	if (r->st != NULL)
		statement_key(r->st, b);
	else
		buf_add(b, r->fixed);
	buf_add(b, r->mark == MARK_REMOVED ? " -" : "");
END
CELL(counter_key, counter) buf_add(b, r->name); END
CELL(change_key, change_row)
	statement_key(r->after != NULL ? r->after : r->before, b);
	buf_add(b, r->after != NULL ? "" : " -");
END

#define MARK(name, type, value) \
	static char name(const struct host *h UNUSED, const void *row) \
	{ \
		const struct type *r = row; \
		return (value); \
	}
#define STATEMENT(name, type, value) \
	static const struct statement *name(const void *row) \
	{ \
		const struct type *r = row; \
		return (value); \
	}

static char
forward_mark_of(const struct forward_row *r)
{
	if (r->mark != MARK_NONE)
		return row_mark_char(r->mark);
	return r->state == FORWARD_BROKEN ? '!' :
	    r->state == FORWARD_TURNED_OFF ? '-' : '*';
}

static char
container_mark_of(const struct container_row *r)
{
	if (r->mark != MARK_NONE)
		return row_mark_char(r->mark);
	return r->st != NULL && r->st->v[CONTAINER_ULA].set && !r->ula_there ?
	    '!' : ' ';
}

static char
policy_mark_of(const struct policy_row *r)
{
	if (r->st == NULL)
		return '=';
	if (r->mark == MARK_NONE && statement_is_off(r->st))
		return '-';
	return row_mark_char(r->mark);
}

MARK(bridge_mark, bridge_row, row_mark_char(r->mark))
MARK(container_mark, container_row, container_mark_of(r))
MARK(forward_mark, forward_row, forward_mark_of(r))
MARK(policy_mark, policy_row, policy_mark_of(r))
MARK(change_mark, change_row,
    r->before == NULL ? '+' : r->after == NULL ? '-' : '~')
STATEMENT(bridge_statement, bridge_row, r->st)
STATEMENT(container_statement, container_row, r->st)
STATEMENT(forward_statement, forward_row, r->st)
STATEMENT(policy_statement, policy_row, r->st)
STATEMENT(change_statement, change_row,
    r->after != NULL ? r->after : r->before)

#define COLUMNS(c) .columns = c, .ncolumns = NITEMS(c)

const struct listing listings[] = {
	{ .name = "uplinks",
	    .help = "interfaces with a default route",
	    COLUMNS(uplink_columns),
	    .row_size = sizeof(struct uplink_row),
	    .build = build_uplinks,
	    .free = free_rows,
	    .key = uplink_key },
	{ .name = "bridges",
	    .help = "bridges, their ports and addresses",
	    COLUMNS(bridge_columns),
	    .row_size = sizeof(struct bridge_row),
	    .build = build_bridges,
	    .free = free_rows,
	    .key = bridge_key,
	    .mark = bridge_mark,
	    .statement = bridge_statement },
	{ .name = "containers",
	    .help = "what lives behind the ports of bridges",
	    COLUMNS(container_columns),
	    .row_size = sizeof(struct container_row),
	    .build = build_containers,
	    .free = free_rows,
	    .key = container_key,
	    .mark = container_mark,
	    .statement = container_statement },
	{ .name = "forwards",
	    .help = "public ports handed to containers",
	    COLUMNS(forward_columns),
	    .row_size = sizeof(struct forward_row),
	    .build = build_forwards,
	    .free = free_forwards,
	    .key = forward_key,
	    .mark = forward_mark,
	    .statement = forward_statement },
	{ .name = "policies",
	    .help = "what is let through, in the order it is judged",
	    COLUMNS(policy_columns),
	    .row_size = sizeof(struct policy_row),
	    .ordered = true,
	    .build = build_policies,
	    .free = free_rows,
	    .key = policy_key,
	    .mark = policy_mark,
	    .statement = policy_statement },
	{ .name = "counters",
	    .help = "the kernel's counters of table inet seki",
	    COLUMNS(counter_columns),
	    .row_size = sizeof(struct counter),
	    .build = build_counters,
	    .free = free_rows,
	    .key = counter_key },
	{ .name = "changes",
	    .help = "the candidate against the saved config",
	    COLUMNS(change_columns),
	    .row_size = sizeof(struct change_row),
	    .ordered = true,
	    .build = build_changes,
	    .free = free_rows,
	    .key = change_key,
	    .mark = change_mark,
	    .statement = change_statement },
	{ .name = NULL },
};

const struct listing *
listing_find(const char *name)
{
	const struct listing *l;

	for (l = listings; l->name != NULL; l++)
		if (strcmp(l->name, name) == 0)
			return l;
	return NULL;
}

const void *
listing_row(const struct listing *l, const void *rows, size_t i)
{
	return (const char *)rows + i * l->row_size;
}
