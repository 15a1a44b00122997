/* Forwards: their states and counters. */
#include "config.h"

#include "core/show/list_forward.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/base/number.h"
#include "core/lang/type_addr.h"
#include "core/plan/model_counter.h"
#include "core/show/list.h"
#include "core/show/list_cell.h"
#include "core/show/list_json.h"
#include "core/state/check.h"
#include "core/state/counting.h"

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

static void
forget_fates(struct forward_row *row)
{
	enum family f;

	for (f = 0; row->fates != NULL && f < FAMILY_COUNT; f++)
		free((char *)row->fates[f].reason);
	free(row->fates);
	row->fates = NULL;
	if (!row->borrows)
		free((char *)row->reason);
	row->borrows = false;
}

static char *
reason_of(const char *text)
{
	return text[0] != '\0' ? xstrdup(text) : NULL;
}

static void
forget_lights(struct forward_row *row)
{
	enum family f;

	for (f = 0; f < FAMILY_COUNT; f++)
		lights_free(&row->lights[f]);
}

/* For both families. */
static void
set_state(struct forward_row *row, enum forward_state state, const char *reason)
{
	forget_fates(row);
	row->state = state;
	row->reason = reason_of(reason);
}

static const enum forward_state states[] = {
	[CHECK_OK] = FORWARD_ACTIVE,
	[CHECK_DEGRADED] = FORWARD_DEGRADED,
	[CHECK_BROKEN] = FORWARD_BROKEN,
};

/* Nothing is found about a family that a forward is not for. */
static bool
families_differ(const struct report *r)
{
	const struct finding *one;

	for (one = r->families; one < r->families + FAMILY_COUNT; one++)
		if (one->verdict != CHECK_OK &&
		    (one->verdict != r->all.verdict ||
			strcmp(buf_text(&one->why), buf_text(&r->all.why)) !=
			    0))
			return true;
	return false;
}

/* Mostly it is that of a light: thousands of rows have no other. */
static void
borrow_reason(struct forward_row *row)
{
	const struct light_note *red;
	enum family f;

	for (f = 0; f < FAMILY_COUNT && !row->borrows; f++) {
		red = lights_red(&row->lights[f]);
		if (row->reason == NULL || red == NULL ||
		    strcmp(red->why, row->reason) != 0)
			continue;
		free((char *)row->reason);
		row->reason = red->why;
		row->borrows = true;
	}
}

/* Judged as committed, whatever the candidate says about the target. */
static void
judge_committed(struct forward_row *row, const char *id, struct checkup *k)
{
	struct report r = { 0 };
	enum family f;

	checkup_forward(k, id, &r);
	set_state(row, states[r.all.verdict], buf_text(&r.all.why));
	for (f = 0; f < FAMILY_COUNT; f++) {
		row->lights[f] = r.families[f].lights;
		r.families[f].lights = (struct lights){ 0 };
	}
	borrow_reason(row);
	if (families_differ(&r)) {
		row->fates = xcalloc(FAMILY_COUNT, sizeof(*row->fates));
		for (f = 0; f < FAMILY_COUNT; f++)
			row->fates[f] = (struct forward_fate){
				states[r.families[f].verdict],
				reason_of(buf_text(&r.families[f].why))
			};
	}
	report_reset(&r);
}

/* For the candidate, and for a pending commit, by the kind of change. */
static const struct {
	const char *edited, *committed;
} aheads[] = {
	{ N_("in the candidate, not committed"),
	    N_("in force, not confirmed yet") },
	{ N_("removed in the candidate, not committed"),
	    N_("removed, not confirmed yet") },
	{ N_("turned off in the candidate, not committed"),
	    N_("turned off, not confirmed yet") },
};

/* A pending forward is in force, and may be failing already. */
static void
judge_ahead(struct forward_row *row, const char *id, const struct host *h,
    struct checkup *k)
{
	bool removed = row->mark == MARK_REMOVED;
	bool hidden = h->blind && h->pending.phase != PENDING_NONE;
	size_t what = removed ? 1 : statement_is_off(row->st) ? 2 : 0;

