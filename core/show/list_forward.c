/* Forwards: how each stands, and what it carries. */
#include "config.h"

#include "core/show/list.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/base/number.h"
#include "core/state/check.h"

const char *
forward_state_name(enum forward_state state)
{
	static const char *const names[] = { N_("active"), N_("off"),
		N_("degraded"), N_("broken"), N_("pending"), N_("unknown") };

	return names[state];
}

const char *
forward_state_word(const struct forward_row *r)
{
	static const char *const ahead[] = { [MARK_NONE] = "",
		[MARK_ADDED] = N_("to add"),
		[MARK_REMOVED] = N_("to remove"),
		[MARK_CHANGED] = N_("to change") };

	return _(r->state == FORWARD_PENDING && !r->committed
		     ? ahead[r->mark]
		     : forward_state_name(r->state));
}

/* As it was committed, whatever the candidate says of what it leads to. */
static void
judge_committed(struct forward_row *row, struct checkup *k)
{
	static const enum forward_state states[] = {
		[CHECK_OK] = FORWARD_ACTIVE,
		[CHECK_DEGRADED] = FORWARD_DEGRADED,
		[CHECK_BROKEN] = FORWARD_BROKEN,
	};
	struct buf why = { 0 };

	row->state = states[checkup_forward(k, row->id, &why)];
	snprintf(row->reason, sizeof(row->reason), "%s", buf_text(&why));
	utf8_trim(row->reason);
	buf_free(&why);
}

static void
set_state(struct forward_row *row, enum forward_state state, const char *reason)
{
	row->state = state;
	snprintf(row->reason, sizeof(row->reason), "%s", reason);
}

/* In the candidate, and in what waits to be confirmed, by what it does. */
static const struct {
	const char *edited, *committed;
} aheads[] = {
	{ N_("in the candidate, not committed"),
	    N_("in force, not confirmed yet") },
	{ N_("removed in the candidate, not committed"),
	    N_("removed, not confirmed yet") },
	{ N_("in the candidate, not committed"),
	    N_("turned off, not confirmed yet") },
};

/* What waits to be confirmed is in force, and may fail already. */
static void
judge_ahead(struct forward_row *row, const struct host *h, struct checkup *k)
{
	bool removed = row->mark == MARK_REMOVED;
	bool hidden = h->blind && h->pending.phase != PENDING_NONE;
	size_t what = removed ? 1 : statement_is_off(row->st) ? 2 : 0;

	row->committed = what == 0 ? checkup_has(k, row->id, row->st)
				   : checkup_agrees(k, row->st, removed);
	if (hidden)
		set_state(row, FORWARD_UNKNOWN,
		    _("only root can see what waits to be confirmed"));
	else if (what == 0 && row->committed)
		judge_committed(row, k);
	if (row->state == FORWARD_ACTIVE)
		set_state(row, FORWARD_PENDING,
		    _(row->committed ? aheads[what].committed
				     : aheads[what].edited));
}

static void
judge(struct forward_row *row, const struct host *h, struct checkup *k)
{
	if (row->mark != MARK_NONE)
		judge_ahead(row, h, k);
	else if (statement_is_off(row->st))
		row->state = FORWARD_TURNED_OFF;
	else if (h->blind)
		set_state(row, FORWARD_UNKNOWN,
		    _("only root can look into containers and tables"));
	else
		judge_committed(row, k);
}

/* What is off counts nothing, though what it counted is kept; one that only
 * the candidate turns off counts still. */
static bool
is_idle(const struct forward_row *row)
{
	return row->mark == MARK_NONE && statement_is_off(row->st);
}

static void
fill_meter(const struct forward_row *row, const struct host *h,
    enum meter_kind kind, const struct counter **counter,
    const struct series **series)
{
	char *name = model_meter_name(row->id, kind);

	*counter = counters_find(&h->counters, name);
	*series = is_idle(row) ? NULL : meters_get(h->meters, name);
	free(name);
}

