/* Orphans: live connections that a commit of the candidate would leave
 * behind. */
#include "config.h"

#include "core/show/list_orphan.h"

#include <jansson.h>
#include <stdlib.h>
#include <time.h>

#include "core/base/intl.h"
#include "core/base/number.h"
#include "core/kernel/net_flow.h"
#include "core/reach/stale.h"
#include "core/show/connection.h"
#include "core/show/list.h"
#include "core/show/list_cell.h"
#include "core/show/list_json.h"
#include "core/state/orphan.h"

#define TOLD_MAX 12

struct orphan_row {
	struct orphan is;
	const char *container; /* NULL: nobody known has the address */
};

static const struct {
	const char *json, *word, *line, *many;
} fates[FATE_COUNT] = {
	/* A connection, its age and amount, and a reason; or how many have the
	 * same. */
	[FATE_STAYS] = { "stays", N_("goes on"),
	    N_("  %s%s: goes on, although %s\n"),
	    N_("  %zu go on, although %s:\n") },
	[FATE_ENDS] = { "ends", N_("is ended"),
	    N_("  %s%s: is ended, since %s\n"),
	    N_("  %zu are ended, since %s:\n") },
	[FATE_LOST] = { "lost", N_("is ended"),
	    N_("  %s%s: is ended, since %s\n"),
	    N_("  %zu are ended, since %s:\n") },
};

static int
read_orphans(struct host *h, struct err *e)
{
	return h->blind ? err_set(e, ERR_FAIL,
			      "cannot read the connections of this host: only "
			      "root may")
			: 0;
}

static void *
build(const struct host *h, size_t *n)
{
	const struct container *c;
	struct orphan_row *rows;
	struct orphans all;
	size_t i;

	orphans_expect(h, &all);
	rows = xcalloc(all.n + 1, sizeof(*rows));
	for (i = 0; i < all.n; i++) {
		c = snapshot_container_with(
		    &h->snapshot, &all.v[i].flow.reply.src);
		rows[i].is = all.v[i];
		rows[i].container = c != NULL ? c->name : NULL;
	}
	*n = all.n;
	orphans_free(&all);
	return rows;
}

static void
orphan_client(const struct host *h UNUSED, const void *row, struct buf *b)
{
	const struct flow *f = &((const struct orphan_row *)row)->is.flow;

	flow_end_print(f, &f->original.src, f->original.sport, b);
}

static void
orphan_on(const struct host *h UNUSED, const void *row, struct buf *b)
{
	const struct flow *f = &((const struct orphan_row *)row)->is.flow;
	char proto[FLOW_PROTO_MAX];

	buf_add(b, flow_proto(f, proto));
	if (flow_has_ports(f))
		buf_printf(b, " %u", f->original.dport);
}

static void
orphan_target(const struct host *h UNUSED, const void *row, struct buf *b)
{
	const struct flow *f = &((const struct orphan_row *)row)->is.flow;

	flow_end_print(f, &f->reply.src, f->reply.sport, b);
}

static void
orphan_why(const struct host *h UNUSED, const void *row, struct buf *b)
{
	buf_add(b, _(((const struct orphan_row *)row)->is.why->word));
}

static void
orphan_fate(const struct host *h UNUSED, const void *row, struct buf *b)
{
	buf_add(b, _(fates[((const struct orphan_row *)row)->is.fate].word));
}

/* -1: not known. */
static int64_t
age_of(const struct flow *f)
{
	int64_t now = time(NULL);

	return f->began == 0 ? -1 : now > f->began ? now - f->began : 0;
}

static void
orphan_age(const struct host *h UNUSED, const void *row, struct buf *b)
{
	int64_t age = age_of(&((const struct orphan_row *)row)->is.flow);

	if (age < 0)
		buf_add(b, "-");
	else
		number_seconds(b, (uint32_t)age);
}

static void
orphan_amount(const struct host *h UNUSED, const void *row, struct buf *b)
{
	const struct flow *f = &((const struct orphan_row *)row)->is.flow;

	number_short(
	    b, f->counted ? f->in.bytes + f->out.bytes : NUMBER_UNKNOWN);
}

static const struct listing_column orphan_columns[] = {
	{ "client", N_("CLIENT"), COLUMN_WIDE, 0, 0, orphan_client,
	    N_("who began it") },
	{ "port", N_("PORT"), 0, 0, 0, orphan_on,
	    N_("its protocol and public port") },
	{ "container", N_("CONTAINER"), 0, 3,
	    offsetof(struct orphan_row, container), cell_text,
	    N_("where it leads") },
	{ "target", N_("TARGET"), COLUMN_CUT, 4, 0, orphan_target,
	    N_("the address and port there") },
	{ "age", N_("AGE"), COLUMN_NUMBER, 1, 0, orphan_age,
	    N_("since when it lasts") },
	{ "bytes", N_("BYTES"), COLUMN_NUMBER, 2, 0, orphan_amount,
	    N_("its bytes so far, both ways") },
	{ "why", N_("WHY"), 0, 1, 0, orphan_why,
	    N_("why the rules would not let it through as it goes") },
	{ "fate", N_("FATE"), 0, 0, 0, orphan_fate,
	    N_("what the commit does about it") },
};