	row->committed = what == 0 ? checkup_has(k, id, row->st)
				   : checkup_agrees(k, row->st, removed);
	if (hidden)
		set_state(row, FORWARD_UNKNOWN,
		    _("only root can see what waits to be confirmed"));
	else if (what == 0 && row->committed)
		judge_committed(row, id, k);
	if (row->state == FORWARD_ACTIVE)
		set_state(row, FORWARD_PENDING,
		    _(row->committed ? aheads[what].committed
				     : aheads[what].edited));
}

static void
judge_blind(struct forward_row *row)
{
	enum family f;

	set_state(row, FORWARD_UNKNOWN,
	    _("only root can look into containers and tables"));
	for (f = 0; f < FAMILY_COUNT; f++)
		lights_fill(&row->lights[f], LIGHT_UNKNOWN, DOUBT_NOT_ROOT);
}

static void
judge(struct forward_row *row, const char *id, const struct host *h,
    struct checkup *k)
{
	if (row->mark != MARK_NONE)
		judge_ahead(row, id, h, k);
	else if (statement_is_off(row->st))
		set_state(row, FORWARD_TURNED_OFF, "");
	else if (h->blind)
		judge_blind(row);
	else
		judge_committed(row, id, k);
}

/* A forward that is off counts nothing, but keeps its counters; one that only
 * the candidate turns off still counts. */
static bool
is_idle(const struct forward_row *row)
{
	return row->mark == MARK_NONE && statement_is_off(row->st);
}

static const struct counter *
find_meter(const struct host *h, const char *id, enum meter_kind kind,
    enum family family)
{
	char *name = model_meter_name(id, kind, family);
	const struct counter *c = counters_find(&h->counters, name);

	free(name);
	return c;
}

/* The counter of the first family that it has, beside which the other is. */
static void
fill_meter(const struct forward_row *row, const char *id, const struct host *h,
    enum meter_kind kind, const struct counter **counter,
    const struct series **series)
{
	*counter = find_meter(h, id, kind, FAMILY_IPV6);
	if (*counter == NULL)
		*counter = find_meter(h, id, kind, FAMILY_IPV4);
	*series = is_idle(row) ? NULL : counting_series(h, *counter);
}

struct prefix
forward_public(const struct forward_row *r)
{
	const struct value *on = &r->st->v[FORWARD_ON];

	return on->set ? on->prefix : (struct prefix){ 0 };
}

/* What it is given, unless it has only another; else what it has, or none. */
static struct prefix
ipv4_inside(const struct host *h, const struct statement *st)
{
	const struct container *c =
	    snapshot_container(&h->snapshot, st->v[CONTAINER_NAME].text, NULL);
	const struct value *given = &st->v[CONTAINER_IPV4];
	struct prefix has = { 0 };

	if (c != NULL && !list_has(h, c->nsid, c->inner, given))
		has = snapshot_ipv4(&h->snapshot, c->nsid, c->inner);
	return has.family != AF_UNSPEC ? prefix_addr(&has) : given->prefix;
}

static bool
is_about(const struct host *h, enum family family)
{
	return family == FAMILY_IPV6 ||
	       config_option(&h->candidate, OPTION_IPV4) == OPTION_ON;
}

bool
forward_is_about(
    const struct host *h, const struct forward_row *r, enum family family)
{
	return is_about(h, family) && statement_forwards(r->st, family);
}

struct prefix
forward_address_in(
    const struct host *h, const struct forward_row *r, enum family family)
{
	const struct target *to = &r->st->v[FORWARD_TO].target;
	const struct statement *c;

	if (!statement_forwards(r->st, family))
		return (struct prefix){ 0 };
	if (to->name == NULL)
		return *to->addr;
	c = config_container(&h->candidate, to->name);
	if (c == NULL || !is_about(h, family))
		return (struct prefix){ 0 };
	if (family == FAMILY_IPV4)
		return ipv4_inside(h, c);
	return c->v[CONTAINER_ULA].set ? c->v[CONTAINER_ULA].prefix
				       : c->v[CONTAINER_ADDRESS].prefix;
}

