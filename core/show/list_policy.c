/* Policies: for each chain its fixed rules, policies, and default. */
#include "config.h"

#include "core/show/list_policy.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/base/number.h"
#include "core/plan/fixed.h"
#include "core/plan/model_counter.h"
#include "core/show/list.h"
#include "core/show/list_cell.h"
#include "core/show/list_json.h"
#include "core/state/counting.h"

struct policies {
	struct policy_row *v;
	size_t n;
	const struct host *host;
	struct fixed_scope scope; /* of the candidate */
	enum chain chain;
};

static struct policy_row *
add_policy_row(struct policies *to, enum policy_line line)
{
	struct policy_row *row;

	to->v = xgrow(to->v, to->n, sizeof(*to->v));
	row = &to->v[to->n++];
	memset(row, 0, sizeof(*row));
	row->line = line;
	row->chain = to->chain;
	return row;
}

static void
fill_hits(struct policy_row *row, const struct host *h, const char *counter)
{
	row->hits = counters_find(&h->counters, counter);
	row->rate = counting_series(h, row->hits);
}

static void
add_policy_rows(struct policies *to, const struct overlays *o)
{
	const struct statement *st;
	struct policy_row *row;
	unsigned number = 0;
	char *id;
	size_t i;

	for (i = 0; i < o->n; i++) {
		st = o->v[i].st;
		if (st->v[POLICY_CHAIN].choice != (unsigned)to->chain)
			continue;
		row = add_policy_row(to, LINE_POLICY);
		row->st = st;
		row->mark = o->v[i].mark;
		if (row->mark != MARK_REMOVED)
			row->number = ++number;
		id = model_policy_id(st);
		fill_hits(row, to->host, id);
		free(id);
	}
}

static void
add_fixed_rows(struct policies *to)
{
	const struct fixed *f;
	struct policy_row *row;
	char *counter;

	for (f = fixed_rows; f < END_OF(fixed_rows, fixed_count); f++) {
		if (!fixed_in(f, to->chain, &to->scope))
			continue;
		row = add_policy_row(to, LINE_FIXED);
		row->fixed = f->text;
		row->why = f->why;
		counter = fixed_counter(f, to->chain);
		if (counter != NULL)
			fill_hits(row, to->host, counter);
		free(counter);
	}
}

static void
add_default_row(struct policies *to, const struct overlays *o)
{
	struct policy_row *row = add_policy_row(to, LINE_DEFAULT);
	char *id = model_default_id(to->chain);
	size_t i;

	for (i = 0; i < o->n; i++) {
		if (o->v[i].st->v[DEFAULT_CHAIN].choice != (unsigned)to->chain)
			continue;
		row->st = o->v[i].st;
		row->mark = o->v[i].mark;
	}
	if (row->st == NULL)
		row->fixed = "default allow";
	fill_hits(row, to->host, id);
	free(id);
}

static struct fixed_scope
scope_of(const struct host *h)
{
	const struct config *c = &h->candidate;
	struct fixed_scope scope = { .has_fib = h->snapshot.has_fib,
		.ipv4 = config_option(c, OPTION_IPV4) == OPTION_ON };
	const struct statement *st;
	size_t i;

	for (i = 0; i < c->n; i++) {
		st = c->v[i].st;
		if (st == NULL || st->kind != ST_BRIDGE)
			continue;
		scope.translates |= st->v[BRIDGE_TRANSLATE].set;
		scope.routes |= st->v[BRIDGE_PREFIX].set;
	}
	return scope;
}

struct policy_row *
rows_policies(const struct host *h, size_t *n)
{
	struct policies to = { .host = h, .scope = scope_of(h) };
	struct overlays policies, defaults;

	overlays_read(&policies, h, ST_ALLOW, ST_REJECT);
	overlays_read(&defaults, h, ST_DEFAULT, ST_DEFAULT);
	for (to.chain = 0; to.chain < CHAIN_COUNT; to.chain++) {
		add_fixed_rows(&to);
		add_policy_rows(&to, &policies);
		add_default_row(&to, &defaults);
	}
	free(policies.v);
	free(defaults.v);
	*n = to.n;
	return to.v;
}

/* Of the lines of a chain at most two are counted (test/ruleset.c). */
static void
fold_line(struct policy_row *into, const struct policy_row *line)
{
	into->folded++;
	if (into->hits == NULL) {
		into->hits = line->hits;
		into->rate = line->rate;
	} else if (line->hits != NULL) {
		into->more = line->hits;
		into->more_rate = line->rate;
	}
}

struct counter
policies_hits(const struct host *h, const struct policy_row *r)
{
	struct counter all = { .packets = NUMBER_UNKNOWN,
		.bytes = NUMBER_UNKNOWN },
		       more;

	if (r->hits != NULL)
		all = counting_total(h, r->hits);
	if (r->more != NULL) {
		more = counting_total(h, r->more);
		all.packets += more.packets;
		all.bytes += more.bytes;
	}
	return all;
}

double
policies_rate(const struct policy_row *r)
{
	double rate = series_packet_rate(r->rate);

	return r->more_rate != NULL && rate >= 0
		   ? rate + series_packet_rate(r->more_rate)
		   : rate;
}