static void
fill_forward(struct forward_row *row, const struct host *h, struct checkup *k)
{
	const struct target *to = &row->st->v[FORWARD_TO].target;
	const struct statement *st = NULL;

	row->id = model_forward_id(row->st);
	if (row->st->v[FORWARD_ON].set)
		row->on = row->st->v[FORWARD_ON].prefix;
	row->target = to->addr;
	if (to->name != NULL)
		st = config_container(&h->candidate, to->name);
	if (st != NULL && st->v[CONTAINER_ULA].set)
		row->target = st->v[CONTAINER_ULA].prefix;
	fill_meter(row, h, METER_IN, &row->in, &row->in_rate);
	fill_meter(row, h, METER_OUT, &row->out, &row->out_rate);
	fill_meter(row, h, METER_NEW, &row->fresh, &row->fresh_rate);
	judge(row, h, k);
}

struct forward_row *
rows_forwards(const struct host *h, size_t *n)
{
	struct forward_row *v;
	struct overlays o;
	struct checkup k;
	size_t i;

	overlays_read(&o, h, ST_FORWARD, ST_FORWARD);
	checkup_begin(&k, h);
	v = xcalloc(o.n, sizeof(*v));
	for (i = 0; i < o.n; i++) {
		v[i].st = o.v[i].st;
		v[i].mark = o.v[i].mark;
		fill_forward(&v[i], h, &k);
	}
	*n = o.n;
	checkup_end(&k);
	free(o.v);
	return v;
}

void
rows_forwards_free(struct forward_row *v, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		free(v[i].id);
	free(v);
}

static char
forward_mark_of(const struct forward_row *r)
{
	if (r->mark != MARK_NONE)
		return row_mark_char(r->mark);
	return r->state == FORWARD_BROKEN	? '!'
	       : r->state == FORWARD_DEGRADED	? '?'
	       : r->state == FORWARD_TURNED_OFF ? '-'
	       : r->state == FORWARD_UNKNOWN	? ' '
						: '*';
}

CELL(forward_proto)
{
	const struct forward_row *r = row;

	type_print(&type_proto, &r->st->v[FORWARD_PROTO], b);
}

CELL(forward_ports)
{
	const struct forward_row *r = row;

	if (r->st->v[FORWARD_PORTS].set)
		type_print(&type_ports, &r->st->v[FORWARD_PORTS], b);
	else
		buf_add(b, "any");
}

NUMBER(forward_first_port)
{
	const struct forward_row *r = row;

	return r->st->v[FORWARD_PORTS].set
		   ? r->st->v[FORWARD_PORTS].ports.v[0].lo
		   : 0;
}

CELL(forward_on)
{
	const struct forward_row *r = row;

	if (r->on.family == AF_UNSPEC)
		buf_add(b, "-");
	else
		prefix_print(&r->on, b);
}

CELL(forward_to)
{
	const struct forward_row *r = row;

	type_print(&type_target, &r->st->v[FORWARD_TO], b);
}

CELL(forward_address)
{
	const struct forward_row *r = row;

	if (r->target.family == AF_UNSPEC)
		buf_add(b, "-");
	else
		prefix_print(&r->target, b);
}

CELL(forward_state_cell)
{
	const struct forward_row *r = row;

	buf_add(b, forward_state_word(r));
	if (r->state == FORWARD_BROKEN || r->state == FORWARD_DEGRADED)
		buf_printf(b, ": %s", r->reason);
}

CELL(forward_in)
{
	const struct forward_row *r = row;

	list_series(h, r->in_rate, b);
}

CELL(forward_out)
{
	const struct forward_row *r = row;

	list_series(h, r->out_rate, b);
}

CELL(forward_new_rate)
{
	const struct forward_row *r = row;

	number_decimal(b, series_packet_rate(r->fresh_rate));
}

CELL(forward_in_total)
{
	const struct forward_row *r = row;

	list_bytes(r->in, b);
}

CELL(forward_out_total)
{
	const struct forward_row *r = row;

	list_bytes(r->out, b);
}

CELL(forward_new_total)
{
	const struct forward_row *r = row;

	number_short(b, r->fresh != NULL ? r->fresh->packets : NUMBER_UNKNOWN);
}

NUMBER(forward_in_number)
{
	const struct forward_row *r = row;

	return series_rate(r->in_rate);
}

NUMBER(forward_out_number)
{
	const struct forward_row *r = row;

	return series_rate(r->out_rate);
}

NUMBER(forward_new_number)
{
	const struct forward_row *r = row;

	return series_packet_rate(r->fresh_rate);
}

NUMBER(forward_in_bytes)
{
	const struct forward_row *r = row;

	return r->in != NULL ? r->in->bytes : 0;
}