static json_t *
json_orphan(const struct host *h UNUSED, const void *row)
{
	const struct orphan_row *r = row;
	const struct flow *f = &r->is.flow;
	char proto[FLOW_PROTO_MAX];

	return json_pack("{s:s,s:o,s:o,s:o,s:o,s:s,s:o,s:o,s:o,s:s,s:s}",
	    "proto", flow_proto(f, proto), "client",
	    list_json_end(f, &f->original.src, f->original.sport), "on",
	    list_json_end(f, &f->original.dst, f->original.dport), "container",
	    r->container != NULL ? list_json_text(r->container) : json_null(),
	    "target", list_json_end(f, &f->reply.src, f->reply.sport), "state",
	    f->state, "since", list_json_begin(f), "in",
	    list_json_count(f, &f->in), "out", list_json_count(f, &f->out),
	    "why", r->is.why->word, "fate", fates[r->is.fate].json);
}

const struct listing listing_orphans = {
	.name = N_("orphans"),
	.help = N_("live connections that committing the candidate orphans"),
	.columns = orphan_columns,
	.ncolumns = NITEMS(orphan_columns),
	.row_size = sizeof(struct orphan_row),
	.read = read_orphans,
	.build = build,
	.free = list_free,
	.json = json_orphan,
	.shape =
	    "{proto, client: {address, port}, on: {address, port},\n"
	    " container, target: {address, port}, state, since,\n"
	    " in: {packets, bytes}, out: {packets, bytes},\n"
	    " why: gone|moved|refused|taken|source, fate: stays|ends|lost}",
};

/* For people */

static void
add_size(const struct host *h, const struct orphan_row *r, struct buf *b)
{
	if (r->is.flow.began != 0) {
		buf_add(b, intl_comma());
		orphan_age(h, r, b);
	}
	if (r->is.flow.counted) {
		buf_add(b, intl_comma());
		orphan_amount(h, r, b);
		buf_add(b, "B");
	}
}

/* Of several, the sentence stands above. */
static void
tell_one(
    const struct host *h, const struct orphan_row *r, bool alone, struct buf *b)
{
	const struct connection_row row = { .flow = &r->is.flow,
		.container = r->container };
	struct buf which = { 0 }, size = { 0 };

	connection_print(&row, &which);
	add_size(h, r, &size);
	if (alone)
		buf_printf(b, _(fates[r->is.fate].line), buf_text(&which),
		    buf_text(&size), _(r->is.why->sentence));
	else
		buf_printf(b, "   %s%s\n", buf_text(&which), buf_text(&size));
	buf_free(&which);
	buf_free(&size);
}

static void
tell_head(size_t n, struct buf *b)
{
	unsigned used = 0, max;

	net_flows_room(&used, &max);
	buf_printf(b,
	    _("live connections that it would not let through, %zu of "
	      "%u tracked:\n"),
	    n, used > n ? used : (unsigned)n);
}

/* What can be said of several in one sentence. */
struct orphan_kind {
	enum orphan_fate fate;
	const struct stale_reason *why;
	size_t n;
};

static bool
is_of(const struct orphan_kind *k, const struct orphan_row *r)
{
	return k->fate == r->is.fate && k->why == r->is.why;
}

/* In the order in which they come. */
static size_t
count_kinds(const struct orphan_row *rows, size_t n, struct orphan_kind *kinds)
{
	size_t i, k, nkinds = 0;

	for (i = 0; i < n; i++) {
		for (k = 0; k < nkinds && !is_of(&kinds[k], &rows[i]); k++)
			;
		if (k == nkinds)
			kinds[nkinds++] = (struct orphan_kind){ rows[i].is.fate,
				rows[i].is.why, 0 };
		kinds[k].n++;
	}
	return nkinds;
}

/* Names some beside those that were named so far, and returns how many these
 * are then. */
static size_t
tell_kind(const struct host *h, const struct orphan_row *r,
    const struct orphan_kind *kind, size_t named, struct buf *b)
{
	size_t left = kind->n;

	if (kind->n > 1)
		buf_printf(b, _(fates[kind->fate].many), kind->n,
		    _(kind->why->sentence));
	for (; left > 0 && named < TOLD_MAX; r++)
		if (is_of(kind, r)) {
			tell_one(h, r, kind->n == 1, b);
			named++;
			left--;
		}
	return named;
}

size_t
orphans_tell(const struct host *h, struct buf *b)
{
	struct orphan_kind kinds[FATE_COUNT * STALE_KINDS], *k = kinds;
	struct orphan_row *rows;
	size_t n, nkinds, named = 0, left = 0;

	rows = build(h, &n);
	if (n > 0)
		tell_head(n, b);
	nkinds = count_kinds(rows, n, kinds);
	for (; k < kinds + nkinds; k++) {
		left += k->fate == FATE_STAYS ? k->n : 0;
		named = tell_kind(h, rows, k, named, b);
	}
	if (n > TOLD_MAX)
		buf_printf(
		    b, _("  and %zu more: seki show orphans\n"), n - TOLD_MAX);
	free(rows);
	return left;
}