/* The first that there is. */
static struct prefix
first_address(const struct host *h, const struct forward_row *r)
{
	const struct prefix six = forward_address_in(h, r, FAMILY_IPV6);

	return six.family != AF_UNSPEC ? six
				       : forward_address_in(h, r, FAMILY_IPV4);
}

static void
fill_forward(struct forward_row *row, const struct host *h, struct checkup *k)
{
	char *id = model_forward_id(row->st);

	fill_meter(row, id, h, METER_IN, &row->in, &row->in_rate);
	fill_meter(row, id, h, METER_OUT, &row->out, &row->out_rate);
	fill_meter(row, id, h, METER_NEW, &row->fresh, &row->fresh_rate);
	judge(row, id, h, k);
	free(id);
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

bool
forward_sources(const struct forward_row *r, struct buf *b)
{
	const struct value *v = &r->st->v[FORWARD_FROM];
	char text[ADDR_TEXT_MAX];

	if (!v->set || v->prefixes.n == 0) {
		buf_add(b, _("any"));
		return false;
	}
	buf_add(b, prefix_text(&v->prefixes.v[0], text));
	if (v->prefixes.n > 1)
		buf_printf(b, " +%zu", v->prefixes.n - 1);
	return true;
}

void
rows_forwards_free(struct forward_row *v, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		forget_fates(&v[i]);
		forget_lights(&v[i]);
	}
	free(v);
}

static char
forward_mark_of(const struct forward_row *r)
{
	if (r->mark != MARK_NONE)
		return row_mark_char(r->mark);
	return r->state == FORWARD_BROKEN	? '!'
	       : r->state == FORWARD_DEGRADED	? '?'
	       : r->state == FORWARD_TURNED_OFF ? ROW_OFF
	       : r->state == FORWARD_UNKNOWN	? ' '
						: '*';
}

static void
forward_proto(const struct host *h UNUSED, const void *row, struct buf *b)
{
	const struct forward_row *r = row;

	type_print(&type_proto, &r->st->v[FORWARD_PROTO], b);
}

static void
forward_ports(const struct host *h UNUSED, const void *row, struct buf *b)
{
	const struct forward_row *r = row;

	if (r->st->v[FORWARD_PORTS].set)
		type_print(&type_ports, &r->st->v[FORWARD_PORTS], b);
	else
		buf_add(b, "any");
}

static void
forward_to(const struct host *h UNUSED, const void *row, struct buf *b)
{
	const struct forward_row *r = row;

	type_print(&type_target, &r->st->v[FORWARD_TO], b);
}

static void
forward_on(const struct host *h, const void *row, struct buf *b)
{
	const struct prefix on = forward_public(row);

	cell_prefix(h, &on, b);
}

static void
forward_from(const struct host *h UNUSED, const void *row, struct buf *b)
{
	forward_sources(row, b);
}

static void
forward_target(const struct host *h, const void *row, struct buf *b)
{
	const struct prefix target = first_address(h, row);

	cell_prefix(h, &target, b);
}

static void
forward_state_cell(const struct host *h UNUSED, const void *row, struct buf *b)
{
	const struct forward_row *r = row;

	buf_add(b, forward_state_word(r));
	if (r->state == FORWARD_BROKEN || r->state == FORWARD_DEGRADED)
		buf_printf(b, ": %s", r->reason);
}

static void
forward_key(const struct host *h UNUSED, const void *row, struct buf *b)
{
	const struct forward_row *r = row;

	statement_key(r->st, b);
	buf_add(b, r->mark == MARK_REMOVED ? " -" : "");
}

static char
forward_mark(const struct host *h UNUSED, const void *row)
{
	const struct forward_row *r = row;

	return forward_mark_of(r);
}

static const struct statement *
forward_statement(const void *row)
{
	const struct forward_row *r = row;

	return r->st;
}

void
forward_what(const struct forward_row *r, struct buf *b)
{
	const struct value *v = r->st->v;

	type_print(&type_proto, &v[FORWARD_PROTO], b);
	if (!v[FORWARD_PORTS].set)
		return;
	buf_add(b, " ");
	type_print(&type_ports, &v[FORWARD_PORTS], b);
}