struct policy_row *
policies_fold(struct policy_row *v, size_t *n, bool fold)
{
	struct policies to = { .chain = CHAIN_COUNT };
	const struct policy_row *r;

	for (r = v; r < END_OF(v, *n); r++) {
		if (r->chain != to.chain) {
			to.chain = r->chain;
			add_policy_row(&to, LINE_CHAIN);
			if (fold && r->line == LINE_FIXED)
				add_policy_row(&to, LINE_FOLDED);
		}
		if (fold && r->line == LINE_FIXED)
			fold_line(&to.v[to.n - 1], r);
		else
			*add_policy_row(&to, r->line) = *r;
	}
	free(v);
	*n = to.n;
	return to.v;
}

static char
policy_mark_of(const struct policy_row *r)
{
	if (r->line == LINE_CHAIN)
		return ' ';
	if (r->st == NULL)
		return '=';
	if (r->mark == MARK_NONE && statement_is_off(r->st))
		return ROW_OFF;
	return row_mark_char(r->mark);
}

static void
policy_number(const struct host *h UNUSED, const void *row, struct buf *b)
{
	const struct policy_row *r = row;

	if (r->number != 0)
		buf_printf(b, "%u", r->number);
}

static void
policy_chain(const struct host *h UNUSED, const void *row, struct buf *b)
{
	const struct policy_row *r = row;

	buf_add(b, type_chain.choices[r->chain].word);
}

static void
policy_text(const struct host *h UNUSED, const void *row, struct buf *b)
{
	const struct policy_row *r = row;
	const struct choice *chain = &type_chain.choices[r->chain];

	if (r->line == LINE_CHAIN)
		buf_printf(b, "%s  %s", chain->word, _(chain->help));
	else if (r->line == LINE_FOLDED)
		buf_printf(b,
		    ngettext("%zu line that always holds",
			"%zu lines that always hold", r->folded),
		    r->folded);
	else if (r->st == NULL)
		buf_add(b, _(r->fixed));
	else
		statement_print(r->st, b);
}

static void
policy_key(const struct host *h UNUSED, const void *row, struct buf *b)
{
	const struct policy_row *r = row;

	buf_printf(b, "%u ", (unsigned)r->chain);
	if (r->line >= LINE_CHAIN)
		buf_add(b, r->line == LINE_CHAIN ? "chain" : "folded");
	else if (r->st != NULL)
		statement_key(r->st, b);
	else
		buf_add(b, r->fixed);
	buf_add(b, r->mark == MARK_REMOVED ? " -" : "");
}

static void
policy_packets(const struct host *h, const void *row, struct buf *b)
{
	number_short(b, policies_hits(h, row).packets);
}

static void
policy_bytes(const struct host *h, const void *row, struct buf *b)
{
	number_short(b, policies_hits(h, row).bytes);
}

static void
policy_packet_rate(const struct host *h UNUSED, const void *row, struct buf *b)
{
	number_decimal(b, policies_rate(row));
}

static char
policy_mark(const struct host *h UNUSED, const void *row)
{
	const struct policy_row *r = row;

	return policy_mark_of(r);
}

static const struct statement *
policy_statement(const void *row)
{
	const struct policy_row *r = row;

	return r->st;
}

static const struct listing_column policy_columns[] = {
	{ "number", "#", COLUMN_RIGHT, 1, 0, policy_number,
	    N_("its place in its chain, which move takes") },
	{ "chain", N_("CHAIN"), 0, 2, 0, policy_chain,
	    N_("input, forward or output") },
	{ "policy", N_("POLICY"), COLUMN_WIDE, 0, 0, policy_text,
	    N_("the statement, or a line that is always there") },
	{ "rate", N_("HITS"), COLUMN_RIGHT | COLUMN_LIVE | COLUMN_EACH, 1, 0,
	    policy_packet_rate, N_("packets that match") },
	{ "hits", N_("HITS"), COLUMN_RIGHT, 1, 0, policy_packets,
	    N_("packets that matched so far") },
	{ "bytes", N_("BYTES"), COLUMN_RIGHT, 3, 0, policy_bytes,
	    N_("their bytes") },
};

static json_t *
json_policy(const struct host *h UNUSED, const void *row)
{
	const struct policy_row *r = row;

	return json_pack("{s:s,s:o,s:b,s:o,s:o,s:o}", "chain",
	    type_chain.choices[r->chain].word, "number",
	    r->number != 0 ? json_integer(r->number) : json_null(), "fixed",
	    r->st == NULL, "statement",
	    r->st != NULL ? list_json_statement(r->st) : json_string(r->fixed),
	    "hits", list_json_counter(r->hits), "only",
	    r->st != NULL && statement_is_policy(r->st)
		? list_json_value(r->st, POLICY_ONLY)
		: json_null());
}

static void *
build(const struct host *h, size_t *n)
{
	return rows_policies(h, n);
}

static void
policy_counters(const void *row, const struct counter *v[ROW_COUNTERS])
{
	const struct policy_row *r = row;

	v[0] = r->hits;
	v[1] = r->more;
	v[2] = NULL;
}

const struct listing listing_policies = {
	.name = N_("policies"),
	.help = N_("what is let through, in the order it is judged"),
	.columns = policy_columns,
	.ncolumns = NITEMS(policy_columns),
	.row_size = sizeof(struct policy_row),
	.ordered = true,
	.build = build,
	.free = list_free,
	.key = policy_key,
	.mark = policy_mark,
	.statement = policy_statement,
	.counters = policy_counters,
	.json = json_policy,
	.shape = "{chain, number, fixed, statement, hits: {packets, bytes},\n"
		 " only: ipv6|ipv4|null}",
};