NUMBER(forward_out_bytes)
{
	const struct forward_row *r = row;

	return r->out != NULL ? r->out->bytes : 0;
}

NUMBER(forward_new_count)
{
	const struct forward_row *r = row;

	return r->fresh != NULL ? r->fresh->packets : 0;
}

CELL(forward_key)
{
	const struct forward_row *r = row;

	statement_key(r->st, b);
	buf_add(b, r->mark == MARK_REMOVED ? " -" : "");
}

MARK(forward_mark)
{
	const struct forward_row *r = row;

	return forward_mark_of(r);
}

STATEMENT(forward_statement)
{
	const struct forward_row *r = row;

	return r->st;
}

static const struct listing_column forward_columns[] = {
	{ "proto", N_("PROTO"), 0, 0, forward_proto, NULL,
	    N_("tcp, udp or both") },
	{ "ports", N_("PORTS"), 0, 0, forward_ports, forward_first_port,
	    N_("the public ports") },
	{ "on", N_("ON"), 0, 8, forward_on, NULL, N_("the public address") },
	{ "to", N_("TO"), 0, 0, forward_to, NULL,
	    N_("the container, with the port inside where it differs") },
	{ "address", N_("ADDRESS"), 0, 7, forward_address, NULL,
	    N_("the address that it leads to") },
	{ "in", N_("IN/s"), COLUMN_RIGHT | COLUMN_LIVE, 1, forward_in,
	    forward_in_number, N_("what goes to the container") },
	{ "out", N_("OUT/s"), COLUMN_RIGHT | COLUMN_LIVE, 1, forward_out,
	    forward_out_number, N_("what comes back") },
	{ "conn", N_("NEW/s"), COLUMN_RIGHT | COLUMN_LIVE, 3, forward_new_rate,
	    forward_new_number, N_("new connections") },
	{ "in-total", N_("IN"), COLUMN_RIGHT, 4, forward_in_total,
	    forward_in_bytes, N_("bytes to the container so far") },
	{ "out-total", N_("OUT"), COLUMN_RIGHT, 4, forward_out_total,
	    forward_out_bytes, N_("bytes back so far") },
	{ "new-total", N_("NEW"), COLUMN_RIGHT, 5, forward_new_total,
	    forward_new_count, N_("connections so far") },
	{ "state", N_("STATE"), COLUMN_WIDE, 2, forward_state_cell, NULL,
	    N_("active, off, unknown, degraded or broken and why, or what a "
	       "commit would do") },
};

/* Inside, a block that shifts starts at the target's port. */
static json_t *
json_target_ports(const struct statement *st)
{
	const struct ports *p = &st->v[FORWARD_PORTS].ports;
	unsigned to = st->v[FORWARD_TO].target.port;

	if (to == 0)
		return list_json_value(st, FORWARD_PORTS);
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
	    "proto", list_json_value(r->st, FORWARD_PROTO), "ports",
	    list_json_value(r->st, FORWARD_PORTS), "on",
	    list_json_prefix(&r->on), "target", "container",
	    to->name != NULL ? list_json_text(to->name) : json_null(),
	    "address", list_json_prefix(&r->target), "ports",
	    json_target_ports(r->st), "state", forward_state_name(r->state),
	    "reason", r->reason, "in", list_json_counter(r->in), "out",
	    list_json_counter(r->out), "new",
	    r->fresh != NULL ? (json_int_t)r->fresh->packets : 0);
}

static void *
build(const struct host *h, size_t *n)
{
	return rows_forwards(h, n);
}

static void
free_forwards(void *rows, size_t n)
{
	rows_forwards_free(rows, n);
}

const struct listing listing_forwards = {
	.name = N_("forwards"),
	.help = N_("public ports handed to containers"),
	.columns = forward_columns,
	.ncolumns = NITEMS(forward_columns),
	.row_size = sizeof(struct forward_row),
	.build = build,
	.free = free_forwards,
	.key = forward_key,
	.mark = forward_mark,
	.statement = forward_statement,
	.json = json_forward,
	.shape = "{proto, ports, on, target: {container, address, ports},\n"
		 " state: active|off|degraded|broken|pending|unknown, reason,\n"
		 " in: {packets, bytes}, out: {packets, bytes}, new}",
};