static void
forward_name(const struct host *h UNUSED, const void *row, struct buf *b)
{
	forward_what(row, b);
}

/* Of all families, and which that is of; NULL: none is red. */
static const struct light_note *
reddest(const struct forward_row *r, enum family *of)
{
	const struct light_note *note, *worst = NULL;
	enum family f;

	for (f = 0; f < FAMILY_COUNT; f++) {
		note = lights_red(&r->lights[f]);
		if (note == NULL ||
		    (worst != NULL && r->lights[f].states[note->light] <=
					  r->lights[*of].states[worst->light]))
			continue;
		worst = note;
		*of = f;
	}
	return worst;
}

const char *
forward_cure(const struct forward_row *r)
{
	enum family f;
	const struct light_note *red = reddest(r, &f);

	return red != NULL ? red->cure : NULL;
}

bool
forward_red(const struct forward_row *r, struct buf *b)
{
	enum family f;
	const struct light_note *red = reddest(r, &f), *other;

	if (red == NULL)
		return false;
	other = lights_red(&r->lights[!f]);
	if (lights_are_known(&r->lights[!f]) &&
	    (other == NULL || strcmp(other->why, red->why) != 0))
		buf_printf(b, "%s ", family_words[f]);
	buf_printf(b, "%s: %s", light_names[red->light], red->why);
	return true;
}

static const struct listing_column forward_columns[] = {
	{ "forward", N_("FORWARD"), COLUMN_SCREEN | COLUMN_WIDE, 0, 0,
	    forward_name, N_("the public ports, tcp, udp or both") },
	{ "proto", N_("PROTO"), 0, 0, 0, forward_proto,
	    N_("tcp, udp or both") },
	{ "ports", N_("PORTS"), 0, 0, 0, forward_ports,
	    N_("the public ports") },
	{ "on", N_("ON"), 0, 8, 0, forward_on, N_("the public address") },
	{ "to", N_("TO"), 0, 0, 0, forward_to,
	    N_("the container, with the port inside where it differs") },
	{ "from", N_("FROM"), COLUMN_CUT, 3, 0, forward_from,
	    N_("who may come, or any") },
	{ "address", N_("ADDRESS"), 0, 7, 0, forward_target,
	    N_("the address that it leads to") },
	{ "in", N_("IN"), COLUMN_NUMBER | COLUMN_LIVE | COLUMN_RATE, 2,
	    offsetof(struct forward_row, in_rate), cell_rate,
	    N_("what goes to the container") },
	{ "out", N_("OUT"), COLUMN_NUMBER | COLUMN_LIVE | COLUMN_RATE, 1,
	    offsetof(struct forward_row, out_rate), cell_rate,
	    N_("what comes back") },
	{ "conn", N_("NEW"), COLUMN_NUMBER | COLUMN_LIVE | COLUMN_EACH, 5,
	    offsetof(struct forward_row, fresh_rate), cell_packet_rate,
	    N_("new connections") },
	{ "in-total", N_("IN"), COLUMN_NUMBER | COLUMN_BYTES, 6,
	    offsetof(struct forward_row, in), cell_bytes,
	    N_("bytes to the container so far") },
	{ "out-total", N_("OUT"), COLUMN_NUMBER | COLUMN_BYTES, 6,
	    offsetof(struct forward_row, out), cell_bytes,
	    N_("bytes back so far") },
	{ "new-total", N_("NEW"), COLUMN_NUMBER, 7,
	    offsetof(struct forward_row, fresh), cell_packets,
	    N_("connections so far") },
	{ "state", N_("STATE"), COLUMN_WIDE, 2, 0, forward_state_cell,
	    N_("active, off, unknown, degraded or broken and why, or what a "
	       "commit would do") },
};

static void
forward_counters(const void *row, const struct counter *v[ROW_COUNTERS])
{
	const struct forward_row *r = row;

	v[0] = r->in;
	v[1] = r->out;
	v[2] = r->fresh;
}

/* Inside, a shifted block starts at the target's port. */
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

static struct counter
total(const struct host *h, const struct counter *c)
{
	return c != NULL ? counting_total(h, c) : (struct counter){ 0 };
}

static const char *
json_reason(const char *reason)
{
	return reason != NULL ? reason : "";
}

/* null: nobody looked. */
static json_t *
json_lights(const struct lights *l)
{
	json_t *all;
	enum light light;

	if (!lights_are_known(l))
		return json_null();
	all = json_object();
	for (light = 0; light < LIGHTS; light++)
		json_object_set_new(all, light_names[light],
		    json_string(light_state_names[l->states[light]]));
	return all;
}

static json_t *
json_family(const struct host *h, const struct forward_row *r, const char *id,
    enum family family)
{
	const struct counter *fresh = find_meter(h, id, METER_NEW, family);
	const struct prefix at = forward_address_in(h, r, family);
	const struct forward_fate whole = { r->state, r->reason },
				  *fate = r->fates != NULL ? &r->fates[family]
							   : &whole;

	if (!forward_is_about(h, r, family))
		return json_null();
	return json_pack("{s:o,s:s,s:s,s:o,s:o,s:I,s:o}", "address",
	    list_json_prefix(&at), "state", forward_state_name(fate->state),
	    "reason", json_reason(fate->reason), "in",
	    list_json_counter(find_meter(h, id, METER_IN, family)), "out",
	    list_json_counter(find_meter(h, id, METER_OUT, family)), "new",
	    fresh != NULL ? (json_int_t)fresh->packets : 0, "lights",
	    json_lights(&r->lights[family]));
}

static json_t *
json_families(const struct host *h, const struct forward_row *r)
{
	char *id = model_forward_id(r->st);
	json_t *j =
	    json_pack("{s:o,s:o}", "ipv6", json_family(h, r, id, FAMILY_IPV6),
		"ipv4", json_family(h, r, id, FAMILY_IPV4));

	free(id);
	return j;
}

static json_t *
json_forward(const struct host *h, const void *row)
{
	const struct forward_row *r = row;
	const struct prefix on = forward_public(r), at = first_address(h, r);
	const struct target *to = &r->st->v[FORWARD_TO].target;
	const struct counter in = total(h, r->in), out = total(h, r->out),
			     fresh = total(h, r->fresh);

	return json_pack("{s:o,s:o,s:o,s:{s:o,s:o,s:o},s:s,s:s,s:o,s:o,s:I,"
			 "s:o,s:o}",
	    "proto", list_json_value(r->st, FORWARD_PROTO), "ports",
	    list_json_value(r->st, FORWARD_PORTS), "on", list_json_prefix(&on),
	    "target", "container",
	    to->name != NULL ? list_json_text(to->name) : json_null(),
	    "address", list_json_prefix(&at), "ports", json_target_ports(r->st),
	    "state", forward_state_name(r->state), "reason",
	    json_reason(r->reason), "in", list_json_counter(&in), "out",
	    list_json_counter(&out), "new", (json_int_t)fresh.packets, "only",
	    list_json_value(r->st, FORWARD_ONLY), "families",
	    json_families(h, r));
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
	.help = N_("public ports that lead to containers"),
	.columns = forward_columns,
	.ncolumns = NITEMS(forward_columns),
	.row_size = sizeof(struct forward_row),
	.build = build,
	.free = free_forwards,
	.key = forward_key,
	.mark = forward_mark,
	.statement = forward_statement,
	.counters = forward_counters,
	.json = json_forward,
	.shape = "{proto, ports, on, target: {container, address, ports},\n"
		 " state: active|off|degraded|broken|pending|unknown, reason,\n"
		 " in: {packets, bytes}, out: {packets, bytes}, new,\n"
		 " only: ipv6|ipv4|null, families: {ipv6: {address, state,\n"
		 " reason, in: {packets, bytes}, out: {packets, bytes}, new,\n"
		 " lights: {arrives, matches, accept, others, bridge, runs,\n"
		 "  addr, near, listens, back,\n"
		 "  answer: ok|unknown|warn|fail|unreached}|null}|null,\n"
		 " ipv4: {...}|null}}",
};
